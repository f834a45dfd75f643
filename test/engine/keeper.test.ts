/** The engine's keeper with small commands in the engine's place. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';

const KEEPER = new URL('keeper.ts', import.meta.url).pathname;
/** Two processes that wait; both hold the output open. */
const FAMILY = 'sleep 600 & echo $$ $!; wait';

let started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started = [];
});

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  started.push(child);
  return child;
}

/** A process between us and the keeper, as the engine's test is. */
const starterOf = (script: string) =>
  `require('node:child_process').spawn(process.execPath, ${JSON.stringify([KEEPER, 'sh', '-c', script])}, { detached: true, stdio: ['pipe', 'inherit', 'ignore'] })`;

describe('the keeper', () => {
  it('takes the whole family along when its starter is killed', async () => {
    const starter = start('-e', starterOf(FAMILY));
    const output = starter.stdout as NodeJS.ReadableStream;
    const [line] = await once(output, 'data');
    const family = String(line).trim().split(' ').map(Number);
    expect(family).toHaveLength(2);
    for (const pid of family) expect(() => process.kill(pid, 0)).not.toThrow();
    starter.kill('SIGKILL');
    // It ends when the last of them is gone.
    await once(output, 'end');
  });

  it.each([
    ['a command that ends', ['sh', '-c', 'exit 7'], 7],
    ['a command that is none', ['/nowhere/engine'], 127],
  ])('ends as its command does: %s', async (_name, command, code) => {
    const [ended] = await once(start(KEEPER, ...command), 'exit');
    expect(ended).toBe(code);
  });
});
