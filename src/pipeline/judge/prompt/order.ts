/**
 * The order in which proposals are shown, and the ids they are shown under. Shown ids are the positions in that
 * order, 1 to n: they say nothing about who posted first (that stands in the `posted` attribute) and mean
 * nothing outside their own prompt, so an id that a proposal names in its text points nowhere in particular.
 */
import { createHash } from 'node:crypto';

/** A source of numbers in [0, 1), the same ones for the same seed. */
export type Random = () => number;

/** xoshiro128** (Blackman & Vigna 2021, https://prng.di.unimi.it/) seeded by the SHA-256 of the text. */
export function seededRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest();
  let [a, b, c, d] = [0, 4, 8, 12].map((offset) => digest.readUInt32LE(offset)) as [
    number,
    number,
    number,
    number,
  ];
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result / 2 ** 32;
  };
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** A 31-bit seed for a sampler, from the same kind of text. */
export function seedNumber(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32LE(16) >>> 1;
}

/** A new array in random order (Fisher and Yates). */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  const shuffled: T[] = [];
  while (left.length > 0) shuffled.push(...left.splice(Math.floor(random() * left.length), 1));
  return shuffled;
}

/**
 * The order of a pass. Passes come in pairs, a shuffle and its reverse: over a pair every proposal stands on
 * average in the middle, which takes out a linear preference for positions (antithetic permutations, Mitchell et
 * al. 2022, https://jmlr.org/papers/v23/21-0439.html).
 */
export function passOrder(numbers: readonly number[], seed: string, pass: number): number[] {
  const order = shuffle(numbers, seededRandom(`${seed}/${Math.floor(pass / 2)}`));
  return pass % 2 === 0 ? order : order.toReversed();
}

/** Ids of one prompt, both ways. */
export interface ShownIds {
  /** Shown ids in display order. */
  readonly ids: readonly number[];
  numberOf(id: number): number | null;
  idOf(number: number): number | null;
}

export function shownIds(order: readonly number[]): ShownIds {
  const ids = order.map((_, index) => index + 1);
  const numbers = new Map(ids.map((id, index) => [id, order[index] ?? null]));
  const back = new Map(order.map((number, index) => [number, ids[index] ?? null]));
  return { ids, numberOf: (id) => numbers.get(id) ?? null, idOf: (number) => back.get(number) ?? null };
}

const CODE = /(`{3}[^`]*`{3}|`[^`\n]*`)/;
const REFERENCE =
  /\b(proposals?|ids?|candidates?)(\s+|\s*#\s?)(\d{1,4}\b(?:(?:\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or|to|vs\.?|versus)\s+|\s*[&/]\s*)(?:proposals?\s+)?#?\d{1,4}\b)*)/gi;

/**
 * The judge's words with "proposal 2" as the prompt called it turned into the proposal's number. Numbers that are
 * no shown id, and code, stay as they are.
 */
export function restoreNumbers(text: string, shown: ShownIds): string {
  if (shown.ids.every((id) => shown.numberOf(id) === id)) return text;
  return text
    .split(CODE)
    .map((part, index) => (index % 2 === 1 ? part : restoreInProse(part, shown)))
    .join('');
}

function restoreInProse(text: string, shown: ShownIds): string {
  return text.replace(
    REFERENCE,
    (_match, word: string, gap: string, list: string) =>
      `${word}${gap}${list.replace(/\d+/g, (id) => String(shown.numberOf(Number(id)) ?? id))}`,
  );
}
