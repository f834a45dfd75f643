/** The past of a repository becomes labelled snapshots, and nothing is written to GitHub. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTokenGitHub } from '../../src/adapters/github/token.ts';
import { CONFIG_PATH } from '../../src/pipeline/command/repository-config.ts';
import { leaveOut, TRAINED_REASON_CLASSES } from '../../src/pipeline/dataset/selection.ts';
import type { Clock, Db } from '../../src/ports.ts';
import { type FakeGitHub, type Issue, startFakeGitHub } from '../../src/sandbox/github/index.ts';
import { erasures, revisions, snapshots } from '../../src/schema/index.ts';
import { labelStore, repositoryStore } from '../../src/store/index.ts';
import { readLabelled } from '../../src/tasks/dataset/read-labelled.ts';
import { harvestLine } from '../../src/tasks/harvest/harvest-file.ts';
import { harvestRepository } from '../../src/tasks/harvest/harvest-repository.ts';
import { correctLabel, uncertainLabels } from '../../src/tasks/review/review-labels.ts';
import { openTestDatabase } from '../support/database.ts';
import { proposalOf } from './world.ts';

const REF = { owner: 'acme', name: 'shop' };
let fake: FakeGitHub;
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let db: Db;
let now: number;
let slept: number[];

beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  slept = [];
  fake = await startFakeGitHub({ now: () => now });
  fake.addRepository({ ...REF, collaborators: { mia: 'maintain' } });
  database = await openTestDatabase();
  db = database.db;
});
afterEach(async () => {
  await database.close();
  await fake.close();
});

const clock: Clock = {
  now: () => new Date(now),
  sleep: async (ms) => {
    slept.push(ms);
    now += ms;
  },
};

const minute = (): void => {
  now += 60_000;
};

function harvest(options: { limit?: number; since?: string } = {}) {
  const github = createTokenGitHub({ token: fake.tokenFor('acme'), baseUrl: fake.url });
  return harvestRepository({ db, clock, github }, REF, {
    since: options.since ?? null,
    limit: options.limit ?? null,
  });
}

/** An issue with proposals by ann and bob, of which bob's is taken by a linked comment and an assignment. */
function decided(title: string): { issue: Issue; second: Issue['comments'][number] } {
  const issue = fake.as('rob').openIssue('acme/shop', { title, body: 'It fails.' });
  return { issue, second: decide(issue) };
}

function decide(issue: Issue): Issue['comments'][number] {
  minute();
  fake.as('ann').comment(issue, proposalOf('ann'));
  minute();
  const second = fake.as('bob').comment(issue, proposalOf('bob'));
  minute();
  fake
    .as('mia')
    .comment(
      issue,
      `Let's go with https://github.com/acme/shop/issues/${issue.number}#issuecomment-${second.id}`,
    );
  minute();
  fake.as('mia').assign(issue, 'bob');
  return second;
}

async function snapshotOf(issue: Issue) {
  const [row] = await db.select().from(snapshots).where(eq(snapshots.issueId, issue.id));
  return row;
}

async function labelOf(issue: Issue) {
  const row = await snapshotOf(issue);
  return row ? labelStore.currentLabel(db, row.id) : null;
}

/** Of every labelled thread, in no order; null trains. */
async function whyLeftOut(): Promise<(string | null)[]> {
  const reasons: (string | null)[] = [];
  const rules = { reasonClasses: TRAINED_REASON_CLASSES, minConfidence: 0 };
  for await (const { thread, facts } of readLabelled(db, true)) reasons.push(leaveOut(thread, facts, rules));
  return reasons;
}

