import { describeAttacks } from './attacked.ts';

describeAttacks({ judge: 'the embedded judge', script: null, every: 1, promoted: [0, 0.2] });
