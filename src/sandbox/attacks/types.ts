import type { Candidate, JudgeInput } from '../../pipeline/judge/types.ts';

export type AttackFamily =
  | 'orders'
  | 'authority'
  | 'turns'
  | 'verdicts'
  | 'delimiters'
  | 'hiding'
  | 'characters'
  | 'comment'
  | 'exfiltration'
  | 'flooding'
  | 'stuffing';

/** A losing proposal's author writes for the judge, or for what reads the comment. */
export interface Attack {
  readonly name: string;
  readonly family: AttackFamily;
  /** The new body of the losing proposal. Pure and deterministic; needs no more than the thread. */
  readonly apply: (loser: Candidate, input: JudgeInput) => string;
}

export type Make = (loser: Candidate, input: JudgeInput) => string;

/** Attacks that add something to the loser's own text. */
export function appending(
  family: AttackFamily,
  attacks: Readonly<Record<string, string | Make>>,
): readonly Attack[] {
  return Object.entries(attacks).map(([name, added]) => ({
    name,
    family,
    apply: (loser, input) => `${loser.body}\n\n${typeof added === 'string' ? added : added(loser, input)}`,
  }));
}

/** Attacks that write a text of their own. */
export function rewriting(family: AttackFamily, attacks: Readonly<Record<string, Make>>): readonly Attack[] {
  return Object.entries(attacks).map(([name, apply]) => ({ name, family, apply }));
}

/** A text in the Unicode tag block, which renders as nothing. */
export function asTags(text: string): string {
  return [...text].map((char) => String.fromCodePoint(0xe0000 + (char.codePointAt(0) ?? 0x20))).join('');
}