describe('harvest', () => {
  it('labels by what happened, rewinds what came after it, and flags what may leak', async () => {
    const { issue, second } = decided('It fails');
    minute();
    fake.as('bob').editComment(second, `${proposalOf('bob')}\n\nUpdate: as agreed, also on Android.`);
    fake.as('cat').comment(issue, proposalOf('cat'));
    fake.as('rob').editIssue(issue, { title: '[Paid] It fails', body: 'Fixed by bob.' });
    fake.as('mia').closeIssue(issue);

    const report = await harvest();
    expect(report).toMatchObject({ read: 1, outcomes: { stored: 1 } });
    const snapshot = await snapshotOf(issue);
    expect(snapshot).toMatchObject({
      origin: 'harvest',
      input: {
        issue: { title: 'It fails', body: 'It fails.' },
        candidates: [
          { number: 1, authorLogin: 'ann' },
          { number: 2, authorLogin: 'bob', body: proposalOf('bob') },
        ],
      },
    });
    expect(snapshot?.flags.toSorted()).toEqual(['edited-after-signal', 'issue-edited-after-signal']);
    expect(await labelOf(issue)).toMatchObject({
      proposalNumber: 2,
      decidedBy: 'assignment',
      exposed: false,
    });
    expect(fake.state.audit.entries.filter((entry) => entry.write)).toEqual([]);
  });

  it('forgets a proposal that was deleted since, and nothing that a list left out', async () => {
    const { issue, second } = decided('One');
    fake.as('mia').closeIssue(issue);
    await harvest();
    minute();
    fake.failAt({ path: '/graphql', nth: 2 }, { kind: 'stale-list', missing: 3 });
    fake.as('mia').editIssue(issue, { body: 'It fails again.' });
    expect(await harvest()).toMatchObject({ read: 1 });
    expect(fake.state.audit.entries.filter(({ fault }) => fault === 'stale-list')).toHaveLength(1);
    expect(await db.select().from(erasures)).toEqual([]);
    minute();
    fake.as('bob').deleteComment(second);
    expect(await harvest()).toMatchObject({ read: 1 });
    expect((await db.select().from(revisions)).map(({ body }) => body).toSorted()).toEqual([
      proposalOf('ann'),
      expect.stringMatching(/^\[erased, SHA-256 [0-9a-f]{64}\]$/),
    ]);
    expect(JSON.stringify(await db.select().from(snapshots))).not.toContain('src/menu/bob.ts');
  });

  it('rewinds to before the first assignment, be it taken back or given again', async () => {
    const issue = fake.as('rob').openIssue('acme/shop', { title: 'It fails' });
    fake.as('mia').assign(issue, 'bob'); // No proposal yet: a triager, not a choice.
    fake.as('mia').unassign(issue, 'bob');
    minute();
    fake.as('ann').comment(issue, proposalOf('ann'));
    const second = fake.as('bob').comment(issue, proposalOf('bob'));
    minute();
    fake.as('mia').assign(issue, 'bob');
    minute();
    fake.as('mia').unassign(issue, 'bob');
    fake.as('bob').editComment(second, `${proposalOf('bob')}\n\nUpdate: as agreed.`);
    fake.as('cat').comment(issue, proposalOf('cat'));
    minute();
    fake.as('mia').assign(issue, 'bob');
    fake.as('mia').closeIssue(issue);
    await harvest();
    expect(await snapshotOf(issue)).toMatchObject({
      input: { candidates: [{ authorLogin: 'ann' }, { authorLogin: 'bob', body: proposalOf('bob') }] },
      flags: ['edited-after-signal'],
    });
    expect(await labelOf(issue)).toMatchObject({ proposalNumber: 2, decidedBy: 'assignment' });
  });

  it('flags what GitHub keeps back of the edits, and reads the rest', async () => {
    const { issue, second } = decided('It fails');
    minute();
    fake.as('bob').editComment(second, `${proposalOf('bob')}\n\nUpdate: as agreed.`);
    fake.as('mia').closeIssue(issue);
    fake.state.refusesEdits = true;
    expect(await harvest()).toMatchObject({ outcomes: { stored: 1 } });
    expect((await snapshotOf(issue))?.flags).toEqual(['history-unreadable']);
    expect(await labelOf(issue)).toMatchObject({ proposalNumber: 2 });
    expect(await whyLeftOut()).toEqual(['leaked-outcome']);
  });

  it('keeps out a thread whose body was edited after the choice where GitHub keeps the edits back', async () => {
    const edited = decided('It fails').issue;
    minute();
    fake.as('rob').editIssue(edited, { body: 'Fixed by bob.' });
    const before = fake.as('rob').openIssue('acme/shop', { title: 'It hangs', body: 'It hagns.' });
    fake.as('rob').editIssue(before, { body: 'It hangs.' });
    decide(before);
    for (const issue of [edited, before]) fake.as('mia').closeIssue(issue);
    fake.state.refusesEdits = true;
    expect(await harvest()).toMatchObject({ outcomes: { stored: 2 } });
    expect((await snapshotOf(edited))?.flags).toEqual(['history-unreadable']);
    expect((await snapshotOf(before))?.flags).toEqual([]);
    expect((await whyLeftOut()).toSorted()).toEqual(['leaked-outcome', null]);
  });

  it('takes one request for an issue, reads nothing twice, and goes on where it stopped', async () => {
    for (const title of ['a', 'b', 'c']) {
      const { issue } = decided(title);
      fake.as('mia').closeIssue(issue);
      minute();
    }
    const first = await harvest({ limit: 2 });
    expect(first.read).toBe(2);
    const rest = await harvest();
    expect(rest).toMatchObject({ read: 1, skipped: 2 });
    const again = await harvest();
    expect(again).toMatchObject({ read: 0, skipped: 3 });
    // Beside the issue: its share of the list and of the config file.
    expect(first.apiCalls).toBe(2 + 2);
  });

  it('asks once for the files of the pull request that was merged, and keeps their names', async () => {
    const { issue } = decided('It fails');
    const files = [{ path: 'src/menu/bob.ts', patch: '@@ -1 +1 @@ function closeMenu() {\n+  onBlur();' }];
    const pull = fake.as('bob').openPull('acme/shop', { title: 'Fix', body: `For #${issue.number}`, files });
    fake.as('mia').merge(pull);
    fake.as('mia').closeIssue(issue);
    const report = await harvest();
    // The list, the config file, the issue and the files.
    expect(report).toMatchObject({ read: 1, apiCalls: 4 });
    const { value: labelled } = await readLabelled(db, true).next();
    expect(labelled?.thread).toMatchObject({
      label: { best: 2 },
      changedNames: ['src/menu/bob.ts', 'closeMenu', 'onBlur'],
    });
    minute();
    fake.as('rob').comment(issue, 'Thanks!');
    expect(await harvest()).toMatchObject({ read: 1, apiCalls: 3 });
  });

  it('keeps issues without proposals, without a choice, and open ones apart', async () => {
    const plain = fake.as('rob').openIssue('acme/shop', { title: 'No proposals' });
    fake.as('mia').closeIssue(plain);
    const unlabelled = fake.as('rob').openIssue('acme/shop', { title: 'Nobody chose' });
    fake.as('ann').comment(unlabelled, proposalOf('ann'));
    fake.as('rob').comment(unlabelled, "Let's go with @ann's proposal, says somebody without a say.");
    fake.as('mia').closeIssue(unlabelled);
    decided('Still open');
    expect(await harvest()).toMatchObject({
      read: 2,
      outcomes: { 'no-proposals': 1, unlabelled: 1, stored: 0 },
    });
  });

  it('waits when GitHub’s limit is nearly used up', async () => {
    await fake.close();
    fake = await startFakeGitHub({ now: () => now, requestsPerHour: 40 });
    fake.addRepository({ ...REF, collaborators: { mia: 'maintain' } });
    const { issue } = decided('It fails');
    fake.as('mia').closeIssue(issue);
    await harvest();
    expect(slept.some((ms) => ms > 60_000)).toBe(true);
  });
});

