/**
 * Installs ms-swift from PyPI into a virtual environment outside the checkout, once per set of versions. About 2.5 GB
 * are fetched and 5 GB stored: PyPI's torch brings CUDA libraries that are loaded but never used on a CPU.
 */
import { join } from 'node:path';
import { run } from '../engine/install.ts';
import { pipInstall, preparePython, TRAINING } from './environment.ts';

const UV = '0.13.9';
/** msgspec is imported by ms-swift's GRPO trainer and not among its requirements. */
const PACKAGES = [
  'ms-swift==4.6.0',
  'trl==0.29.1',
  'transformers==5.19.0',
  'torch==2.13.0',
  'msgspec',
  'pytest',
];

export function installTrainer(log: (line: string) => void): string {
  return preparePython(
    {
      name: 'trainer',
      size: 'about 2.5 GB',
      pins: ['constraints.txt', 'overrides.txt'],
      install: (python) => {
        pipInstall(python, `uv==${UV}`);
        run(python, [
          ...['-m', 'uv', 'pip', 'install', '--quiet', '--python', python, '--no-cache'],
          ...['--override', join(TRAINING, 'overrides.txt')],
          ...['--constraint', join(TRAINING, 'constraints.txt'), ...PACKAGES],
        ]);
      },
    },
    log,
  );
}
