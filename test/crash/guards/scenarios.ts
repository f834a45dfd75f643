/** Short stories, each about one guard. */
import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEmbeddedJudge } from '../../../src/pipeline/judge/embedded/judge.ts';
import type { Judge } from '../../../src/pipeline/judge/types.ts';
import type { Comment, Delivery, Issue } from '../../../src/sandbox/github/index.ts';
import { commands, deliveries } from '../../../src/schema/index.ts';
import { effectStore } from '../../../src/store/index.ts';
import { writeEffects } from '../../../src/tasks/write-effects.ts';
import { openStage, type Stage } from './stage.ts';

/** What the scenario is about does not hold. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

const PATIENCE_MS = 60_000;
const GLANCE_MS = 20;
/** Longer than the last look at GitHub, as the stage scales it. */
const AFTERMATH_MS = 6_000;

const SCENARIOS = {
  /** GitHub brings a delivery again: it is accepted and changes nothing. */
  redelivery: () =>
    on({}, async (stage) => {
      const issue = stage.newIssue();
      await answered(stage, stage.people.command(issue, 'tim', 'status', ['done']));
      const [delivery] = commandDeliveries(stage, 'status');
      const status = await post(stage, delivery?.payload, delivery?.guid);
      claim(status === 202, `the redelivery was answered with ${status}`);
      await onlyOne(stage, issue);
    }),
  /** Somebody who recorded a delivery sends it again under another GUID. */
  replay: () =>
    on({}, async (stage) => {
      const issue = stage.newIssue();
      await answered(stage, stage.people.command(issue, 'tim', 'status', ['done']));
      const [delivery] = commandDeliveries(stage, 'status');
      claim((await post(stage, delivery?.payload)) === 202, 'the replay was not accepted');
      await until('the replay to be worked off', async () =>
        (await stage.app.ctx.db.select().from(deliveries)).every(
          (row) => row.processedAt !== null || row.attempts > 0,
        ),
      );
      const rows = await stage.app.ctx.db.select().from(deliveries);
      claim(
        rows.every((row) => row.attempts === 0),
        'the replay could not be worked off',
      );
      await onlyOne(stage, issue);
    }),
  /** Two workers of the same outbox at the same time, whatever the queue believed. */
  'two-writers': () =>
    on({ role: 'web', latencyMs: 1_500 }, async (stage) => {
      const { app, github } = stage;
      const issue = stage.newIssue();
      for (const verb of ['help', 'status', 'pause']) stage.people.command(issue, 'mia', verb, []);
      await github.webhooksIdle();
      const { processDeliveries } = await import('../../../src/tasks/process-deliveries.ts');
      const tools = { signal: new AbortController().signal, retries: 0 };
      await processDeliveries(app.ctx, { lane: `issue:${issue.id}` }, tools);
      const [installationId = 0] = github.state.installations.keys();
      claim((await effectStore.pendingOf(app.ctx.db, issue.id)) > 2, 'there is nothing to write');
      const work = () => writeEffects(app.ctx, { installationId }, tools);
      const first = work();
      await until('a write under way', () =>
        github.state.audit.find({ write: true }).some(({ endedAt }) => endedAt === null),
      );
      await Promise.all([first, work()]);
      claim(github.state.audit.overlappingWrites().length === 0, 'writes overlapped');
    }),
  /** A delivery that nobody signed with our secret. */
  forgery: () =>
    on({}, async (stage) => {
      const body = JSON.stringify({ action: 'created' });
      const signature = `sha256=${createHmac('sha256', 'a guess').update(body).digest('hex')}`;
      const answer = await send(stage, body, signature, randomUUID());
      claim(answer === 401, `a forged delivery was answered with ${answer}`);
      claim((await stage.app.ctx.db.$count(deliveries)) === 0, 'a forged delivery was stored');
    }),
  /** GitHub creates the comment, its answer is lost, and so is the webhook about it. */
  'lost-answer': () =>
    deafCreate(async (stage, issue) => {
      await until('the comment', () => own(issue).length > 0);
      await sleep(AFTERMATH_MS);
      const posts = stage.github.state.audit.find({ method: 'POST', path: /\/issues\/\d+\/comments$/ });
      claim(posts.length === 1, `the comment was created ${posts.length} times`);
      claim(own(issue).length === 1, `${own(issue).length} comments are to be seen`);
    }),
  /** The same, and a person deletes the comment before anybody of us saw it. */
  'deleted-by-a-person': () =>
    deafCreate(async (stage, issue) => {
      await until('the comment', () => own(issue).length > 0);
      stage.github.webhooks.url = stage.webhookUrl;
      for (const comment of own(issue)) stage.people.bury('mia', comment);
      await sleep(AFTERMATH_MS);
      claim(own(issue).length === 0, 'a comment that a person deleted came back');
    }),
  /** The database takes its time: GitHub gets its answer only when the delivery is safe. */
  'slow-commit': () =>
    on({ role: 'web' }, async (stage) => {
      const { db } = stage.app.ctx;
      const transaction = db.transaction.bind(db);
      db.transaction = (async (...args: Parameters<typeof transaction>) => {
        await sleep(500);
        return transaction(...args);
      }) as typeof db.transaction;
      claim((await post(stage, { action: 'created' })) === 202, 'the delivery was not accepted');
      claim((await db.$count(deliveries)) === 1, 'the delivery was acknowledged and not stored');
    }),
  /** Several answers for one installation at the same time. */
  spacing: () =>
    on({ limitsScale: 0.5 }, async (stage) => {
      const said = [stage.newIssue(), stage.newIssue()].map((issue) =>
        stage.people.command(issue, 'tim', 'status', ['done']),
      );
      for (const comment of said) await answered(stage, comment);
      const { audit, installations } = stage.github.state;
      const refused = audit.find({ write: true, status: 403 }).length;
      claim(refused === 0, `GitHub refused ${refused} writes that came too soon`);
      for (const id of installations.keys()) {
        const gap = audit.shortestWriteGapMs(id);
        claim(gap !== null && gap >= 499, `two writes were ${gap} ms apart`);
      }
    }),
  /** The judge names a proposal that is not in the snapshot. */
  'lying-judge': () =>
    on({ judge: liar }, async (stage) => {
      const issue = stage.newIssue();
      await answered(stage, stage.people.command(issue, 'mia', 'choose', ['failed']));
      const [row] = await stage.app.ctx.db.select().from(commands);
      claim(row?.outcome === 'failed', `the command ended as ${row?.outcome}`);
    }),
  /** A comment becomes a command by an edit. */
  'edited-into-a-command': () =>
    on({}, async (stage) => {
      const issue = stage.newIssue();
      const comment = stage.people.chat(issue, 'mia', 'Let us see.');
      await stage.github.webhooksIdle();
      stage.github.as('mia').editComment(comment, '/manager choose');
      await answered(stage, stage.people.command(issue, 'mia', 'status', ['done']));
      const rows = await stage.app.ctx.db.select().from(commands);
      claim(rows.length === 1, 'an edit added a command');
    }),
  /** Somebody who may only read asks for a decision. */
  reader: () =>
    on({}, async (stage) => {
      const issue = stage.newIssue();
      await answered(stage, stage.people.command(issue, 'rob', 'choose', ['refused']));
      const [row] = await stage.app.ctx.db.select().from(commands);
      claim(row?.outcome === 'refused', `the command ended as ${row?.outcome}`);
    }),
} as const satisfies Record<string, () => Promise<void>>;

