/**
 * The whole job, offline: threads written for the project are acted out on a fake GitHub over real HTTP, the real
 * App answers them, a maintainer gives feedback, and a dataset version with its card comes out.
 */
import { join } from 'node:path';
import { Command } from 'commander';
import type { RunningApp } from '../app.ts';
import { type Config, loadConfig } from '../config.ts';
import { NOTHING_FORBIDDEN, playThread, type Stage, startStage } from '../sandbox/stage.ts';
import { DEMO_THREADS } from '../sandbox/threads/index.ts';
import { buildDataset } from './dataset/build.ts';
import { writeDirectory } from './dataset/export.ts';
import { demoLoop } from './demo-loop.ts';
import { printDataset, printScene, printSummary } from './demo-print.ts';
import { inDemoDirectory, playOn } from './demo-world.ts';
import { action, print } from './support.ts';

export function demoCommand(): Command {
  return new Command('demo')
    .description('watch the whole job on this machine, offline, in a few seconds')
    .option('--loop', 'show how the judge learns from its maintainers instead; takes about a minute')
    .action(action(({ loop }: { loop?: boolean }) => (loop ? demoLoop() : demo())));
}

async function demo(): Promise<void> {
  const base = loadConfig();
  await inDemoDirectory(base, 'demo', async (dataDir) => {
    print('Starting a fake GitHub and the App …\n');
    const stage = await startStage();
    await playOn(stage, demoConfig(base, stage, dataDir), async (app) => {
      stage.deliverTo(`${app.url}${app.ctx.config.webhook.path}`);
      for (const thread of DEMO_THREADS) printScene(await playThread(stage, app.ctx, thread));
      await buildRows(app, dataDir);
      printSummary(dataDir);
    });
  });
}

/** The threads are the project's own, so they consent. */
async function buildRows({ ctx }: RunningApp, dataDir: string): Promise<void> {
  const { version } = await buildDataset(ctx.db, { trainingConsent: true });
  const outDir = join(dataDir, 'dataset');
  const files = await writeDirectory(ctx.db, version, outDir, { operatorConsent: true });
  await printDataset(version, outDir, files);
}

function demoConfig(base: Config, stage: Stage, dataDir: string): Config {
  return {
    ...base,
    ...stage.credentials,
    ...NOTHING_FORBIDDEN,
    databaseUrl: null,
    dataDir,
    http: { host: '127.0.0.1', port: 0 },
    logLevel: 'silent',
    // The fake GitHub has no limits to respect, and nobody should wait for the demo.
    writeSpacingMs: 20,
  };
}
