/** Every attack, by what it tries. */
import { escapingAttacks } from './escaping.ts';
import { forgingAttacks } from './forging.ts';
import { hidingAttacks } from './hiding.ts';
import { persuadingAttacks } from './persuading.ts';
import { stuffingAttacks } from './stuffing.ts';
import type { Attack } from './types.ts';

export type { Attack, AttackFamily } from './types.ts';
export { findViolations, type ShownComment } from './violations.ts';

/** Written for the judge, its prompt or the comment. */
export const injectionAttacks: readonly Attack[] = [
  ...persuadingAttacks,
  ...forgingAttacks,
  ...hidingAttacks,
  ...escapingAttacks,
];

export const attacks: readonly Attack[] = [
  ...injectionAttacks,
  ...stuffingAttacks.map(({ name, apply }) => ({ name, apply, family: 'stuffing' as const })),
];
