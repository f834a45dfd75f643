/** Promise 8, erasure: what was said in a comment that is gone is found nowhere, whichever table or file is asked. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { buildDataset } from '../../src/cli/dataset/build.ts';
import { writeDirectory } from '../../src/cli/dataset/export.ts';
import { createEmbeddedJudge } from '../../src/pipeline/judge/embedded/judge.ts';
import type { Judge } from '../../src/pipeline/judge/types.ts';
import { erasures, installations, repositories, revisions, snapshots } from '../../src/schema/index.ts';
import {
  type datasetVersionStore,
  deliveryStore,
  effectStore,
  erasureStore,
  proposalStore,
  repositoryStore,
} from '../../src/store/index.ts';
import { verifyVersion } from '../../src/tasks/dataset/verify-version.ts';
import { eraseDue } from '../../src/tasks/erasure/erase-due.ts';
import { eraseOld } from '../../src/tasks/erasure/erase-many.ts';
import { forgetUser } from '../../src/tasks/erasure/forget-user.ts';
import { sweep } from '../../src/tasks/sweep/sweep.ts';
import { openWorld, proposalOf, type World, type WorldOptions } from './world.ts';

const worlds: World[] = [];
const patiently = { timeout: 15_000 };

async function world(options?: WorldOptions): Promise<World> {
  const opened = await openWorld(options);
  worlds.push(opened);
  return opened;
}

afterEach(async () => {
  for (const opened of worlds.splice(0)) await opened.close();
});

/** A word that stands nowhere else, in every part of a proposal that something is made of. */
const CANARY = 'canaryzq7f3';
const canaryProposal = proposalOf(CANARY).replace('the menu on mousedown', `the ${CANARY} on mousedown`);

/** Where the database holds the word: every text and JSON column of every table, the queue's included. */
async function placesOf({ app }: World, word: string): Promise<string[]> {
  const { db } = app.ctx;
  const columns = (await db.execute(
    sql`select table_schema as schema, table_name as "table", column_name as "column" from information_schema.columns
        where table_schema not in ('pg_catalog', 'information_schema')
          and data_type in ('text', 'character varying', 'json', 'jsonb', 'ARRAY')`,
  )) as unknown as { rows: { schema: string; table: string; column: string }[] };
  expect(columns.rows.length).toBeGreaterThan(80);
  const looks = columns.rows.map(({ schema, table, column }) => {
    const [from, value] = [sql.identifier(table), sql.identifier(column)];
    return sql`select ${`${table}.${column}`}::text as place where exists
      (select 1 from ${sql.identifier(schema)}.${from} where ${value}::text ilike ${`%${word}%`})`;
  });
  const found = (await db.execute(sql.join(looks, sql` union all `))) as unknown as {
    rows: { place: string }[];
  };
  return found.rows.map(({ place }) => place).sort();
}

