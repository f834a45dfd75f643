/**
 * Synthetic threads for a model of a few million parameters: short, alike, and with a choice that can be read off:
 * the right proposal names the stale store, the others blame something vague.
 */
import type { ScriptedThread } from '../../src/sandbox/threads/index.ts';

const AREAS = ['cart', 'login', 'search', 'draft'] as const;
const VAGUE = ['the view is slow', 'the network is slow', 'the page is old'] as const;
const AUTHORS = ['ada-l', 'ben-k'] as const;

/** The sentence that only a right proposal holds. */
const RIGHT = /`(\w+)Store` is stale/;

/** @param random numbers in [0, 1), so that equal seeds give equal threads */
export function syntheticThread(index: number, random: () => number): ScriptedThread {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const area = pick(AREAS);
  const best = pick(AUTHORS);
  return {
    repository: { owner: 'synthetic', name: `app-${index}` },
    collaborators: { 'mia-m': 'maintain' },
    author: 'rea-d',
    title: `${area} shows old data (${index})`,
    body: `The ${area} page shows old data.`,
    steps: AUTHORS.map((by) => ({ by, says: proposal(by === best ? area : null, pick(VAGUE)) })),
    manager: 'mia-m',
    feedback: '/manager accept',
  };
}

function proposal(area: string | null, vague: string): string {
  return area === null
    ? `## Proposal\nCause: ${vague}.\nChange: load it again.`
    : `## Proposal\nCause: \`${area}Store\` is stale.\nChange: clear it in \`src/${area}.ts\`.`;
}

/** Which proposal of a synthetic thread is right, and its area; null where none is. */
export function rightProposal(
  bodies: readonly string[],
): { readonly index: number; readonly area: string } | null {
  const index = bodies.findIndex((body) => RIGHT.test(body));
  const area = RIGHT.exec(bodies[index] ?? '')?.[1];
  return area === undefined ? null : { index, area };
}
