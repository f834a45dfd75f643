import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSweLancer } from '../../src/bench/read/swe-lancer.ts';
import { learningParts } from '../../src/cli/learning-parts.ts';
import { JudgeError } from '../../src/errors.ts';
import { createEmbeddedJudge } from '../../src/pipeline/judge/embedded/judge.ts';
import type { Judge } from '../../src/pipeline/judge/types.ts';

const fixture = fileURLToPath(new URL('../fixtures/bench/tasks.csv', import.meta.url));
const embedded = createEmbeddedJudge(null);
/** Chooses the first one of each task. */
const first: Judge = {
  name: 'first',
  judge: async (input) => {
    const [number = null] = input.candidates.map((candidate) => candidate.number);
    const verdict = await embedded.judge(input);
    return { ...verdict, chosen: number, forcedChoice: number, abstained: false, abstainReason: null };
  },
};

const measure = (sweLancerFile: string, judge = first) =>
  learningParts({ sweLancerFile }).measureSweLancer?.(judge);

const failing = (options: { readonly retryable: boolean; readonly garbled?: boolean }): Judge => ({
  name: 'failing',
  judge: () => Promise.reject(new JudgeError('no answer', 'Look at it.', options)),
});
const garbled = failing({ retryable: false, garbled: true });
const down = failing({ retryable: true });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swe-manager-guard-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('SWE-Lancer as a guard', () => {
  it('is not measured without a file', () => {
    expect(learningParts().measureSweLancer).toBeUndefined();
  });

  it('counts the Manager tasks that a judge gets right, and what they pay', async () => {
    const { tasks } = readSweLancer(readFileSync(fixture, 'utf8'), fixture);
    const right = tasks.filter(({ answer }) => answer.numbers.includes(1));
    const dollars = (of: typeof tasks) => of.reduce((sum, { answer }) => sum + (answer.price ?? 0), 0);
    expect(right.length).toBeGreaterThan(0);
    expect(right.length).toBeLessThan(tasks.length);
    expect(await measure(fixture)).toEqual({
      right: right.length,
      tasks: tasks.length,
      earned: dollars(right),
      offered: dollars(tasks),
    });
  });

  it('counts answers that cannot be used as wrong, and nothing where the service is down', async () => {
    expect(await measure(fixture, garbled)).toMatchObject({ right: 0, earned: 0 });
    await expect(measure(fixture, down)).rejects.toThrow('no answer');
  });

  it('refuses a file that is absent, or another one', async () => {
    await expect(measure('absent.csv')).rejects.toThrow('absent.csv cannot be read: there is no such file');
    const threads = join(folder, 'threads.jsonl');
    await writeFile(
      threads,
      JSON.stringify({
        repository: 'a/b',
        issue: { number: 1, title: 'It fails', body: '' },
        comments: [{ id: 7, html_url: 'https://github.com/a/b/issues/1#issuecomment-7', body: 'Mend it.' }],
        accepted_comment_ids: [7],
      }),
    );
    await expect(measure(threads)).rejects.toThrow(/SWE_LANCER_FILE names .*threads\.jsonl, which is no CSV/);
  });
});

describe('attacks as a guard', () => {
  it('count answers that cannot be used as lost, and nothing where the service is down', async () => {
    const { measureAttacks } = learningParts();
    const lost = await measureAttacks?.(garbled);
    expect(lost?.trials).toBeGreaterThan(100);
    expect(lost?.successes).toBe(lost?.trials);
    await expect(measureAttacks?.(down)).rejects.toThrow('no answer');
  });
});
