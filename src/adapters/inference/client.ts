/** The inference port over any number of OpenAI-compatible servers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { JudgeError } from '../../errors.ts';
import type {
  Adapter,
  CompleteOptions,
  Completion,
  CompletionRequest,
  InferenceClient,
} from '../../pipeline/judge/model/port.ts';
import { AttemptError, toJudgeError } from './failures.ts';
import { DEFAULT_INFERENCE_OPTIONS, type InferenceOptions } from './options.ts';
import { ServerPool } from './pool.ts';
import { InferenceServer } from './server.ts';
import type { StreamedAnswer } from './stream.ts';

/** What has happened to one completion so far. */
interface Progress {
  attempts: number;
  /** `performance.now()` at the first attempt; null before it. */
  startedAt: number | null;
  /** Servers whose last attempt at this request failed. */
  readonly failed: Set<InferenceServer>;
  /** Servers that do not have the model; they are not asked twice. */
  readonly absent: Set<InferenceServer>;
  /** Attempts that failed although the server may have the model, and what the last of them means. */
  setbacks: number;
  setback: { readonly failure: AttemptError; readonly error: JudgeError } | null;
}

/**
 * A client with its own connections; `close` frees them. Opening it makes no traffic.
 * @example createInferenceClient({ servers: ['http://gpu:8000/v1'] })
 */
export function createInferenceClient(
  options: Partial<InferenceOptions> & Pick<InferenceOptions, 'servers'>,
): InferenceClient {
  return new OpenAiCompatibleClient({ ...DEFAULT_INFERENCE_OPTIONS, ...options });
}

class OpenAiCompatibleClient implements InferenceClient {
  readonly #options: InferenceOptions;
  readonly #servers: readonly InferenceServer[];
  readonly #pool: ServerPool;

  constructor(options: InferenceOptions) {
    this.#options = options;
    this.#servers = options.servers.map((url) => new InferenceServer(url, options));
    this.#pool = new ServerPool(this.#servers, options);
  }

  async complete(request: CompletionRequest, options: CompleteOptions = {}): Promise<Completion> {
    const progress: Progress = {
      attempts: 0,
      startedAt: null,
      failed: new Set(),
      absent: new Set(),
      setbacks: 0,
      setback: null,
    };
    for (;;) {
      const server = await this.#pool.acquire(progress, options.signal);
      const result = await this.#attempt(server, request, options, progress);
      if (!(result instanceof AttemptError)) return toCompletion(result, server, request, progress);
      await this.#beforeNext(server, result, progress, options.signal);
    }
  }

  /** Returns the failure, so that only what ends the completion is thrown. */
  async #attempt(
    server: InferenceServer,
    request: CompletionRequest,
    options: CompleteOptions,
    progress: Progress,
  ): Promise<StreamedAnswer | AttemptError> {
    progress.attempts += 1;
    progress.startedAt ??= performance.now();
    const totalMs = Math.max(1, this.#timeLeft(progress));
    try {
      return await server.attempt(request, { signal: options.signal, onText: options.onText, totalMs });
    } catch (error) {
      if (error instanceof AttemptError) return error;
      throw error;
    } finally {
      this.#pool.release(server);
    }
  }

  /** Waits until the next attempt may start, or throws what the caller gets. */
  async #beforeNext(
    server: InferenceServer,
    failure: AttemptError,
    progress: Progress,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const error = toJudgeError(failure, server.url, progress.attempts);
    if (failure.kind === 'absent') {
      progress.absent.add(server);
      if (progress.absent.size === this.#servers.length) throw error;
    } else {
      progress.failed.add(server);
      progress.setbacks += 1;
      progress.setback = { failure, error };
      if (!failure.repeatable || progress.setbacks >= this.#options.maxAttempts) throw error;
    }
    // Without a setback there is nobody to give time to: whoever may have the model is free, or known to be down.
    if (progress.setback === null || this.#pool.hasOther(progress)) return;
    const delayMs = this.#delay(progress.setbacks, progress.setback.failure.retryAfterMs);
    if (delayMs >= this.#timeLeft(progress)) throw progress.setback.error;
    await sleep(delayMs, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
  }

  /** Milliseconds: doubling, with equal jitter (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter). */
  #delay(setbacks: number, retryAfterMs: number | null): number {
    const { retryDelayMs, maxRetryDelayMs } = this.#options;
    const ceiling = Math.min(maxRetryDelayMs, retryDelayMs * 2 ** (setbacks - 1));
    const jittered = ceiling / 2 + (Math.random() * ceiling) / 2;
    return Math.min(maxRetryDelayMs, Math.max(jittered, retryAfterMs ?? 0));
  }

  #timeLeft(progress: Progress): number {
    const used = progress.startedAt === null ? 0 : performance.now() - progress.startedAt;
    return this.#options.requestTimeoutMs - used;
  }

  async models(signal?: AbortSignal): Promise<readonly string[]> {
    const asked = await Promise.allSettled(this.#servers.map((server) => server.models(signal)));
    signal?.throwIfAborted();
    const lists = asked.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (lists.length === 0) throw this.#noModels(asked);
    return [...new Set(lists.flat())];
  }

  #noModels(asked: readonly PromiseSettledResult<unknown>[]): JudgeError {
    const index = asked.findIndex((result) => result.status === 'rejected');
    const result = asked[index];
    const reason: unknown = result?.status === 'rejected' ? result.reason : null;
    if (reason instanceof AttemptError) return toJudgeError(reason, this.#servers[index]?.url ?? '', 1);
    return new JudgeError('No inference server lists its models.', 'Check INFERENCE_URL.', {
      cause: reason,
      retryable: true,
    });
  }

  async loadAdapter(adapter: Adapter, signal?: AbortSignal): Promise<void> {
    for (const server of this.#servers) {
      await server.loadAdapter(adapter, signal).catch((error: unknown) => {
        throw error instanceof AttemptError ? cannotLoad(adapter, server.url, error) : error;
      });
    }
  }

  health(signal?: AbortSignal) {
    return Promise.all(this.#servers.map((server) => server.health(signal)));
  }

  async close(): Promise<void> {
    this.#pool.close();
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}

function cannotLoad({ name, path }: Adapter, url: string, failure: AttemptError): JudgeError {
  if (failure.blamesServer || failure.status === 401) return toJudgeError(failure, url, 1);
  return new JudgeError(
    `The inference server ${url} cannot serve ${name}: ${failure.message}.`,
    `It must be started with --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True, and must see ${path}.`,
    { cause: failure, retryable: false },
  );
}

function toCompletion(
  streamed: StreamedAnswer,
  server: InferenceServer,
  request: CompletionRequest,
  progress: Progress,
): Completion {
  return {
    ...streamed,
    model: streamed.model ?? request.model ?? '',
    serverUrl: server.url,
    durationMs: performance.now() - (progress.startedAt ?? performance.now()),
    attempts: progress.attempts,
  };
}
