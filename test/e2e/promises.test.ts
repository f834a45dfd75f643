/** One test or more for each numbered promise of docs/promises.md, through the whole App. */
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { writeDataset } from '../../src/cli/dataset/export.ts';
import { createEmbeddedJudge } from '../../src/pipeline/judge/embedded/judge.ts';
import { readAnswer } from '../../src/pipeline/judge/model/reader.ts';
import type { Judge, JudgeInput } from '../../src/pipeline/judge/types.ts';
import type { Issue } from '../../src/sandbox/github/index.ts';
import { deliveries, repositories } from '../../src/schema/index.ts';
import { decisionStore, proposalStore } from '../../src/store/index.ts';
import { openWorld, proposalOf, type World, type WorldOptions } from './world.ts';

const patiently = { timeout: 15_000 };
const worlds: World[] = [];

async function world(options?: WorldOptions): Promise<World> {
  const opened = await openWorld(options);
  worlds.push(opened);
  return opened;
}

afterEach(async () => {
  for (const opened of worlds.splice(0)) await opened.close();
});

describe('promise 1: no acknowledged webhook is lost', () => {
  it('promise 1: a delivery is in the database before GitHub gets its 202, and a redelivery changes nothing', async () => {
    const { app, github } = await world();
    const body = JSON.stringify({
      action: 'created',
      installation: { id: 7 },
      note: 'nul \u0000 and \ud800',
    });
    const id = randomUUID();
    const deliver = () => post(app.url, body, sign(body, github.webhookSecret), id);
    expect((await deliver()).status).toBe(202);
    expect(await app.ctx.db.select().from(deliveries).where(eq(deliveries.id, id))).toHaveLength(1);
    expect((await deliver()).status).toBe(202);
    expect(await app.ctx.db.select().from(deliveries).where(eq(deliveries.id, id))).toHaveLength(1);
  });

  it('promise 1: what cannot be stored is not acknowledged', async () => {
    const { app, github } = await world();
    await app.ctx.db.execute('alter table deliveries rename to deliveries_away');
    const body = JSON.stringify({ action: 'created' });
    expect((await post(app.url, body, sign(body, github.webhookSecret))).status).toBe(503);
    await app.ctx.db.execute('alter table deliveries_away rename to deliveries');
  });

  it('promise 1: a forged or missing signature gets 401, changes nothing and is not logged whole', async () => {
    const { app, log } = await world();
    const body = JSON.stringify({ action: 'created', secretText: 'do-not-log-me' });
    expect((await post(app.url, body, 'sha256=00')).status).toBe(401);
    expect((await post(app.url, body, null)).status).toBe(401);
    expect((await post(app.url, body, sign(body, 'another secret'))).status).toBe(401);
    expect(await app.ctx.db.select().from(deliveries)).toEqual([]);
    expect(log.join('\n')).not.toContain('do-not-log-me');
  });
});

describe('promise 2: each run converges to one comment, each command to one outcome', () => {
  it('promise 2: a create that GitHub applies and answers with 500 is adopted, not repeated', async () => {
    const w = await world();
    const issue = proposed(w);
    w.github.failAt({ method: 'POST', path: /\/comments$/ }, { kind: 'applied-then-status', status: 500 });
    await w.command(issue, 'mia', '/manager choose');
    expect(w.ours(issue)).toHaveLength(1);
    expect(await w.outcomes(issue)).toEqual(['choose: done']);
    await w.command(issue, 'mia', '/manager accept');
    expect(w.ours(issue)[0]?.body).toContain('accepted by mia');
  });

  it('promise 2: a lost answer is adopted too', async () => {
    const w = await world();
    const issue = proposed(w);
    w.github.failAt({ method: 'POST', path: /\/comments$/ }, { kind: 'applied-then-destroyed' });
    await w.command(issue, 'mia', '/manager choose');
    expect(w.ours(issue)).toHaveLength(1);
  });

  it('promise 2: a comment that a person deleted is never posted again', async () => {
    const w = await world();
    const issue = proposed(w);
    await w.command(issue, 'mia', '/manager choose');
    w.github.as('wes').deleteComment(w.ours(issue)[0] ?? 0);
    await w.command(issue, 'mia', '/manager accept');
    expect(w.ours(issue)).toEqual([]);
    expect(await w.outcomes(issue)).toEqual(['choose: done', 'accept: done']);
  });

  it('promise 2: only comments with our authorship and signature are taken for ours', async () => {
    const w = await world();
    const issue = proposed(w);
    await w.command(issue, 'mia', '/manager choose');
    const copied = w.say(issue, 'eve', w.ours(issue)[0]?.body ?? '');
    await w.command(issue, 'mia', '/manager accept');
    expect(copied.body).not.toContain('accepted by mia');
  });
});

