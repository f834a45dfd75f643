import { Command, Option } from 'commander';
import { type Role, type RunningApp, startApp } from '../app.ts';
import { loadConfig } from '../config.ts';
import { startSetupServer } from '../web/setup.ts';
import { learningParts } from './learning-parts.ts';
import { action, print } from './support.ts';

/** Beyond DRAIN_MS, for the web server and the connections; milliseconds. */
const STOP_GRACE_MS = 15_000;

export function startCommand(): Command {
  return new Command('start')
    .description('run the GitHub App; without APP_ID, open the page that registers one')
    .addOption(
      new Option('--role <role>', 'what this process does').choices(['all', 'web', 'worker']).default('all'),
    )
    .action(action(start));
}

async function start(flags: { role: Role }): Promise<void> {
  const config = loadConfig();
  // A server's process without its settings ends; a page that waits for a browser would look like one that works.
  if (config.app === null && flags.role === 'all') {
    const setup = await startSetupServer(config);
    print(`No App is configured yet. Open ${setup.url} to register one; its settings are written to .env.`);
    return untilStopped(() => setup.close());
  }
  const app = await startApp(config, {
    role: flags.role,
    parts: { learning: learningParts(config.learning) },
  });
  app.ctx.logger.info({ role: flags.role, url: app.url, judge: app.ctx.judge.name }, 'SWE-Manager runs');
  return untilStopped(() => closeInTime(app));
}

/** What is stuck is left to the leases: a process that was told to end ends. */
function closeInTime(app: RunningApp): Promise<void> {
  const limit = setTimeout(() => {
    app.ctx.logger.error('stopping took too long; what was under way is taken up by another process');
    process.exit(1);
  }, app.ctx.config.drainMs + STOP_GRACE_MS);
  limit.unref();
  return app.close();
}

/** Closes on the first SIGINT or SIGTERM; a second one ends the process at once. */
function untilStopped(close: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      process.once('SIGINT', () => process.exit(130));
      process.once('SIGTERM', () => process.exit(143));
      close().then(resolve, reject);
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}
