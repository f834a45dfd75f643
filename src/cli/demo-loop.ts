/**
 * The closed loop, offline and in short: the App comes to a project with a past, learns from it what its maintainers
 * like, has to pass the gate, and then decides on new issues. Everything is the real thing but GitHub and the people.
 */
import type { RunningApp } from '../app.ts';
import { type Config, loadConfig } from '../config.ts';
import { gitHubWithToken } from '../context.ts';
import { InputError } from '../errors.ts';
import type { SplitRule } from '../pipeline/dataset/holdout.ts';
import type { AppContext } from '../ports.ts';
import { frozenChoices } from '../sandbox/loop/frozen.ts';
import { MAINTAINERS, type Maintainers } from '../sandbox/loop/maintainers.ts';
import { startPastClock, writePast } from '../sandbox/loop/past.ts';
import { openProject } from '../sandbox/loop/project.ts';
import { findProject, REPOSITORY } from '../sandbox/loop/repository.ts';
import { NOTHING_FORBIDDEN, type Stage, startStage } from '../sandbox/stage.ts';
import { seeded } from '../statistics/random.ts';
import { datasetVersionStore, deliveryStore, modelStore } from '../store/index.ts';
import { type HarvestReport, harvestRepository } from '../tasks/harvest/harvest-repository.ts';
import { learn, type Turn } from '../tasks/learning/learn.ts';
import {
  hasRisen,
  type LoopAgreement,
  printAgreement,
  printGate,
  printPast,
  printTrained,
  printWelcome,
} from './demo-loop-print.ts';
import { inDemoDirectory, playOn } from './demo-world.ts';
import { learningParts } from './learning-parts.ts';
import { progress } from './support.ts';

const SEED = 1;
/** New issues that are open at a time: more of them wait for each other less. */
const AT_ONCE = 20;
const PAST_MS = 365 * 86_400_000;
/** Half is held out here, where the App holds out a fifth: the gate looks at 200 decisions. */
const splitOf: SplitRule = (_repository, issue) => (issue % 2 === 0 ? 'train' : 'holdout');
const SCHEDULE = {
  runsPerMonth: 1,
  leastNewLabels: 1,
  candidatesPerEpoch: 1,
  everyMs: 3_600_000,
  sweLancerFile: null,
} as const;

export interface LoopScene {
  readonly pastIssues: number;
  readonly newIssues: number;
  readonly maintainers: Maintainers;
}

const SCENE: LoopScene = { pastIssues: 400, newIssues: 40, maintainers: MAINTAINERS };

/** The exit code is 1 when agreement did not rise. @throws SweManagerError when nothing could be trained */
export async function demoLoop(scene: LoopScene = SCENE): Promise<void> {
  const began = performance.now();
  const base = loadConfig();
  if (base.inference !== null) {
    throw new InputError('The loop is shown with the embedded judge.', 'Unset INFERENCE_URL.');
  }
  await inDemoDirectory(base, 'demo-loop', async (dataDir) => {
    printWelcome(scene.pastIssues);
    const clock = startPastClock(Date.now() - PAST_MS);
    const stage = await startStage(clock.now);
    const random = seeded(SEED);
    writePast(stage, clock, { issues: scene.pastIssues, maintainers: scene.maintainers, random });
    const parts = { learning: { ...learningParts(), splitOf } };
    const play = async (app: RunningApp) => {
      printPast(await comeToProject(stage, app));
      await learnAndPromote(app.ctx);
      const agreement = await meetNewIssues(stage, app.ctx, scene, random);
      printAgreement(agreement, { seconds: (performance.now() - began) / 1000, dataDir });
      if (!hasRisen(agreement)) process.exitCode = 1;
    };
    await playOn(stage, loopConfig(base, stage, dataDir), play, { parts });
  });
}

/** The App is installed, and the past is harvested as `swe-manager harvest` does it. */
async function comeToProject(stage: Stage, { ctx, url }: RunningApp): Promise<HarvestReport> {
  stage.deliverTo(`${url}${ctx.config.webhook.path}`);
  const project = findProject(stage.github);
  if (!project) throw new Error('the project has no past');
  stage.github.install(REPOSITORY.owner, [project]);
  await stage.github.webhooksIdle();
  while ((await deliveryStore.countReceived(ctx.db)) > 0) await ctx.clock.sleep(20);
  const github = gitHubWithToken(ctx.config, stage.github.tokenFor(REPOSITORY.owner));
  return harvestRepository(
    { db: ctx.db, clock: ctx.clock, github },
    REPOSITORY,
    { since: null, limit: null },
    ({ seen, total }) => progress(`harvested ${seen} of ${total} issues`),
  );
}

/** Two turns of what the worker does by schedule: one trains, the next puts what was trained to the gate. */
async function learnAndPromote(ctx: AppContext): Promise<void> {
  progress('building a dataset version, and training on it');
  const { trained, training } = await turn(ctx);
  const version = trained === null ? null : await modelStore.findModelVersion(ctx.db, trained);
  if (!version) {
    const why = training.due ? 'the labels held nothing to learn from' : training.reason;
    throw new InputError(`Nothing was trained: ${why}.`, 'This is a defect of the demo: please report it.');
  }
  const dataset = await datasetVersionStore.getVersion(ctx.db, version.datasetVersionId ?? '');
  printTrained(version, dataset);
  progress('comparing candidate and incumbent on the holdout');
  const { gate } = await turn(ctx);
  if (!gate) throw new Error('the candidate did not reach the gate');
  printGate(gate);
}

function turn(ctx: AppContext): Promise<Turn> {
  return learn(ctx, { schedule: SCHEDULE, operatorConsent: ctx.config.trainingConsent });
}

async function meetNewIssues(
  stage: Stage,
  ctx: AppContext,
  { pastIssues, newIssues, maintainers }: LoopScene,
  random: () => number,
): Promise<LoopAgreement> {
  const { version } = await modelStore.servedOn(ctx.db, 'embedded', 'stable');
  const project = openProject(stage, ctx, pastIssues);
  const played = await project.play({
    issues: newIssues,
    shown: 0,
    maintainers,
    atOnce: AT_ONCE,
    random,
    onProgress: (done, total) => progress(`${done} of ${total} new issues`),
  });
  progress('');
  const control = await frozenChoices(ctx, played);
  const issues = played.map(({ issue, chosen, picked }, index) => ({
    title: issue.title,
    number: issue.number,
    picked,
    before: control[index] ?? null,
    after: chosen,
  }));
  return {
    model: version?.name ?? null,
    issues,
    before: issues.filter(({ before, picked }) => before === picked).length,
    after: issues.filter(({ after, picked }) => after === picked).length,
  };
}

function loopConfig(base: Config, { credentials }: Stage, dataDir: string): Config {
  return {
    ...base,
    ...credentials,
    ...NOTHING_FORBIDDEN,
    databaseUrl: null,
    dataDir,
    http: { host: '127.0.0.1', port: 0 },
    logLevel: 'silent',
    // The project is the demo's own, and its GitHub has no limits to respect.
    trainingConsent: true,
    writeSpacingMs: 1,
    limitsScale: 0.001,
    // The turns of learning are taken one by one, so that each can be shown.
    learning: { ...SCHEDULE, runsPerMonth: 0 },
  };
}
