import { FAILPOINTS } from '../../../src/failpoints.ts';
import type { Random } from '../../../src/statistics/random.ts';

/** Every failpoint once, in an order that depends on the seed, dealt to so many chains. */
export function dealChains(random: Random, count: number): string[][] {
  const chains: string[][] = Array.from({ length: count }, () => []);
  for (const [index, name] of shuffled(FAILPOINTS, random).entries()) chains[index % count]?.push(name);
  return chains;
}

/** Fisher and Yates. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
