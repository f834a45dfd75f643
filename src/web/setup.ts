/** Before an App is registered: Probot's own page, which registers one with `app.yml` and writes its keys to .env. */
import { run } from 'probot';
import type { Config } from '../config.ts';

export async function startSetupServer(config: Config): Promise<{ url: string; close(): Promise<void> }> {
  const host = config.http.host === '0.0.0.0' ? 'localhost' : config.http.host;
  const server = await run(() => {}, {
    env: { PORT: String(config.http.port), HOST: config.http.host, LOG_LEVEL: 'warn' },
  });
  return { url: `http://${host}:${config.http.port}`, close: () => server.stop() };
}
