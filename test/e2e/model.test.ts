/** The served model as the judge of the whole App: decisions with their record, and what happens when it is down. */

import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readRecord } from '../../src/cli/decision.ts';
import { loadInferenceConfig } from '../../src/config.ts';
import { castVotes } from '../../src/pipeline/judge/cast.ts';
import { createPacker } from '../../src/pipeline/judge/prompt/pack.ts';
import { loadQwen3Tokens } from '../../src/pipeline/judge/prompt/tokens.ts';
import type { Verdict } from '../../src/pipeline/judge/types.ts';
import type { Issue } from '../../src/sandbox/github/index.ts';
import { type FakeInference, fairModel, startFakeInference } from '../../src/sandbox/inference/index.ts';
import * as schema from '../../src/schema/index.ts';
import { decisionStore, proposalStore, runStore } from '../../src/store/index.ts';
import { calibrate } from '../../src/tasks/support/calibration.ts';
import { openWorld, type World } from './world.ts';

const patiently = { timeout: 50_000, interval: 50 };

let service: FakeInference;
let world: World;

beforeAll(async () => {
  service = await startFakeInference({ models: ['manager-8b'], script: fairModel });
  world = await openWorld({
    config: {
      inference: loadInferenceConfig(service.url, {}),
      placeholderAfterMs: 1,
    },
  });
});
afterAll(async () => {
  await world.close();
  await service.close();
});

function issueWith(...authors: string[]): Issue {
  const issue = world.newIssue();
  for (const author of authors) world.propose(issue, author);
  return issue;
}

async function recordOf(issue: Issue) {
  const decision = await decisionStore.latestDecision(world.app.ctx.db, issue.id);
  if (!decision) throw new Error('there is no decision');
  return readRecord(world.app.ctx.db, decision.id);
}

