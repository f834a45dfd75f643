/**
 * Real issue threads through the whole App: webhooks in, one comment out. The threads are not part of the project;
 * they are read from SWE_MANAGER_THREADS, or from shared/data beside the checkout, and the test says so when they
 * are absent. They serve evaluation only: nothing is tuned to them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detectionReport } from '../../src/pipeline/proposals/quality.ts';
import { parseSavedThread } from '../../src/pipeline/thread/saved-thread.ts';
import type { SavedThread } from '../../src/sandbox/github/index.ts';
import { openWorld, type World } from './world.ts';

const file = resolve(
  process.env.SWE_MANAGER_THREADS ??
    resolve(import.meta.dirname, '../../../shared/data/swe-lancer/threads_dev.jsonl'),
);
const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
if (lines.length === 0)
  console.warn('Real threads: not checked, the file is absent (set SWE_MANAGER_THREADS).');

interface RealThread extends SavedThread {
  readonly accepted_comment_ids: readonly number[];
}
const threads = lines.map((line) => JSON.parse(line) as RealThread);

describe.runIf(threads.length > 0)('real threads', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it(`all ${threads.length} get one comment and one outcome for the command`, async () => {
    const repositories = new Set(threads.map((thread) => thread.repository));
    for (const repository of repositories) {
      const [owner, name] = repository.split('/');
      world.github.addRepository({
        owner: owner ?? '',
        name: name ?? '',
        collaborators: { mia: 'maintain' },
      });
    }
    const issues = threads.map((thread) => world.github.loadThread(thread));
    for (const issue of issues) world.say(issue, 'mia', '/manager choose');
    for (const issue of issues) await world.settle(issue);
    const ends = new Map<string, number>();
    for (const issue of issues) {
      expect(world.ours(issue)).toHaveLength(1);
      const [outcome = 'none', ...more] = await world.outcomes(issue);
      expect(more).toEqual([]);
      ends.set(outcome, (ends.get(outcome) ?? 0) + 1);
    }
    console.info(`Real threads: ${JSON.stringify(Object.fromEntries(ends))}`);
    expect([...ends.keys()].filter((end) => !['choose: done', 'choose: undecided'].includes(end))).toEqual(
      [],
    );
  }, 120_000);

  it('recall and precision of the detection rule are reported', () => {
    const report = detectionReport(
      lines.map((line, index) => ({
        thread: parseSavedThread(line, { file, line: '1' }),
        acceptedIds: threads[index]?.accepted_comment_ids ?? [],
      })),
    );
    console.info(`Real threads, detection: ${JSON.stringify(report)}`);
    expect(report.listed).toBeGreaterThan(0);
  });
});