describe('the config file of a harvested repository', () => {
  it('says nothing any more once it is gone, and no while it cannot be read', async () => {
    const { issue } = decided('It fails');
    fake.as('mia').closeIssue(issue);
    const said = async (text: string | null) => {
      if (text === null) issue.repository.files.delete(CONFIG_PATH);
      else issue.repository.files.set(CONFIG_PATH, text);
      await harvest();
      return whyLeftOut();
    };
    expect(await said('training: { consent: true }')).toEqual([null]);
    expect(await said('training: { consent: false }')).toEqual(['no-consent']);
    expect(await said('training: { consent: fals }')).toEqual(['no-consent']);
    expect(await said('training: { consent: true }')).toEqual([null]);
    expect(await repositoryStore.repositoriesWithConsent(db)).toMatchObject([{ repository: { config: {} } }]);
    await said(null);
    expect(await repositoryStore.repositoriesWithConsent(db)).toMatchObject([
      { repository: { config: null } },
    ]);
  });
});

describe('review', () => {
  it('shows what is disputed first, and a correction settles it, with the old label kept', async () => {
    const sure = decided('Clear').issue;
    const disputed = decided('Disputed').issue;
    minute();
    fake.as('mia').unassign(disputed, 'bob');
    fake.as('mia').comment(disputed, "I prefer @ann's proposal after all.");
    for (const issue of [sure, disputed]) fake.as('mia').closeIssue(issue);
    await harvest();
    const [first, ...others] = await uncertainLabels(db, 10);
    expect(first?.issue.id).toBe(disputed.id);
    expect(others.map(({ issue }) => issue.id)).not.toContain(sure.id);
    if (!first) throw new Error('nothing to review');
    expect(first.signals.length).toBeGreaterThan(1);
    const correction = { proposalNumber: 1, reasonClass: 'priority', reviewer: 'operator' } as const;
    expect(await correctLabel({ db, clock }, first, correction)).toMatchObject({
      proposalNumber: 1,
      decidedBy: 'review',
      reasonClass: 'priority',
    });
    expect((await labelStore.labelHistory(db, first.snapshot.id)).length).toBe(2);
    expect(await uncertainLabels(db, 10)).toEqual([]);
  });
});