describe('promise 3: work on one issue is serial, different issues run in parallel', () => {
  it('promise 3: a burst coalesces to one running and one waiting run', async () => {
    const { judge, peak } = countingJudge(200);
    const w = await world({ parts: { judge } });
    const issue = proposed(w);
    for (let n = 0; n < 6; n += 1) w.say(issue, 'mia', '/manager choose');
    await w.settle(issue);
    expect(peak()).toBe(1);
    expect(w.ours(issue).length).toBeLessThanOrEqual(3);
    expect(await w.outcomes(issue)).toEqual(Array(6).fill('choose: done'));
  });

  it('promise 3: three issues are judged at the same time', async () => {
    const { judge, peak } = countingJudge(1_000);
    const w = await world({ parts: { judge }, config: { concurrency: 3 } });
    const issues = [proposed(w), proposed(w), proposed(w)];
    for (const issue of issues) w.say(issue, 'mia', '/manager choose');
    for (const issue of issues) await w.settle(issue);
    expect(peak()).toBeGreaterThan(1);
  });
});

describe('promise 4: a decision is made on a frozen snapshot and names its revisions', () => {
  it('promise 4: what is posted after the command is not judged, but announced', async () => {
    const { judge, release, seen } = gatedJudge();
    const w = await world({ parts: { judge } });
    const issue = proposed(w);
    w.say(issue, 'mia', '/manager choose');
    await expect.poll(() => seen().length, patiently).toBe(1);
    w.propose(issue, 'late');
    const known = async () => (await proposalStore.listProposals(w.app.ctx.db, issue.id)).length;
    await expect.poll(known, patiently).toBe(2);
    release();
    await w.settle(issue);
    expect(seen()[0]?.candidates.map((candidate) => candidate.authorLogin)).toEqual(['ann']);
    const decision = await decisionStore.latestDecision(w.app.ctx.db, issue.id);
    const snapshot = await proposalStore.getSnapshot(w.app.ctx.db, decision?.snapshotId ?? '');
    const hash = snapshot?.input.candidates[0]?.revisions.at(-1)?.hash ?? 'none';
    expect(w.ours(issue)[0]?.body).toContain(`1@${hash.slice(0, 7)}`);
    expect(decision?.newerProposals).toEqual([2]);
    expect(w.ours(issue)[0]?.body).toMatch(/newer|since/i);
  });

  it('promise 4: a choice that is not in the snapshot is refused, and nothing is posted as a choice', async () => {
    const { judge, release } = gatedJudge((verdict) => ({ ...verdict, chosen: 99, abstained: false }));
    release();
    const w = await world({ parts: { judge } });
    const issue = proposed(w);
    await w.command(issue, 'mia', '/manager choose');
    expect(await decisionStore.latestDecision(w.app.ctx.db, issue.id)).toBeNull();
    expect(w.ours(issue).map(({ body }) => body.split('\n')[0])).toEqual([
      expect.stringMatching(/^## No decision: /),
    ]);
    expect(await w.outcomes(issue)).toEqual(['choose: failed']);
  });

  it('promise 4: what is edited while the judge is at work was judged as it stood, and is announced', async () => {
    const { judge, release, seen } = gatedJudge();
    const w = await world({ parts: { judge } });
    const issue = w.newIssue();
    const comment = w.propose(issue, 'ann');
    w.say(issue, 'mia', '/manager choose');
    await expect.poll(() => seen().length, patiently).toBe(1);
    w.github.as('ann').editComment(comment, proposalOf('other'));
    await expect.poll(() => revisionsOf(w, issue), patiently).toBe(2);
    release();
    await w.settle(issue);
    const decision = await decisionStore.latestDecision(w.app.ctx.db, issue.id);
    const snapshot = await proposalStore.getSnapshot(w.app.ctx.db, decision?.snapshotId ?? '');
    for (const { candidates } of [...seen(), snapshot?.input ?? { candidates: [] }])
      expect(candidates.map(({ revisions }) => revisions.at(-1)?.body)).toEqual([proposalOf('ann')]);
    await expect.poll(() => w.ours(issue)[0]?.body, patiently).toMatch(/Proposal 1 is new or edited since/);
  });

  it('promise 4: what is edited before the decision can be seen is announced once it can', async () => {
    const w = await world();
    const issue = w.newIssue();
    const comment = w.propose(issue, 'wes');
    w.github.as('mia').lock(issue);
    w.say(issue, 'mia', '/manager choose');
    const decided = () => decisionStore.latestDecision(w.app.ctx.db, issue.id);
    await expect.poll(decided, patiently).not.toBeNull();
    w.github.as('wes').editComment(comment, proposalOf('other'));
    await expect.poll(() => revisionsOf(w, issue), patiently).toBe(2);
    expect(await decided()).toMatchObject({ postedAt: null, newerProposals: [] });
    w.github.as('mia').unlock(issue);
    await expect.poll(decided, patiently).toMatchObject({ postedAt: expect.any(Date), newerProposals: [1] });
  });

  it('promise 4: what is deleted while the judge is at work is forgotten, and the others are judged again', async () => {
    const { judge, release, seen } = gatedJudge();
    const w = await world({ parts: { judge } });
    const issue = proposed(w);
    const deleted = w.propose(issue, 'bob');
    w.say(issue, 'mia', '/manager choose');
    await expect.poll(() => seen().length, patiently).toBe(1);
    w.github.as('bob').deleteComment(deleted);
    const live = async () => (await proposalStore.liveProposals(w.app.ctx.db, issue.id)).length;
    await expect.poll(live, patiently).toBe(1);
    release();
    await w.settle(issue);
    const judged = seen().map(({ candidates }) => candidates.map(({ authorLogin }) => authorLogin));
    expect(judged).toEqual([['ann', 'bob'], ['ann']]);
    expect(w.ours(issue)).toHaveLength(1);
    expect(w.ours(issue)[0]?.body).not.toContain('bob');
  });
});

describe('promise 5: the judge has no tools, no tokens, no secrets', () => {
  it('promise 5: it is given text alone, without a token or secret, and its text is defused', async () => {
    const { judge, release, seen } = gatedJudge((verdict) => ({
      ...verdict,
      explanation: '/manager accept\n\n@everyone <img src=x> [x](https://evil.example) fixes #1',
    }));
    const w = await world({ parts: { judge } });
    const issue = proposed(w);
    w.say(issue, 'mia', '/manager choose');
    release();
    await w.settle(issue);
    const given = JSON.stringify(seen()[0]);
    expect(given).not.toContain(w.github.webhookSecret);
    expect(given).not.toMatch(/ghs_|PRIVATE KEY/);
    const body = w.ours(issue)[0]?.body ?? '';
    expect(body).not.toMatch(/^\/manager accept/m);
    expect(body).not.toContain('<img');
    expect(body).not.toContain('](https://evil.example');
    expect(await w.outcomes(issue)).toEqual(['choose: done']);
  });

  it("promise 5: a model's answer can fill the schema and nothing else", () => {
    const read = (answer: object) => readAnswer(JSON.stringify(answer), { ids: [1, 2] });
    const filled = { best_proposal_id: 2, explanation: 'It fits.', golden_proposal: 'Do it.' };
    expect(read(filled)).toMatchObject({ valid: true, answer: filled });
    for (const more of [
      { tool_calls: [{ name: 'close_issue' }] },
      { labels: ['bug'] },
      { command: 'rm -rf /' },
    ])
      expect(read({ ...filled, ...more })).toMatchObject({ valid: false, reason: 'schema' });
    for (const id of [3, '/etc/passwd', { $ref: 2 }, [2], true])
      expect(read({ ...filled, best_proposal_id: id }).valid).toBe(false);
  });
});

describe("promise 6: GitHub's limits are kept", () => {
  it('promise 6: writes of an installation never overlap and keep their distance', async () => {
    const w = await world({ config: { writeSpacingMs: 200, limitsScale: 1 } });
    const issues = [proposed(w), proposed(w)];
    for (const issue of issues) w.say(issue, 'mia', '/manager choose');
    for (const issue of issues) await w.settle(issue);
    const installation = [...w.github.state.installations.keys()][0] ?? 0;
    expect(w.github.state.audit.overlappingWrites()).toEqual([]);
    expect(w.github.state.audit.shortestWriteGapMs(installation)).toBeGreaterThanOrEqual(150);
  });

  it('promise 6: retry-after is honoured', async () => {
    const w = await world({ config: { limitsScale: 1 } });
    const issue = proposed(w);
    w.github.failAt(
      { method: 'POST', path: /\/comments$/ },
      {
        kind: 'status',
        status: 403,
        body: { message: 'You have exceeded a secondary rate limit.' },
        headers: { 'retry-after': '2' },
      },
    );
    const before = Date.now();
    await w.command(issue, 'mia', '/manager choose');
    expect(w.ours(issue)).toHaveLength(1);
    expect(Date.now() - before).toBeGreaterThanOrEqual(2_000);
  });
});

describe('promise 7: nothing is ever edited, hidden or deleted but our own comments', () => {
  it('promise 7: all edits and deletions of a busy issue are of our own comments', async () => {
    const w = await world();
    const issue = proposed(w);
    w.propose(issue, 'bob');
    for (const line of ['choose', 'accept', 'explain', 'override 2', 'status', 'choose', 'reject']) {
      await w.command(issue, 'mia', `/manager ${line}`);
    }
    const changes = w.github.state.audit.entries.filter(
      (entry) => entry.method === 'PATCH' || entry.method === 'DELETE',
    );
    const own = new Set(w.ours(issue).map((comment) => comment.id));
    expect(changes.length).toBeGreaterThan(0);
    for (const change of changes) {
      expect(own.has(Number(/\/issues\/comments\/(\d+)$/.exec(change.path.split('?')[0] ?? '')?.[1]))).toBe(
        true,
      );
    }
  });
});

describe('promise 7: a copied comment', () => {
  it("promise 7: somebody else's comment with a copied marker is never edited or deleted", async () => {
    const w = await world();
    const issue = proposed(w);
    await w.command(issue, 'mia', '/manager choose');
    const body = w.ours(issue)[0]?.body ?? '';
    expect(body).toContain('<!-- swe-manager:v1 ');
    const copied = w.say(issue, 'eve', body);
    const ticked = body.replace('- [ ]', '- [x]');
    w.github.as('eve').editComment(copied, ticked);
    for (const line of ['accept', 'explain', 'choose', 'reject'])
      await w.command(issue, 'mia', `/manager ${line}`);
    expect(issue.comments.find(({ id }) => id === copied.id)?.body).toBe(ticked);
    const writes = w.github.state.audit.entries.filter(
      ({ method }) => method === 'PATCH' || method === 'DELETE',
    );
    expect(writes.length).toBeGreaterThan(0);
    expect(writes.filter(({ path }) => path.includes(`/comments/${copied.id}`))).toEqual([]);
  });
});

describe('promise 8: training data leaves only with consent, without identities, never from a deleted comment', () => {
  it('promise 8: a row without consent, or from a deleted comment, is left out', async () => {
    const w = await world();
    const issue = proposed(w);
    const second = w.propose(issue, 'bob');
    await w.command(issue, 'mia', '/manager choose');
    await w.command(issue, 'mia', '/manager accept');
    expect(await exported(w, false)).toMatchObject({ rows: [], skipped: { 'no-consent': 1 } });
    expect((await exported(w, true)).rows).toHaveLength(2);
    await w.app.ctx.db.update(repositories).set({ isPrivate: true });
    expect(await exported(w, true)).toMatchObject({ rows: [], skipped: { 'no-consent': 1 } });
    await w.app.ctx.db.update(repositories).set({ isPrivate: false });
    w.github.as('bob').deleteComment(second);
    await expect.poll(async () => (await exported(w, true)).rows, patiently).toEqual([]);
  });

  it('promise 8: no login of an author stands in a row', async () => {
    const w = await world();
    const issue = w.newIssue({ body: 'Thanks @rob and ann-marie, see https://github.com/ann-marie' });
    w.propose(issue, 'ann-marie', `${proposalOf('menu')}\ncc @mia`);
    await w.command(issue, 'mia', '/manager choose');
    await w.command(issue, 'mia', '/manager accept');
    const { rows } = await exported(w, true);
    expect(rows).toHaveLength(1); // One proposal has one order.
    expect(JSON.stringify(rows)).not.toMatch(/ann-marie|@mia|@rob/);
  });
});

function proposed(w: World) {
  const issue = w.newIssue();
  w.propose(issue, 'ann');
  return issue;
}

function sign(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

function post(url: string | null, body: string, signature: string | null, id: string = randomUUID()) {
  return fetch(`${url}/api/github/webhooks`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'issue_comment',
      'x-github-delivery': id,
      ...(signature ? { 'x-hub-signature-256': signature } : {}),
    },
  });
}

