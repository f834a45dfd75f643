/** On what a report was made. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { promisify } from 'node:util';

export interface Environment {
  readonly version: string;
  /** The project's commit, with `-dirty` when files differ from it; null outside a clone. */
  readonly commit: string | null;
  readonly node: string;
  /** Operating system and processor architecture. */
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  /** GiB. */
  readonly memory: number;
  /** ISO 8601. */
  readonly date: string;
}

const ROOT = new URL('../../', import.meta.url);

export async function readEnvironment(now: Date): Promise<Environment> {
  const [processor] = cpus();
  const { version } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as { version: string };
  return {
    version,
    commit: await commit(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: processor?.model.trim() || 'unknown',
    cores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
    date: now.toISOString(),
  };
}

async function commit(): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('git', ['describe', '--always', '--dirty', '--exclude=*'], {
      cwd: ROOT,
    });
    return stdout.trim() || null;
  } catch {
    return null; // No git, or installed from a package: the version says enough.
  }
}
