/** `npm run test:postgres [-- vitest arguments]`: the same tests on a real server, which it starts and removes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { startPostgres } from './postgres.ts';

async function runVitest(url: string, args: readonly string[]): Promise<number> {
  const vitest = path.join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--project=!processes', ...args], {
    stdio: 'inherit',
    env: { ...process.env, TEST_DATABASE: 'postgres', TEST_DATABASE_URL: url },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => child.kill(signal));
  }
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

async function main(): Promise<number> {
  const server = await startPostgres();
  try {
    return await runVitest(server.url, process.argv.slice(2));
  } finally {
    await server.stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
