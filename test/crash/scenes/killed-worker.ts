import { effects, leases } from '../../../src/schema/index.ts';
import { isAnswered } from '../oracle/answered.ts';
import { broken, type Outcome } from '../result.ts';
import { ROLES } from '../world/people.ts';
import type { AppProcess } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { onStage, type SceneOptions, type Stage } from './stage.ts';

const REPOSITORY = 'acme/widgets';
const CREATE = { method: 'POST', path: /\/issues\/\d+\/comments$/ } as const;
/** What operators are promised; milliseconds. */
const RESUMED_WITHIN_MS = 30_000;

/** A run is begun again, and a write made again, within 30 s after the worker that had it in hand died. */
export function killedWorker(options: SceneOptions): Promise<Outcome> {
  return onStage(options, { roles: ['web', 'worker', 'worker'] }, async (stage) => {
    const [web, first, second] = stage.world.processes;
    if (!web || !first || !second) throw new Error('there are not enough processes');
    stage.world.github.addRepository({ owner: 'acme', name: 'widgets', collaborators: ROLES });
    await Promise.all([web.start(), first.start()]);
    await dieWhileJudging(stage, first, second);
    await first.start();
    await dieWhileWriting(stage);
  });
}

/** The first request is never answered: only another worker's can be. */
async function dieWhileJudging(
  { world, inference }: Stage,
  victim: AppProcess,
  other: AppProcess,
): Promise<void> {
  const { people } = world;
  const answer = inference.script;
  inference.script = () => ({ kind: 'hang' });
  const issue = people.openIssue(REPOSITORY, 'The menu closes too early');
  for (const author of ['ann', 'bob']) people.propose(issue, author);
  const choose = people.command(issue, 'mia', 'choose', ['done', 'undecided']);
  await world.until('the judge at work', () => inference.inFlight > 0);
  await other.start();
  const asked = inference.requests.length;
  inference.script = answer;
  await victim.kill();
  await withinThirtySeconds(world, 'the run', () => inference.requests.length > asked);
  await world.until('the decision', () => isAnswered(world, choose));
}

/** Both workers run: the lease of the outbox tells which of them writes. */
async function dieWhileWriting({ world }: Stage): Promise<void> {
  const { github, people } = world;
  const issue = people.openIssue(REPOSITORY, 'The menu opens too late');
  await world.until('a quiet outbox', async () => (await writerOf(world)) === null);
  github.failAt(CREATE, { kind: 'slow', ms: 5_000 });
  const help = people.command(issue, 'rob', 'help', ['done']);
  await world.until('a create under way', () =>
    github.state.audit.find(CREATE).some(({ endedAt }) => endedAt === null),
  );
  const pid = await writerOf(world);
  const writer = world.processes.find((one) => one.pid === pid);
  if (!writer) throw new Error(`no process has the outbox (${pid})`);
  await writer.kill();
  await withinThirtySeconds(world, 'the outbox', () => isSettled(world));
  await world.until('the answer', () => isAnswered(world, help));
  await writer.start();
}

/** The create is made, or found to have been: GitHub may carry it out although nobody waits for the answer. */
async function isSettled(world: World): Promise<boolean> {
  const states = await world.database.look((db) => db.select({ state: effects.state }).from(effects));
  return states.every(({ state }) => state === 'done');
}

async function withinThirtySeconds(
  world: World,
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const diedAt = performance.now();
  await world.until(`${what} to go on`, holds);
  const ms = performance.now() - diedAt;
  if (ms > RESUMED_WITHIN_MS)
    world.violations.push(broken(`${what} of a dead worker went on only after ${Math.round(ms / 1000)} s`));
}

/** The process id in the outbox's lease; null when nobody has it. */
async function writerOf(world: World): Promise<number | null> {
  const rows = await world.database.look((db) => db.select().from(leases));
  const lease = rows.find(({ name }) => name.startsWith('outbox:'));
  return lease ? Number(lease.holder.split(':')[0]) : null;
}
