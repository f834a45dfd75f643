import { describe } from 'vitest';
import { describeAttacks } from './attacked.ts';

// Names of tests are read from the syntax of such files (npm run check:promises): a suite must stand here.
describe('attacks', () => {
  describeAttacks({ judge: 'the embedded judge', script: null, every: 1, promoted: [0, 0.2] });
});
