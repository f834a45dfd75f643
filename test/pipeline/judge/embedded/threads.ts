/** Small threads for tests: one issue, bodies in posting order. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Candidate, JudgeInput } from '../../../../src/pipeline/judge/types.ts';

export function candidate(number: number, body: string, createdAt: string | null = null): Candidate {
  const hash = createHash('sha256').update(body).digest('hex');
  return {
    number,
    authorLogin: `author${number}`,
    url: `https://github.com/shop/cart/issues/7#issuecomment-${100 + number}`,
    createdAt,
    body,
    revisions: [{ hash, body, at: createdAt }],
  };
}

/** The same candidate after an edit at `at`. */
export function edited(original: Candidate, body: string, at: string | null): Candidate {
  const hash = createHash('sha256').update(body).digest('hex');
  return { ...original, body, revisions: [...original.revisions, { hash, body, at }] };
}

export function thread(bodies: readonly string[]): JudgeInput {
  return {
    repository: 'shop/cart',
    issue: {
      number: 7,
      title: 'Cart total is off by one cent with many rows',
      body: 'Put 7 rows into the cart.\n\n**Expected result:** the total equals the sum of the prices.\n\n**Actual result:** the total is off by one cent.',
    },
    candidates: bodies.map((body, index) => candidate(index + 1, body)),
  };
}

/** A thread written for the project, with the proposal that its maintainer would take and why. */
export interface LabelledThread extends JudgeInput {
  readonly name: string;
  readonly preferred: number;
  readonly why: string;
}

const FIXTURES = new URL('../../../fixtures/judge-threads/', import.meta.url);

/** All threads in test/fixtures/judge-threads, by name. */
export function labelledThreads(): LabelledThread[] {
  return readdirSync(FIXTURES)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      ...JSON.parse(readFileSync(new URL(file, FIXTURES), 'utf8')),
      name: file.replace('.json', ''),
    }));
}
