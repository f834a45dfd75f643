import { CommanderError } from 'commander';
import { vi } from 'vitest';
import { buildProgram, withSubcommands } from '../../src/cli/program.ts';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the whole command line in this process, where a start of the installed command would cost a second.
 * @param env variables of the environment for this run alone
 */
export async function runCommand(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  process.exitCode = undefined;
  try {
    await parse(args);
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.exitCode = undefined;
    for (const { restore } of [stdout, stderr]) restore();
    vi.unstubAllEnvs();
  }
}

async function parse(args: readonly string[]): Promise<void> {
  const program = await buildProgram(args[0]);
  for (const command of withSubcommands(program)) command.exitOverride();
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode;
  }
}

function capture(stream: NodeJS.WriteStream) {
  let text = '';
  const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  return { text: () => text, restore: () => spy.mockRestore() };
}
