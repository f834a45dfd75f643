/**
 * `npm run fake:inference -- [port] [model]`: the fake inference server by hand, for a demo without a GPU. The
 * models are those of `models.ts`: fair (the default), literal, gullible, hostile.
 */
import { startFakeInference } from './fake.ts';
import { fairModel, gullibleModel, hostileModel, literalModel } from './models.ts';
import type { FakeScript } from './script.ts';

const SCRIPTS: Readonly<Record<string, FakeScript>> = {
  fair: fairModel,
  literal: literalModel,
  gullible: gullibleModel,
  hostile: hostileModel(({ messages }) => messages.at(-1)?.content ?? ''),
};

const [port = '8000', name = 'fair'] = process.argv.slice(2);
const script = SCRIPTS[name];
if (script === undefined || !/^\d{1,5}$/.test(port)) {
  process.stderr.write(`usage: npm run fake:inference -- [port] [${Object.keys(SCRIPTS).join('|')}]\n`);
  process.exit(2);
}
const fake = await startFakeInference({ port: Number(port), models: [`fake-${name}`], script });
process.stdout.write(`INFERENCE_URL=${fake.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void fake.close());
