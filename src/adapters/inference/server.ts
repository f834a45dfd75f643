/** One inference server: its connections, its circuit breaker, and what it serves. */
import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import OpenAI from 'openai';
import { Agent, fetch } from 'undici';
import * as z from 'zod';
import { messageOf } from '../../errors.ts';
import type {
  Adapter,
  Answerer,
  CompletionRequest,
  ServerHealth,
  TextDelta,
} from '../../pipeline/judge/model/port.ts';
import { AttemptError, toAttemptError } from './failures.ts';
import type { InferenceOptions } from './options.ts';
import { buildBody } from './request.ts';
import { readStream, type StreamedAnswer } from './stream.ts';
import { Watchdog } from './watchdog.ts';

/** Failed health checks in a row after which a server is taken for dead, whatever its requests do. */
const DEADLY_CHECKS = 2;

/** Most of an unexpected answer that is shown. UTF-16 units. */
const SHOWN = 200;

/** An adapter is some hundred megabytes that are read from a disk. */
const LOAD_TIMEOUT_MS = 300_000;

export interface AttemptOptions {
  readonly signal: AbortSignal | undefined;
  readonly onText: ((delta: TextDelta, from: Answerer) => void) | undefined;
  /** Milliseconds left for the whole completion. */
  readonly totalMs: number;
}

export class InferenceServer {
  readonly url: string;
  /** Requests open there; counted by the pool. */
  inFlight = 0;
  readonly #options: InferenceOptions;
  readonly #agent: Agent;
  readonly #api: OpenAI;
  readonly #breaker: CircuitBreakerPolicy;
  #models: readonly string[] = [];
  #failedChecks = 0;
  #revival: Promise<boolean> | null = null;
  #problem: string | null = null;