async function exportOf({ app }: World, version: datasetVersionStore.DatasetVersion): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'swe-manager-erasure-'));
  try {
    await writeDirectory(app.ctx.db, version, directory, { operatorConsent: true });
    const files = await readdir(directory, { recursive: true, withFileTypes: true });
    const texts = files
      .filter((file) => file.isFile())
      .map((file) => readFile(join(file.parentPath, file.name), 'utf8'));
    return (await Promise.all(texts)).join('\n');
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Its first answer waits for `answer`. */
function gatedJudge(): { judge: Judge; calls: () => number; answer: () => void } {
  const embedded = createEmbeddedJudge();
  const gate = Promise.withResolvers<void>();
  let calls = 0;
  return {
    calls: () => calls,
    answer: gate.resolve,
    judge: {
      name: 'gated',
      judge: async (input) => {
        calls += 1;
        if (calls === 1) await gate.promise;
        return embedded.judge(input);
      },
    },
  };
}

describe('promise 8: erasure', () => {
  it('promise 8: the text of a deleted comment is gone from every table and every export format', async () => {
    const w = await world();
    const { db } = w.app.ctx;
    const issue = w.newIssue();
    const comment = w.propose(issue, 'ann', canaryProposal);
    w.github.as('ann').editComment(comment, `${canaryProposal}\nAnd ${CANARY} again.`);
    w.propose(issue, 'bob');
    await w.command(issue, 'mia', '/manager choose');
    await w.command(issue, 'mia', '/manager override ann because it is right');
    const { version } = await buildDataset(db, { trainingConsent: true });
    expect(version.manifest.rows).toBe(2);
    expect(await exportOf(w, version)).toContain(CANARY);
    expect((await placesOf(w, CANARY)).length).toBeGreaterThan(5);

    w.github.as('ann').deleteComment(comment);
    await w.settle(issue);
    await expect.poll(() => placesOf(w, CANARY), patiently).toEqual([]);
    await w.settle(issue);
    expect(await placesOf(w, CANARY)).toEqual([]);
    const after = await exportOf(w, version);
    expect(after).not.toContain(CANARY);
    expect(after).not.toContain('"messages"');
    // Hashes stay: what was erased can still be told.
    expect(await verifyVersion(db, version)).toMatchObject({
      rows: 2,
      erased: 2,
      changed: [],
      complete: true,
    });
    const texts = await db
      .select({ hash: revisions.hash, body: revisions.body, erasedAt: revisions.erasedAt })
      .from(revisions);
    expect(texts.filter(({ erasedAt }) => erasedAt !== null)).toHaveLength(2);
    for (const { hash, body, erasedAt } of texts)
      if (erasedAt) expect(body).toBe(`[erased, SHA-256 ${hash}]`);
    // Ours on GitHub does not quote it any longer either.
    expect(w.ours(issue)[0]?.body).not.toContain(CANARY);
    const again = await buildDataset(db, { trainingConsent: true });
    expect(again.version).toMatchObject({ number: 2, manifest: { rows: 0 } });
  });

  it('promise 8: what comes late about an issue that was deleted brings nothing back', async () => {
    const w = await world();
    const issue = w.newIssue({ title: `The ${CANARY} closes too early` });
    w.github.setCollaborator(w.github.state.repositoryOf('acme/widgets'), 'mia', 'admin');
    w.propose(issue, 'ann', canaryProposal);
    await w.settle(issue);
    w.github.disturbWebhook({ event: 'issue_comment', times: 2 }, { kind: 'delay', ms: 800 });
    w.propose(issue, 'bob', canaryProposal);
    w.say(issue, 'mia', `/manager reject the ${CANARY} is fine`);
    w.github.as('mia').deleteIssue(issue);
    await w.settle(issue);
    expect(await placesOf(w, CANARY)).toEqual([]);
  });

  it('promise 8: so is one that was deleted while nobody told us, once its thread is read', async () => {
    const w = await world();
    const issue = w.newIssue();
    const comment = w.propose(issue, 'ann', canaryProposal);
    w.propose(issue, 'bob');
    await w.command(issue, 'mia', '/manager choose');
    w.github.disturbWebhook({ event: 'issue_comment', action: 'deleted' }, { kind: 'drop', logged: false });
    w.github.as('ann').deleteComment(comment);
    await w.settle(issue);
    expect((await placesOf(w, CANARY)).length).toBeGreaterThan(5);
    await w.command(issue, 'mia', '/manager choose');
    await expect.poll(() => placesOf(w, CANARY), patiently).toEqual([]);
    expect(w.ours(issue).map(({ body }) => body.includes(CANARY))).toEqual([false, false]);
  });

  it('promise 8: what is only hidden, or left out by a list, is not forgotten', async () => {
    const w = await world();
    const issue = w.newIssue();
    const hidden = w.propose(issue, 'ann', canaryProposal);
    w.propose(issue, 'bob', canaryProposal);
    await w.settle(issue);
    w.github.as('mia').minimize(hidden, 'OFF_TOPIC');
    const lists = { method: 'GET', path: /\/issues\/\d+\/comments$/, times: 2 };
    w.github.failAt(lists, { kind: 'stale-list', missing: 2 });
    await w.command(issue, 'mia', '/manager choose --dry-run');
    expect(w.github.state.audit.entries.filter(({ fault }) => fault === 'stale-list')).not.toEqual([]);
    const texts = await w.app.ctx.db.select().from(revisions);
    expect(texts.map(({ body, erasedAt }) => [body, erasedAt])).toEqual([
      [canaryProposal, null],
      [canaryProposal, null],
    ]);
    expect(await w.app.ctx.db.select().from(erasures)).toEqual([]);
  });

  it('promise 8: so are the words of a deleted command, and of a comment that was nothing to us', async () => {
    const w = await world();
    const issue = w.newIssue();
    w.propose(issue, 'ann');
    w.propose(issue, 'bob');
    await w.command(issue, 'mia', '/manager choose');
    const reason = await w.command(issue, 'mia', `/manager override bob ${CANARY} is why`);
    const chatter = w.say(issue, 'rob', `Just talk about ${CANARY}.`);
    await w.settle(issue);
    expect(await placesOf(w, CANARY)).toContain('signals.reason');
    w.github.as('mia').deleteComment(reason);
    w.github.as('rob').deleteComment(chatter);
    await w.settle(issue);
    await expect.poll(() => placesOf(w, CANARY), patiently).toEqual([]);
    expect(await w.outcomes(issue)).toEqual(['choose: done', 'override: done']);
  });

  it('promise 8: a comment deleted while it is judged is not part of what is recorded', async () => {
    const { judge, calls, answer } = gatedJudge();
    const w = await world({ parts: { judge } });
    const issue = w.newIssue();
    const comment = w.propose(issue, 'ann', canaryProposal);
    w.propose(issue, 'bob');
    w.propose(issue, 'cyn');
    w.say(issue, 'mia', '/manager choose');
    await expect.poll(calls, patiently).toBe(1);
    w.github.as('ann').deleteComment(comment);
    await expect.poll(() => w.app.ctx.db.$count(snapshots, sql`erased_at is not null`), patiently).toBe(1);
    answer();
    await w.settle(issue);
    expect(calls()).toBe(2);
    expect(await w.outcomes(issue)).toEqual(['choose: done']);
    expect(await placesOf(w, CANARY)).toEqual([]);
    expect(w.ours(issue)[0]?.body).not.toContain(CANARY);
  });

  it('promise 8: a user who is forgotten leaves neither words nor name', async () => {
    const w = await world();
    const { db } = w.app.ctx;
    const issue = w.newIssue();
    w.propose(issue, 'zelda-q', canaryProposal);
    w.propose(issue, 'bob', `${proposalOf('bob')}\nBetter than what @zelda-q says.`);
    await w.command(issue, 'mia', '/manager choose');
    await w.command(issue, 'mia', '/manager accept');
    await w.command(issue, 'zelda-q', '/manager choose');
    const opened = w.github.as('zelda-q').openIssue('acme/widgets', { title: CANARY, body: CANARY });
    await w.settle(opened);
    await forgetUser(db, 'Zelda-Q', new Date());
    expect(await placesOf(w, CANARY)).toEqual([]);
    expect(await placesOf(w, 'zelda-q')).toEqual([]);
    expect(await proposalStore.liveProposals(db, issue.id)).toHaveLength(1);
    expect((await erasureStore.forgottenUsers(db)).has(erasureStore.userHash('zelda-q'))).toBe(true);
  });

  it('promise 8: an uninstalled App keeps no text', async () => {
    const w = await world();
    const issue = w.newIssue({ title: `About ${CANARY}`, body: `It is ${CANARY}.` });
    w.propose(issue, 'ann', canaryProposal);
    await w.command(issue, 'mia', '/manager choose');
    const files = [{ path: `src/${CANARY}.ts` }];
    w.github
      .as('mia')
      .merge(
        w.github.as('ann').openPull('acme/widgets', { title: 'Fix', body: `For #${issue.number}`, files }),
      );
    await w.settle(issue);
    await expect.poll(() => placesOf(w, CANARY), patiently).toContain('merged_changes.names');
    expect(await placesOf(w, CANARY)).toContain('issues.title');
    const [installation] = w.github.state.installations.keys();
    w.github.uninstall(installation ?? 0);
    const status = () => w.app.ctx.db.select({ status: installations.status }).from(installations);
    await expect.poll(status, patiently).toEqual([{ status: 'deleted' }]);
    await eraseDue(w.app.ctx, AbortSignal.timeout(60_000));
    expect(await placesOf(w, CANARY)).toEqual([]);
  });

  it('what is only out of sight is kept, and goes on when it is seen again', async () => {
    const { judge, calls, answer } = gatedJudge();
    const w = await world({
      parts: { judge },
      config: { sweepMs: 86_400_000 },
    });
    const { ctx } = w.app;
    const repository = w.github.state.repositoryOf('acme/widgets');
    const { installationId } = repository;
    const issue = w.newIssue();
    w.propose(issue, 'ann');
    w.propose(issue, 'bob');
    w.say(issue, 'mia', '/manager choose');
    await expect.poll(calls, patiently).toBe(1);
    // Nobody is told: GitHub only answers that nothing is there.
    Object.assign(repository, { installationId: null, private: true });
    answer();
    const answers = () => effectStore.commentEffects(ctx.db, issue.id);
    await expect.poll(answers, patiently).toMatchObject([{ state: 'parked', stateReason: 'removed' }]);
    await eraseDue(ctx, AbortSignal.timeout(60_000));

    Object.assign(repository, { installationId, private: false });
    await sweep(ctx, AbortSignal.timeout(60_000));
    await expect.poll(() => w.ours(issue).length, patiently).toBe(1);
    expect(w.ours(issue)[0]?.body).toContain('revisions judged');
    expect(await proposalStore.liveProposals(ctx.db, issue.id)).toHaveLength(2);
  });

  it('promise 8: a repository that was taken out of the installation keeps no text', async () => {
    const w = await world();
    const issue = w.newIssue({ body: `It is ${CANARY}.` });
    w.propose(issue, 'ann', canaryProposal);
    await w.command(issue, 'mia', '/manager choose');
    w.github.revokeRepository(w.github.state.repositoryOf('acme/widgets'));
    const reason = () => w.app.ctx.db.select({ reason: repositories.removedReason }).from(repositories);
    await expect.poll(reason, patiently).toEqual([{ reason: 'told' }]);
    await eraseDue(w.app.ctx, AbortSignal.timeout(60_000));
    expect(await placesOf(w, CANARY)).toEqual([]);
  });

  it('what left one installation for another is kept, although that is told in the wrong order', async () => {
    const w = await world();
    const { db } = w.app.ctx;
    await w.settle(w.newIssue());
    const other = w.github.addInstallation('globex');
    const repository = w.github.state.repositoryOf('acme/widgets');
    const isRemoval = { event: 'installation_repositories', action: 'removed' };
    w.github.disturbWebhook(isRemoval, { kind: 'delay', ms: 300 });
    w.github.revokeRepository(repository);
    w.github.grantRepository(other.id, repository);
    await w.github.webhooksIdle();
    await expect.poll(() => deliveryStore.countReceived(db), patiently).toBe(0);
    const known = { installationId: other.id, removedAt: null };
    expect(await repositoryStore.getRepository(db, repository.id)).toMatchObject(known);
  });

  it('promise 8: after the retention period an issue without events keeps no text', async () => {
    const w = await world();
    const { db } = w.app.ctx;
    const issue = w.newIssue({ body: `It is ${CANARY}.` });
    w.propose(issue, 'ann', canaryProposal);
    await w.command(issue, 'mia', '/manager choose');
    const at = new Date();
    const old = { reason: 'retention', at } as const;
    await eraseOld(db, new Date(at.getTime() - 3_600_000), old);
    expect((await placesOf(w, CANARY)).length).toBeGreaterThan(5);
    await eraseOld(db, new Date(at.getTime() + 3_600_000), old);
    expect(await placesOf(w, CANARY)).toEqual([]);
  });
});
