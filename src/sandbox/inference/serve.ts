/** `npm run fake:inference -- [port]`: the fake inference server by hand, for a demo without a GPU. */
import { startFakeInference } from './fake.ts';

const fake = await startFakeInference({ port: Number(process.argv[2] ?? 8000) });
process.stdout.write(`INFERENCE_URL=${fake.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void fake.close());
