import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createFailpoint, FAILPOINTS, LAST_WORDS } from '../src/failpoints.ts';

describe('failpoints', () => {
  it('are inert unless one is named', async () => {
    const pass = createFailpoint(null);
    for (const name of FAILPOINTS) await pass(name);
  });

  it('let every other place pass', async () => {
    const pass = createFailpoint('run.judged@2');
    await pass('run.judged');
    await pass('run.recorded');
  });

  it.each(['', 'run.unheard-of', 'run.judged@0', 'run.judged@x'])('refuse to start with %j', (wanted) => {
    expect(() => createFailpoint(wanted)).toThrow(/no failpoint/);
  });

  it('kill the process, which names the place first', () => {
    const url = new URL('../src/failpoints.ts', import.meta.url).href;
    const script = `const pass = (await import('${url}')).createFailpoint('run.judged@2');
      for (const name of ['run.judged', 'run.ended', 'run.judged']) { console.log(name); await pass(name); }
      console.log('alive');`;
    const died = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(died).toMatchObject({ signal: 'SIGKILL', stderr: `${LAST_WORDS}run.judged@2\n` });
    expect(died.stdout).toBe('run.judged\nrun.ended\nrun.judged\n');
  });

  it('have names of their own', () => {
    expect(new Set(FAILPOINTS).size).toBe(FAILPOINTS.length);
  });
});
