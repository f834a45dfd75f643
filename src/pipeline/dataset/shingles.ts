/** Runs of words as numbers: what texts are compared by when they are searched for copies. */
import { wordsOf } from '../judge/embedded/text.ts';

const FNV_PRIME = 0x01000193;
const SEEDS = [0x811c9dc5, 0x9747b28c] as const;

/**
 * Hashes of all runs of `size` words, 53 bits each, repeats included. A shorter text has none.
 * @example shingles('a b c', 2).length // 2
 */
export function shingles(text: string, size: number): number[] {
  const words = wordsOf(text).map((word) => [hash32(word, SEEDS[0]), hash32(word, SEEDS[1])] as const);
  const found: number[] = [];
  for (let start = 0; start + size <= words.length; start += 1) {
    let [high, low]: [number, number] = [SEEDS[0], SEEDS[1]];
    for (let at = start; at < start + size; at += 1) {
      high = Math.imul(high ^ (words[at]?.[0] ?? 0), FNV_PRIME);
      low = Math.imul(low ^ (words[at]?.[1] ?? 0), FNV_PRIME);
    }
    found.push((mix(high) >>> 0) * 2 ** 21 + (mix(low) >>> 11));
  }
  return found;
}

/** FNV-1a over UTF-16 units. */
function hash32(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return hash;
}

/** MurmurHash3's finaliser: FNV's low bits alone are poor. */
function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
