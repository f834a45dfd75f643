/** `npm run test:engine`: the client against a real vLLM. Fails when the engine cannot be installed or started. */
import { createInferenceClient } from '../../src/adapters/inference/client.ts';
import { CHECKS } from './checks.ts';
import { installEngine } from './install.ts';
import { API_KEY, type Engine, freePort, launchEngine } from './serve.ts';

const log = (line: string) => process.stdout.write(`${line}\n`);
let passed = 0;
let failed = 0;

async function check(name: string, run: () => Promise<void>): Promise<boolean> {
  const startedAt = performance.now();
  try {
    await run();
    passed += 1;
    log(`ok      ${name} (${Math.round(performance.now() - startedAt)} ms)`);
    return true;
  } catch (error) {
    failed += 1;
    log(`FAILED  ${name}\n${error instanceof Error ? error.stack : String(error)}`);
    return false;
  }
}

let engine: Engine | null = null;
const starts = await check('the engine installs and starts', async () => {
  const python = installEngine(log);
  const port = await freePort();
  stopOnSignals();
  engine = launchEngine(python, port);
  await engine.untilUp(log);
});
if (engine) await checkAll(engine);
log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Also while it starts, which takes minutes. */
function stopOnSignals(): void {
  const stop = () => void Promise.resolve(engine?.stop()).finally(() => process.exit(1));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
}

async function checkAll(running: Engine): Promise<void> {
  const client = createInferenceClient({ servers: [running.url], apiKey: API_KEY });
  try {
    if (starts) for (const { name, run } of CHECKS) await check(name, () => run(client, running));
  } finally {
    await client.close();
    await running.stop();
  }
}
