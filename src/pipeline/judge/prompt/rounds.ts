/** Rounds for threads that no prompt can hold: groups are judged apart and their winners meet. */
import { type Random, shuffle } from './order.ts';
import type { Packer } from './pack.ts';

/**
 * Random groups of nearly equal size, as few as fit. One group when all fit at once.
 * Groups are random so that neighbours in the thread, often copies of each other, do not always meet first.
 */
export function planGroups(numbers: readonly number[], packer: Packer, random: Random): number[][] {
  if (packer.fits(numbers)) return [[...numbers]];
  const mixed = shuffle(numbers, random);
  for (let groups = 2; groups < numbers.length; groups += 1) {
    const plan = Array.from({ length: groups }, (_, group) =>
      mixed.filter((_number, index) => index % groups === group),
    );
    if (plan.every((group) => packer.fits(group))) return plan;
  }
  return mixed.map((number) => [number]);
}