const thread = (change: object = {}) =>
  JSON.stringify({
    repository: 'acme/saved',
    issue: { number: 7, title: 'It fails', body: 'Steps' },
    comments: [1, 2].map((id) => ({
      id,
      html_url: `https://github.com/acme/saved/issues/7#issuecomment-${id}`,
      user: { login: `author-${id}` },
      body: `My idea number ${id}`,
    })),
    accepted_comment_ids: [2],
    ...change,
  });

describe('saved threads', () => {
  const read = (line: string) => harvestLine({ db, clock }, line, { file: 'threads.jsonl', line: 3 });

  it('take the candidates as listed and the accepted one as merged, once', async () => {
    expect(await read(thread())).toBe('stored');
    expect(await read(thread())).toBe('stored');
    const rows = await db.select().from(snapshots);
    expect(rows).toMatchObject([
      { origin: 'file', flags: ['times-unknown'], input: { candidates: [{ number: 1 }, { number: 2 }] } },
    ]);
    expect(await labelStore.currentLabel(db, rows[0]?.id ?? '')).toMatchObject({
      proposalNumber: 2,
      decidedBy: 'merge',
      exposed: false,
    });
    // Such a file says nothing about edits.
    expect(await whyLeftOut()).toEqual([null]);
  });

  it('lose what was written into title and body after the choice, and keep their price', async () => {
    const issue = {
      number: 7,
      title: '[HOLD for payment 2026-02-01] [$500] It fails',
      body: 'Steps\n<li>author-2 | Contributor | 26306882</li>',
    };
    await read(thread({ issue }));
    const [row] = await db.select().from(snapshots);
    expect(row?.input.issue).toMatchObject({ title: 'It fails', body: 'Steps' });
    const { value: labelled } = await readLabelled(db, true).next();
    expect(labelled?.thread.price).toBe(500);
  });

  it('are refused with the line when they are broken', async () => {
    await expect(read('{"repository": ')).rejects.toThrow('threads.jsonl, line 3');
    await expect(read(thread({ accepted_comment_ids: [9] }))).rejects.toThrow('accepts comment 9');
  });

  it('take sixty candidates, none at all, and no label', async () => {
    const comments = Array.from({ length: 60 }, (_, index) => ({
      id: 100 + index,
      html_url: `https://github.com/acme/saved/issues/8#issuecomment-${100 + index}`,
      user: null,
      body: `数字 ${index}`,
    }));
    const issue = { number: 8, title: '', body: null };
    expect(await read(thread({ issue, comments, accepted_comment_ids: [142] }))).toBe('stored');
    expect(
      await read(thread({ issue: { ...issue, number: 9 }, comments: [], accepted_comment_ids: [] })),
    ).toBe('no-proposals');
    expect(await read(thread({ issue: { ...issue, number: 10 }, accepted_comment_ids: [] }))).toBe(
      'unlabelled',
    );
  });
});

const SAVED = join(import.meta.dirname, '../../../shared/data/swe-lancer/threads_dev.jsonl');
describe.skipIf(!existsSync(SAVED))('real saved threads (absent: skipped)', () => {
  it('are all read, each with its label', async () => {
    const lines = readFileSync(SAVED, 'utf8').trim().split('\n');
    for (const [index, line] of lines.entries()) {
      expect(await harvestLine({ db, clock }, line, { file: SAVED, line: index + 1 })).toBe('stored');
    }
  });
});