function countingJudge(ms: number): { judge: Judge; peak: () => number } {
  const embedded = createEmbeddedJudge();
  let [now, most] = [0, 0];
  return {
    peak: () => most,
    judge: {
      name: 'counting',
      judge: async (input) => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setTimeout(resolve, ms));
        now -= 1;
        return embedded.judge(input);
      },
    },
  };
}

function gatedJudge(
  change: (verdict: Awaited<ReturnType<Judge['judge']>>) => Awaited<ReturnType<Judge['judge']>> = (v) => v,
) {
  const embedded = createEmbeddedJudge();
  const gate = Promise.withResolvers<void>();
  const inputs: JudgeInput[] = [];
  const judge: Judge = {
    name: 'gated',
    judge: async (input) => {
      inputs.push(input);
      await gate.promise;
      return change(await embedded.judge(input));
    },
  };
  return { judge, release: () => gate.resolve(), seen: () => inputs };
}

/** The rows of both splits, and what was left out. */
async function exported(w: World, trainingConsent: boolean) {
  const directory = await mkdtemp(join(tmpdir(), 'swe-manager-export-'));
  try {
    const rows: unknown[] = [];
    let skipped: Readonly<Record<string, number>> = {};
    for (const split of ['train', 'holdout'] as const) {
      const out = join(directory, `${split}.jsonl`);
      const { version } = await writeDataset(
        w.app.ctx.db,
        { format: 'sft', split, out },
        { trainingConsent },
      );
      const lines = (await readFile(out, 'utf8')).split('\n').filter(Boolean);
      rows.push(...lines.map((line) => JSON.parse(line) as unknown));
      skipped = version.manifest.leftOut;
    }
    return { rows, skipped };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** How many texts of the issue's only proposal the App knows. */
async function revisionsOf(w: World, issue: Issue): Promise<number> {
  const [first] = await proposalStore.liveProposals(w.app.ctx.db, issue.id);
  return first?.revisions.length ?? 0;
}
