/** What every CLI command shares: clear failures, data on stdout, progress on stderr. */
import { InvalidArgumentError } from 'commander';
import { adviceOf, SweManagerError } from '../errors.ts';
import { stripInvisible } from '../markdown/invisible.ts';

/** Runs a command's action; a failure is one clear line on stderr and exit code 1. */
export function action<Arguments extends unknown[]>(
  run: (...args: Arguments) => Promise<void>,
): (...args: Arguments) => Promise<void> {
  return async (...args) => {
    try {
      await run(...args);
    } catch (error) {
      process.stderr.write(`${forTerminal(describeFailure(error))}\n`);
      process.exitCode = 1;
    }
  };
}

/** One line, whatever went wrong. */
export function describeFailure(error: unknown): string {
  return `swe-manager: ${problemOf(error).replace(/\s*\n\s*/g, ' ')}`;
}

function problemOf(error: unknown): string {
  if (error instanceof SweManagerError) return adviceOf(error);
  if (error instanceof Error) return `${error.message} (${error.name})`;
  return String(error);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Titles and proposals are anybody's words: what would steer the terminal, or hide there, is left out. */
export function print(line = ''): void {
  process.stdout.write(`${forTerminal(line)}\n`);
}

function forTerminal(text: string): string {
  return stripInvisible(text.replaceAll('\r', ''));
}

/** A line on stderr that is overwritten as work goes on; silent where stderr is not a terminal. */
export function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}

/** For an option that counts: a whole number, 1 or more. */
export function toCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new InvalidArgumentError('must be a whole number, 1 or more');
  return count;
}
