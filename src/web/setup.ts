/** Before an App is registered: Probot's own page, which registers one with `app.yml` and writes its keys to .env. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { run } from 'probot';
import type { Config } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { cannotListen } from './listen.ts';
import type { WebServer } from './server.ts';

/**
 * Whoever reaches this page sets the App's keys, so it is served to this machine alone unless HOST names
 * an address. It reads `app.yml` and writes `.env` in the working directory.
 * @throws ConfigError when NODE_ENV is production, without `app.yml` (the App would be public and without
 * permissions), or when the address is taken.
 */
export async function startSetupServer(config: Config): Promise<WebServer> {
  if (!existsSync('app.yml')) {
    throw new ConfigError(
      `There is no app.yml in ${resolve('.')}, which says what the App may do.`,
      'Run this in the directory of SWE-Manager, or set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET.',
    );
  }
  const host = config.http.host === '0.0.0.0' ? 'localhost' : config.http.host;
  const { port } = config.http;
  const server = await run(() => {}, {
    // With an empty APP_ID Probot shows its setup page, whatever else the environment holds.
    env: { PORT: String(port), HOST: host, LOG_LEVEL: 'fatal' },
  }).catch((cause: NodeJS.ErrnoException) => {
    // Errors of the socket have a code; Probot's own refusal, in production, has none.
    if (cause.code) throw cannotListen(host, port, cause);
    throw new ConfigError(cause.message, 'Set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET.', { cause });
  });
  return { url: `http://${host}:${server.port}`, close: () => server.stop() };
}