describe('a decision of the model', () => {
  it('names model, prompt and policy, and calls its confidence uncalibrated', async () => {
    const issue = issueWith('ann', 'bob', 'cleo');
    await world.command(issue, 'mia', '/manager choose');
    const body = world.ours(issue)[0]?.body ?? '';
    expect(body).toMatch(
      /by the \*\*model\*\* · confidence \d+ % \(uncalibrated vote share\), \d of \d votes/,
    );
    expect(body).toContain('Model `manager-8b`');
    expect(body).toMatch(/prompt `manager-\d+`/);
    expect(body).toMatch(/votes by `k=5 adaptive@0.95 shuffled/);
  });

  it('leaves a record from which every prompt can be built again', async () => {
    const issue = issueWith('ann', 'bob', 'cleo', 'dora');
    await world.command(issue, 'mia', '/manager choose');
    const record = await recordOf(issue);
    expect(record).toMatchObject({ judge: 'model', model: 'manager-8b' });
    const packer = await createPacker(record.snapshot.input, { counter: await loadQwen3Tokens() });
    const votes = castVotes(record.votes);
    expect(votes.length).toBeGreaterThanOrEqual(3);
    for (const vote of votes) {
      const sent = vote.prompt as { messages: unknown; seed: number; model: string };
      expect(sent.messages).toEqual(packer.pack(vote.order).messages);
      expect(sent).toMatchObject({ seed: vote.seed, model: 'manager-8b' });
      expect(vote.servedBy).toBe(`manager-8b at ${service.url}`);
    }
  });

  it('leaves a record from which every vote can be counted again', async () => {
    const issue = issueWith('ann', 'bob');
    service.script = ({ index, schema }) => ({
      answer: index % 4 === 0 ? 'I cannot decide.' : answerFor(schema, index),
    });
    await world.command(issue, 'mia', '/manager choose');
    service.script = fairModel;
    const record = await recordOf(issue);
    for (const { answer, chosen, order, error } of record.votes) {
      const id = /"best_proposal_id":(\d+|null)/.exec(answer ?? '')?.[1];
      if (error === null) expect(chosen).toBe(id === 'null' ? null : order[Number(id) - 1]);
      else expect(error).toMatch(/^no_object|^not_json|: /);
    }
    expect(record.votes.filter(({ attempt }) => attempt === 1).length).toBeGreaterThan(0);
    const agreeing = castVotes(record.votes).filter(
      ({ chosen, error }) => error === null && chosen === record.chosen,
    );
    expect(record.voteShare.votesFor).toBe(agreeing.length);
  });
});

function answerFor(schema: Record<string, unknown> | null, index: number): object {
  const properties = schema?.properties as Record<string, { enum?: unknown[] }> | undefined;
  const ids = properties?.best_proposal_id?.enum ?? [null];
  return {
    best_proposal_id: ids[index % ids.length],
    explanation: 'Because of its root cause.',
    golden_proposal: 'Close the menu on mouseup.',
    assessments: [],
  };
}

describe('its confidence', () => {
  it('is uncalibrated below 100 unexposed labels, and scaled from there on', async () => {
    const issue = issueWith('ann', 'bob');
    await world.command(issue, 'mia', '/manager choose');
    const { db } = world.app.ctx;
    const decision = await decisionStore.latestDecision(db, issue.id);
    if (!decision) throw new Error('there is no decision');
    expect(decision).toMatchObject({ calibrated: false, confidence: 1 });

    // Right in four of five: surer than it should be.
    await label(decision, 99, (index) => index % 5 !== 0);
    await label(decision, 40, () => false, { exposed: true });
    await label(decision, 40, () => false, { conflict: true });
    expect(await calibrate(db, decision)).toBeNull();
    await label(decision, 1, () => true);
    expect(await calibrate(db, decision)).toMatchObject({ labels: 100 });
    expect(await calibrate(db, { ...decision, votePolicy: 'another' })).toBeNull();

    const next = issueWith('ann', 'bob');
    await world.command(next, 'mia', '/manager choose');
    const scaled = await decisionStore.latestDecision(db, next.id);
    expect(scaled?.calibrated).toBe(true);
    expect(scaled?.confidence).toBeCloseTo(0.8, 1);
    expect(world.ours(next)[0]?.body).toMatch(/confidence \d+ % \(calibrated\)/);
  });
});

function verdictOf(decision: decisionStore.Decision, rows: readonly decisionStore.VoteRow[]): Verdict {
  const {
    id: _id,
    runId: _run,
    issueId: _issue,
    snapshotId: _snapshot,
    decidedAt: _at,
    state: _state,
    ...verdict
  } = decision;
  const votes = rows.flatMap(
    ({ kind, label: name, shownOrder: order, chosen, error, prompt, answer, thinking }) =>
      kind === 'vote' && name !== null
        ? [
            {
              kind,
              label: name,
              order,
              chosen,
              error,
              prompt,
              answer,
              thinking,
              promptTokens: 1,
              completionTokens: 1,
              durationMs: 1,
            },
          ]
        : [],
  );
  return { ...verdict, votes };
}

/** `count` copies of the decision, each on a snapshot of its own, with labels that call it right or wrong. */
async function label(
  decision: decisionStore.Decision,
  count: number,
  isRight: (index: number) => boolean,
  more: { exposed?: boolean; conflict?: boolean } = {},
): Promise<void> {
  const { db } = world.app.ctx;
  const verdict = verdictOf(decision, await decisionStore.votesOf(db, decision.id));
  const snapshot = await proposalStore.getSnapshot(db, decision.snapshotId);
  if (!snapshot) throw new Error('there is no snapshot');
  for (let index = 0; index < count; index += 1) {
    const [runId, snapshotId] = [randomUUID(), randomUUID()];
    await db.insert(schema.runs).values({ id: runId, issueId: decision.issueId, state: 'finished' });
    await db.insert(schema.snapshots).values({ ...snapshot, id: snapshotId });
    await decisionStore.insertDecision(db, {
      runId,
      issueId: decision.issueId,
      snapshotId,
      verdict,
      at: decision.decidedAt,
    });
    await db.insert(schema.labels).values({
      id: randomUUID(),
      snapshotId,
      verdict: isRight(index) ? 'proposal' : 'not-the-choice',
      proposalNumber: isRight(index) ? decision.chosen : null,
      reasonClass: 'technical',
      confidence: 1,
      conflict: false,
      exposed: false,
      signalIds: [],
      resolvedAt: decision.decidedAt,
      ...more,
    });
  }
}

describe('a service that is down', () => {
  beforeEach(async () => {
    const { port } = service;
    await service.close();
    restart = () => service.listen(port);
  });
  let restart: () => Promise<void>;
  afterEach(() => restart());

  it('makes the run wait and say so; the decision takes the place of the notice once it is back', async () => {
    const issue = issueWith('ann', 'bob');
    world.say(issue, 'mia', '/manager choose');
    await expect
      .poll(() => world.ours(issue)[0]?.body ?? '', patiently)
      .toContain('Waiting for the inference service');
    expect(world.ours(issue)[0]?.body).not.toContain(service.url);
    const outage = await runStore.judgeOutage(world.app.ctx.db);
    expect(outage).toMatchObject({ runs: 1, reason: expect.stringContaining(service.url) });

    world.say(issue, 'ann', '/manager status');
    await expect
      .poll(
        () =>
          world
            .ours(issue)
            .map(({ body }) => body)
            .join('\n'),
        patiently,
      )
      .toContain('Run: waiting for the inference service, which does not answer since');

    await restart();
    await expect.poll(() => world.ours(issue)[0]?.body ?? '', patiently).toContain('is the choice');
    await world.settle(issue);
    expect(await world.outcomes(issue)).toContain('choose: done');
    expect(world.ours(issue)).toHaveLength(2);
    expect(await runStore.judgeOutage(world.app.ctx.db)).toBeNull();
  }, 120_000);

  it('outlasts any number of attempts, and the embedded judge never steps in', async () => {
    const issue = issueWith('ann', 'bob');
    world.say(issue, 'mia', '/manager choose');
    const run = async () => (await runStore.openRuns(world.app.ctx.db, issue.id))[0];
    await expect.poll(async () => (await run())?.judgeDownSince ?? null, patiently).not.toBeNull();
    for (let wakeUp = 0; wakeUp < 6; wakeUp += 1) {
      world.say(issue, 'mia', '/manager resume');
      await expect.poll(async () => (await world.outcomes(issue)).length, patiently).toBe(wakeUp + 2);
    }
    expect(await run()).toMatchObject({ state: 'running', judgeDownSince: expect.any(Date) });
    expect(await decisionStore.latestDecision(world.app.ctx.db, issue.id)).toBeNull();
    await restart();
    await expect
      .poll(async () => (await decisionStore.latestDecision(world.app.ctx.db, issue.id))?.judge, patiently)
      .toBe('model');
  }, 120_000);

  it('can be cancelled while it waits', async () => {
    const issue = issueWith('ann', 'bob');
    world.say(issue, 'mia', '/manager choose');
    await expect.poll(() => world.ours(issue).length, patiently).toBe(1);
    world.say(issue, 'mia', '/manager cancel');
    await expect.poll(() => world.outcomes(issue), patiently).toEqual(['choose: cancelled', 'cancel: done']);
    await world.settle(issue);
    expect(world.ours(issue)[0]?.body).toContain('was cancelled by mia');
  }, 120_000);
});
