/**
 * `npm run test:loop`: the whole loop in one run. Simulated maintainers, whose taste no weights of the judge can
 * express, answer the real App on a fake GitHub; what they do becomes labels, a dataset, a retraining, a comparison and
 * a promotion, all by schedule. Then the promoted judge has to agree with them more often than the frozen one does.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningApp, startApp } from '../../src/app.ts';
import { learningParts } from '../../src/cli/learning-parts.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { frozenChoices } from '../../src/sandbox/loop/frozen.ts';
import { openProject, type PlayedIssue, type Project } from '../../src/sandbox/loop/project.ts';
import { type Stage, startStage } from '../../src/sandbox/stage.ts';
import { bootstrapInterval } from '../../src/statistics/bootstrap.ts';
import { seeded } from '../../src/statistics/random.ts';
import { modelStore } from '../../src/store/index.ts';
import { mostPromotions, shuffledPromotions } from './shuffled.ts';

const SEED = 1;
/** Half is held out here, where the App holds out a fifth: the gate needs 200 decisions. */
const splitOf = (_repository: number, issue: number) => (issue % 2 === 0 ? 'train' : 'holdout');
const ISSUES_UNTIL_PROMOTION = 600;
const ISSUES_A_STEP = 20;
const ISSUES_AFTERWARDS = 80;
const SHUFFLES = 40;

const say = (line: string) => process.stdout.write(`${line}\n`);
let passed = 0;
let failed = 0;

function check(name: string, holds: boolean): void {
  if (holds) passed += 1;
  else failed += 1;
  say(`${holds ? 'ok     ' : 'FAILED '} ${name}`);
}

const dataDir = await mkdtemp(join(tmpdir(), 'swe-manager-loop-'));
const stage = await startStage();
const app = await startApp(configOf(stage), { parts: { learning: { ...learningParts(), splitOf } } });
try {
  stage.deliverTo(`${app.url}${app.ctx.config.webhook.path}`);
  await closeTheLoop(app, openProject(stage, app.ctx));
} finally {
  await app.close();
  await stage.close();
  await rm(dataDir, { recursive: true, force: true });
}
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function closeTheLoop(running: RunningApp, project: Project): Promise<void> {
  const random = seeded(SEED);
  const before = await playUntilPromotion(running, project, random);
  const { version } = await modelStore.servedOn(running.ctx.db, 'embedded', 'stable');
  check('a version was trained, compared and promoted, all by schedule', version !== null);
  const frozen = before.filter(({ shown }) => !shown);
  say(`agreement of the hand-set weights on ${frozen.length} unexposed issues: ${percent(share(frozen))}`);
  const after = await project.play({ issues: ISSUES_AFTERWARDS, shown: 0, random });
  const control = await frozenChoices(running.ctx, after);
  const gains = after.map(
    ({ chosen, picked }, index) => Number(chosen === picked) - Number(control[index] === picked),
  );
  const interval = bootstrapInterval(
    gains,
    gains.map(() => 1),
    seeded(SEED),
  );
  say(`agreement on ${after.length} new ones: ${percent(share(after))} with ${version?.name}`);
  say(`gain over the frozen judge: ${interval?.map((bound) => percent(bound)).join(' to ')} (95 %)`);
  check('the interval of the gain on new unexposed issues lies above zero', (interval?.[0] ?? 0) > 0);
  const { promotions, decided } = await shuffledPromotions(running.ctx.db, SHUFFLES, seeded(SEED));
  const most = mostPromotions(SHUFFLES);
  say(`promotions with shuffled labels: ${promotions} of ${SHUFFLES} (at most ${most}), ${decided} decided`);
  check('the gate could decide on shuffled labels', decided > SHUFFLES / 2);
  check('shuffled labels promote no more often than the gate lets through', promotions <= most);
}

async function playUntilPromotion(
  { ctx }: RunningApp,
  project: Project,
  random: () => number,
): Promise<PlayedIssue[]> {
  const played: PlayedIssue[] = [];
  while (played.length < ISSUES_UNTIL_PROMOTION) {
    played.push(...(await project.play({ issues: ISSUES_A_STEP, shown: 0.1, random })));
    await sleep(ctx.config.learning.everyMs);
    if ((await modelStore.servedOn(ctx.db, 'embedded', 'stable')).version) break;
    if (played.length % 100 === 0) say(`${played.length} issues`);
  }
  return played;
}

function share(played: readonly PlayedIssue[]): number {
  return played.filter(({ chosen, picked }) => chosen === picked).length / played.length;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

function configOf({ credentials }: Stage): Config {
  const env = { SWE_MANAGER_DATA_DIR: dataDir, TRAINING_CONSENT: 'allow', LOG_LEVEL: 'error' } as const;
  const schedule = { TRAIN_RUNS_PER_MONTH: '10', TRAIN_MIN_NEW_LABELS: '200', LEARN_EVERY_MS: '500' };
  return {
    ...loadConfig({ ...env, ...schedule }),
    ...credentials,
    http: { host: '127.0.0.1', port: 0 },
    writeSpacingMs: 1,
    limitsScale: 0.001,
  };
}