  constructor(url: string, options: InferenceOptions) {
    this.url = url;
    this.#options = options;
    this.#agent = new Agent({
      connect: { timeout: options.connectTimeoutMs },
      // Our own watchdog knows when silence is too long; undici's five minutes would cut a full queue short.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#api = new OpenAI({
      baseURL: url,
      // The SDK insists on a key; servers that were started without one ignore it.
      apiKey: options.apiKey ?? 'none',
      // Nothing else of the environment may steer this client.
      organization: null,
      project: null,
      maxRetries: 0,
      timeout: options.requestTimeoutMs,
      logLevel: 'off',
      fetch: fetch as unknown as typeof globalThis.fetch,
      fetchOptions: { dispatcher: this.#agent },
    });
    this.#breaker = circuitBreaker(
      handleWhen((error) => error instanceof AttemptError && error.blamesServer),
      {
        breaker: new ConsecutiveBreaker(options.breakerFailures),
        halfOpenAfter: options.breakerPauseMs,
      },
    );
  }

  /** False while the breaker lets nothing through. Then only `revive` brings the server back. */
  get available(): boolean {
    return this.#breaker.state === CircuitState.Closed;
  }

  /** Why it is not available or failed last, for messages. */
  get problem(): string {
    return this.#problem ?? 'its circuit breaker is open';
  }

  /** @throws AttemptError, or the signal's reason when the caller aborts. */
  async attempt(request: CompletionRequest, options: AttemptOptions): Promise<StreamedAnswer> {
    try {
      return await this.#breaker.execute(() => this.#stream(request, options));
    } catch (error) {
      if (error instanceof AttemptError && error.blamesServer) this.#problem = error.message;
      throw error;
    }
  }

  async #stream(request: CompletionRequest, options: AttemptOptions): Promise<StreamedAnswer> {
    const watchdog = new Watchdog(
      {
        firstTokenMs: this.#options.firstTokenTimeoutMs,
        idleMs: this.#options.idleTimeoutMs,
        totalMs: options.totalMs,
      },
      options.signal,
    );
    try {
      const body = buildBody(request, await this.#modelFor(request, watchdog.signal));
      const asked = this.#api.chat.completions.create(body, { signal: watchdog.signal });
      const { data: chunks, response } = await asked.withResponse();
      await refuseOtherThanStream(response);
      const answer = await readStream(chunks, {
        onChunk: () => watchdog.chunk(),
        onText: (delta, model) => {
          watchdog.text();
          options.onText?.(delta, { model: model ?? body.model, serverUrl: this.url });
        },
      });
      // An aborted stream ends as if it were complete, so whoever asked has the last word.
      options.signal?.throwIfAborted();
      return answer;
    } catch (error) {
      if (watchdog.failure) throw watchdog.failure;
      if (options.signal?.aborted) throw options.signal.reason;
      throw toAttemptError(error, watchdog.sawText);
    } finally {
      watchdog.release();
    }
  }

  async #modelFor(request: CompletionRequest, signal: AbortSignal): Promise<string> {
    const named = request.model ?? this.#options.model ?? this.#models[0];
    if (named) return named;
    const [first] = await this.models(signal);
    if (first) return first;
    throw new AttemptError('absent', 'it lists no model');
  }

  /**
   * Served models, LoRA adapters included.
   * @throws AttemptError
   */
  async models(signal?: AbortSignal): Promise<readonly string[]> {
    try {
      const options = { timeout: this.#options.healthTimeoutMs, ...(signal ? { signal } : {}) };
      this.#models = readModels(await this.#api.get('/models', options));
      return this.#models;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw toAttemptError(error, false);
    }
  }

  /**
   * Loads a LoRA adapter unless the name is served already: https://docs.vllm.ai/en/latest/features/lora.html
   * @throws AttemptError
   */
  async loadAdapter({ name, path }: Adapter, signal?: AbortSignal): Promise<void> {
    if ((await this.models(signal)).includes(name)) return;
    try {
      await this.#api.post('/load_lora_adapter', {
        body: { lora_name: name, lora_path: path },
        timeout: LOAD_TIMEOUT_MS,
        ...(signal && { signal }),
      });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      // Another process may have loaded it meanwhile, which vLLM refuses to repeat.
      if (!(await this.models(signal)).includes(name)) throw toAttemptError(error, false);
    }
    if (!(await this.models(signal)).includes(name)) {
      throw new AttemptError('refused', `it loaded ${name} and does not list it`);
    }
  }

  /**
   * Asks the server now.
   * vLLM's `/health` knows whether the engine behind the API lives; proxies may not let it through, so only 5xx
   * counts, and the list of models, which needs the key, has the last word.
   * @throws AttemptError
   */
  async probe(signal?: AbortSignal): Promise<void> {
    const limit = AbortSignal.timeout(this.#options.healthTimeoutMs);
    const both = signal ? AbortSignal.any([limit, signal]) : limit;
    try {
      const health = `${this.url.replace(/\/v1$/, '')}/health`;
      const response = await fetch(health, { dispatcher: this.#agent, signal: both });
      await response.body?.cancel();
      if (response.status >= 500)
        throw new AttemptError('failing', `its health check answers ${response.status}`);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw limit.aborted
        ? new AttemptError('timeout', 'its health check is not answered')
        : toAttemptError(error, false);
    }
    await this.models(signal);
  }

  /** A health check while requests are under way: two failed ones in a row open the breaker. */
  async check(): Promise<void> {
    if (!this.available) {
      await this.revive();
      return;
    }
    try {
      await this.probe();
      this.#failedChecks = 0;
    } catch (error) {
      if (!(error instanceof AttemptError) || !error.blamesServer) return;
      this.#problem = error.message;
      this.#failedChecks += 1;
      if (this.#failedChecks >= DEADLY_CHECKS) await this.#trip(error);
    }
  }

  async #trip(error: AttemptError): Promise<void> {
    for (let count = 0; count < this.#options.breakerFailures; count += 1) {
      await this.#breaker.execute(() => Promise.reject(error)).catch(() => {});
    }
  }

  /** Closes the open breaker when its pause is over and the server answers again. */
  revive(): Promise<boolean> {
    this.#revival ??= this.#tryProbe().finally(() => {
      this.#revival = null;
    });
    return this.#revival;
  }

  async #tryProbe(): Promise<boolean> {
    if (this.available) return true;
    try {
      await this.#breaker.execute(() => this.probe());
      this.#failedChecks = 0;
    } catch (error) {
      // Still within its pause, or still down; a refused key counts as an answer and shows up in the next request.
      if (error instanceof AttemptError) this.#problem = error.message;
    }
    return this.available;
  }

  async health(signal?: AbortSignal): Promise<ServerHealth> {
    const startedAt = performance.now();
    const common = { url: this.url, inFlight: this.inFlight };
    try {
      await this.probe(signal);
      const latencyMs = performance.now() - startedAt;
      const open = !this.available && !(await this.revive());
      return {
        ...common,
        state: open ? 'open' : 'up',
        latencyMs,
        models: this.#models,
        problem: open ? this.problem : null,
      };
    } catch (error) {
      signal?.throwIfAborted();
      const problem = messageOf(error);
      return { ...common, state: 'down', latencyMs: null, models: [], problem };
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** Status 200 may carry an error or a proxy's page too, in which the SDK finds no events and so no answer. */
async function refuseOtherThanStream(response: Response): Promise<void> {
  if (!/json|html/.test(response.headers.get('content-type') ?? '')) return;
  throw new AttemptError('failing', `it answers with no stream: ${(await response.text()).slice(0, SHOWN)}`);
}

const modelList = z.object({ data: z.array(z.object({ id: z.string().min(1) })) });

/** @throws AttemptError for anything else that came with status 200: a page of a proxy, an error in the body. */
function readModels(body: unknown): readonly string[] {
  const read = modelList.safeParse(body);
  if (read.success) return read.data.data.map(({ id }) => id);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  throw new AttemptError('failing', `it answers with no list of models: ${(text ?? '').slice(0, SHOWN)}`);
}
