import type { Issue } from '../../../src/sandbox/github/index.ts';
import { runs } from '../../../src/schema/index.ts';
import { isAnswered } from '../oracle/answered.ts';
import type { Outcome } from '../result.ts';
import { thinkingFor } from '../world/model.ts';
import { ROLES } from '../world/people.ts';
import type { AppProcess } from '../world/process.ts';
import { onStage, type SceneOptions, type Stage } from './stage.ts';

const REPOSITORY = 'acme/widgets';
const DRAIN_MS = 8_000;
/** What src/cli/start.ts grants beyond DRAIN_MS. */
const GRACE_MS = 15_000;

/** SIGTERM lets work in hand end, within its deadline; what takes longer is taken up by the next process. */
export function stopInTime(options: SceneOptions): Promise<Outcome> {
  const setting = { roles: ['all'], env: { DRAIN_MS: String(DRAIN_MS) } } as const;
  return onStage(options, setting, async (stage) => {
    const [app] = stage.world.processes;
    if (!app) throw new Error('there is no process');
    stage.world.github.addRepository({ owner: 'acme', name: 'widgets', collaborators: ROLES });
    await stage.world.start();
    await finishWhatEndsInTime(stage, app);
    await leaveWhatDoesNot(stage, app);
  });
}

async function finishWhatEndsInTime(stage: Stage, app: AppProcess): Promise<void> {
  const { world, inference } = stage;
  const issue = newIssue(stage);
  inference.script = thinkingFor(2_000);
  world.people.command(issue, 'mia', 'choose', ['done', 'undecided']);
  await world.until('the judge at work', () => inference.inFlight > 0);
  await stop(stage, app);
  const states = await world.database.look((db) => db.select({ state: runs.state }).from(runs));
  stage.claim(
    states.every(({ state }) => state === 'finished'),
    `the run in hand was left ${states.map(({ state }) => state).join(', ')} although it could end in time`,
  );
  await app.start();
}

async function leaveWhatDoesNot(stage: Stage, app: AppProcess): Promise<void> {
  const { world, inference } = stage;
  const issue = newIssue(stage);
  inference.script = () => ({ kind: 'hang' });
  const choose = world.people.command(issue, 'mia', 'choose', ['done', 'undecided']);
  await world.until('the judge at work', () => inference.inFlight > 0);
  await stop(stage, app);
  inference.script = thinkingFor(100);
  await app.start();
  await world.until('the run taken up again', () => isAnswered(world, choose));
}

async function stop({ claim }: Stage, app: AppProcess): Promise<void> {
  const askedAt = performance.now();
  const code = await app.stop();
  const ms = performance.now() - askedAt;
  claim(code === 0, `it ended with ${code} when it was asked to stop`);
  claim(ms < DRAIN_MS + GRACE_MS, `it took ${Math.round(ms / 1000)} s to stop`);
}

function newIssue({ world }: Stage): Issue {
  const issue = world.people.openIssue(REPOSITORY, 'The menu closes too early');
  for (const author of ['ann', 'bob']) world.people.propose(issue, author);
  return issue;
}