export type ScenarioName = keyof typeof SCENARIOS;

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];

/** @throws Broken when what it is about does not hold. */
export function playScenario(name: ScenarioName): Promise<void> {
  return SCENARIOS[name]();
}

async function on(
  options: Parameters<typeof openStage>[0],
  scene: (stage: Stage) => Promise<void>,
): Promise<void> {
  const stage = await openStage(options);
  try {
    await scene(stage);
  } finally {
    await stage.close();
  }
}

/** A decision whose comment is created while neither the answer nor the webhook about it comes through. */
function deafCreate(scene: (stage: Stage, issue: Issue) => Promise<void>): Promise<void> {
  const embedded = createEmbeddedJudge();
  const gate = Promise.withResolvers<void>();
  const judge: Judge = {
    name: 'waiting',
    judge: async (input) => {
      await gate.promise;
      return embedded.judge(input);
    },
  };
  return on({ judge }, async (stage) => {
    const issue = stage.newIssue();
    const choose = stage.people.command(issue, 'mia', 'choose', ['done']);
    await stage.github.webhooksIdle();
    await until('eyes', () => choose.reactions.length > 0);
    stage.github.webhooks.url = null;
    stage.github.failAt(
      { method: 'POST', path: /\/issues\/\d+\/comments$/ },
      { kind: 'applied-then-destroyed' },
    );
    gate.resolve();
    await scene(stage, issue);
  });
}

const liar: Judge = {
  name: 'liar',
  judge: async (input) => ({
    ...(await createEmbeddedJudge().judge(input)),
    chosen: 99,
    abstained: false,
    abstainReason: null,
  }),
};

function own(issue: Issue): Comment[] {
  return issue.comments.filter((comment) => comment.viaApp);
}

async function onlyOne(stage: Stage, issue: Issue): Promise<void> {
  await until('the answer', () => own(issue).length > 0);
  claim((await stage.app.ctx.db.$count(commands)) === 1, 'the command was recorded again');
  claim(own(issue).length === 1, `${own(issue).length} comments are to be seen`);
}

function commandDeliveries(stage: Stage, verb: string): Delivery[] {
  return stage.github.webhooks.log.filter((one) => JSON.stringify(one.payload).includes(`/manager ${verb}`));
}

function answered(stage: Stage, comment: Comment): Promise<void> {
  return until(`an answer to ${comment.body}`, () =>
    comment.reactions.some((one) => one.user.login === stage.github.botLogin && one.content !== 'eyes'),
  );
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Broken(`waited in vain for ${what}`);
    await sleep(GLANCE_MS);
  }
}

function claim(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Broken(otherwise);
}

function post(stage: Stage, payload: unknown, guid: string = randomUUID()): Promise<number> {
  const body = JSON.stringify(payload);
  const signature = `sha256=${createHmac('sha256', stage.github.webhookSecret).update(body).digest('hex')}`;
  return send(stage, body, signature, guid);
}

async function send(stage: Stage, body: string, signature: string, guid: string): Promise<number> {
  const answer = await fetch(stage.webhookUrl, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'issue_comment',
      'x-github-delivery': guid,
      'x-hub-signature-256': signature,
    },
  });
  return answer.status;
}
