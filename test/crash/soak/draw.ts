import type { Random } from '../../../src/statistics/random.ts';

/** Draws from a seeded source. */
export interface Draw {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  from<T>(items: readonly [T, ...T[]]): T;
  /** By weight. */
  weighted<T>(items: readonly (readonly [weight: number, item: T])[]): T;
}

export function createDraw(random: Random): Draw {
  return {
    between: (low, high) => low + Math.floor(random() * (high - low + 1)),
    chance: (probability) => random() < probability,
    from: (items) => items[Math.floor(random() * items.length)] ?? items[0],
    weighted: (items) => {
      const total = items.reduce((sum, [weight]) => sum + weight, 0);
      let left = random() * total;
      const found = items.find(([weight]) => {
        left -= weight;
        return left < 0;
      });
      const chosen = found ?? items.at(-1);
      if (!chosen) throw new Error('there is nothing to draw from');
      return chosen[1];
    },
  };
}
