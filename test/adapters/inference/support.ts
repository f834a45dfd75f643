import { onTestFinished } from 'vitest';
import { createInferenceClient } from '../../../src/adapters/inference/client.ts';
import type { InferenceOptions } from '../../../src/adapters/inference/options.ts';
import type { CompletionRequest, InferenceClient } from '../../../src/pipeline/judge/model/port.ts';
import {
  type FakeInference,
  type FakeInferenceOptions,
  startFakeInference,
} from '../../../src/sandbox/inference/index.ts';

export const REQUEST: CompletionRequest = {
  messages: [
    { role: 'system', content: 'You judge.' },
    { role: 'user', content: 'Which one?' },
  ],
  maxTokens: 100,
  temperature: 0.6,
  thinking: { enabled: true, budgetTokens: null },
  schema: null,
};

/** A fake server that stops with the test. */
export async function fake(options: FakeInferenceOptions = {}): Promise<FakeInference> {
  const server = await startFakeInference(options);
  onTestFinished(() => server.close());
  return server;
}

/** A client with short pauses that closes with the test. */
export function client(
  servers: readonly FakeInference[],
  options: Partial<InferenceOptions> = {},
): InferenceClient {
  const made = createInferenceClient({
    servers: servers.map((server) => server.url),
    retryDelayMs: 1,
    maxRetryDelayMs: 5,
    ...options,
  });
  onTestFinished(() => made.close());
  return made;
}

/** The reason a promise rejects with; fails when it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not reject');
    },
    (error: unknown) => error,
  );
}

export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition was never met');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
