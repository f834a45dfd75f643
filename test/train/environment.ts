/** Python environments outside the checkout, made once per set of pinned versions. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, run } from '../engine/install.ts';

export const TRAINING = join(import.meta.dirname, '..', '..', 'training');
const PYTHONS = ['python3.11', 'python3.12', 'python3.13', 'python3.10', 'python3'];

export interface EnvironmentSpec {
  /** Begins the folder's name, e.g. `rewards`. */
  readonly name: string;
  /** Said before installing. */
  readonly size: string;
  /** Files under training/ whose text decides what is installed. */
  readonly pins: readonly string[];
  /** Installs into the fresh environment whose Python is given. */
  readonly install: (python: string) => void;
}

/** The environment's Python. Throws when it cannot be made: what cannot be installed fails and is not skipped. */
export function preparePython(spec: EnvironmentSpec, log: (line: string) => void): string {
  const folder = join(cacheFolder(), `${spec.name}-${fingerprint(spec.pins)}`);
  const python = join(folder, 'bin', 'python');
  const ready = join(folder, 'ready');
  if (existsSync(ready)) {
    log(`python: ${folder}`);
    return python;
  }
  log(`python: installing into ${folder}, ${spec.size}`);
  // Whatever an interrupted installation left is not trusted.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const startedAt = performance.now();
  run(findPython(), ['-m', 'venv', folder]);
  spec.install(python);
  writeFileSync(ready, '');
  log(`python: installed in ${Math.round((performance.now() - startedAt) / 1000)} s`);
  return python;
}

function fingerprint(pins: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of pins) hash.update(readFileSync(join(TRAINING, name)));
  return hash.digest('hex').slice(0, 8);
}

function findPython(): string {
  const check = 'import sys, venv; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))';
  const found = PYTHONS.find((name) => spawnSync(name, ['-c', check], { stdio: 'ignore' }).status === 0);
  if (found) return found;
  throw new Error('The training needs Python 3.10 to 3.13 with venv, and none of them was found.');
}

export function pipInstall(python: string, ...args: readonly string[]): void {
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...args]);
}
