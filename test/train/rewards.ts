/** `npm run test:rewards`: the Python side without a trainer. Lint, format, tests and the docstrings' examples. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pipInstall, preparePython, TRAINING } from './environment.ts';

const log = (line: string) => process.stdout.write(`${line}\n`);
const PINS = 'requirements-test.txt';

const python = preparePython(
  {
    name: 'rewards',
    size: 'about 40 MB',
    pins: [PINS],
    install: (fresh) => pipInstall(fresh, '--requirement', join(TRAINING, PINS)),
  },
  log,
);

const OURS = ['--no-cache', '--config', 'pyproject.toml', '.', '../test/train'];
const CHECKS = [
  ['ruff', 'check', ...OURS],
  ['ruff', 'format', '--check', ...OURS],
  ['pytest', '--quiet', '-p', 'no:cacheprovider'],
];
let failed = 0;
for (const check of CHECKS) {
  const { status } = spawnSync(python, ['-B', '-m', ...check], { cwd: TRAINING, stdio: 'inherit' });
  if (status !== 0) failed += 1;
}
log(`${CHECKS.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
