/**
 * A real HTTP server that speaks as vLLM does (chat completions with SSE, `/v1/models`, `/health`) and does what
 * a script says: answers, delays, errors, broken streams, silence. It notes what it saw, cancellations included.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isRecord, plainAnswer } from './answers.ts';
import { dropConnection, sendCompletion, untilGone, wasDropped } from './completion.ts';
import { readRequest } from './request.ts';
import type { FakeBehaviour, FakeRequest, FakeScript } from './script.ts';

/** Longer than a busy machine keeps a client from noticing; a connection that breaks shall be one that the script breaks. */
const KEEP_ALIVE_MS = 120_000;

export interface FakeInferenceOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Served models, the base model first. */
  readonly models?: readonly string[];
  /** When set, requests under `/v1` must carry it. */
  readonly apiKey?: string;
  /** Default: `plainAnswer`. */
  readonly script?: FakeScript;
}

export class FakeInference {
  /** Every chat completion asked for, in order of arrival. */
  readonly requests: FakeRequest[] = [];
  /** Requests whose connection the client closed before the end. */
  readonly cancelled: FakeRequest[] = [];
  models: readonly string[];
  /** Every adapter that was loaded, in order. */
  readonly loaded: { readonly name: string; readonly path: string }[] = [];
  /** False knows no such path, as vLLM without VLLM_ALLOW_RUNTIME_LORA_UPDATING. */
  loadsAdapters = true;
  /** Directories that do not hold an adapter. */
  readonly emptyPaths = new Set<string>();
  script: FakeScript;
  /** False answers 503 to health checks and everything else, as vLLM does when its engine is dead. */
  healthy = true;
  inFlight = 0;
  peakInFlight = 0;
  readonly #apiKey: string | null;
  readonly #server: Server;
  #port = 0;
  #closing = false;

  constructor(options: FakeInferenceOptions) {
    this.models = options.models ?? ['fake-qwen3'];
    this.script = options.script ?? plainAnswer;
    this.#apiKey = options.apiKey ?? null;
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else sendError(response, 500, String(error));
      });
    });
  }

  /** The base URL for INFERENCE_URL. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/v1`;
  }

  /** Does nothing when it listens already. */
  async listen(port: number): Promise<void> {
    if (this.#server.listening) return;
    this.#closing = false;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Breaks all connections and frees the port; `listen(port)` with the same port brings it back. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#closing = true;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  get port(): number {
    return this.#port;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const text = await readText(request);
    if (!this.healthy) return sendError(response, 503, 'the engine is dead');
    if (path === '/health') {
      response.writeHead(200).end();
      return;
    }
    if (this.#apiKey !== null && request.headers.authorization !== `Bearer ${this.#apiKey}`) {
      return sendError(response, 401, 'Unauthorized');
    }
    if (path === '/v1/models') return sendJson(response, 200, listModels(this.models));
    if (path === '/v1/load_lora_adapter' && this.loadsAdapters) {
      this.#load(text, response);
      return;
    }
    if (path !== '/v1/chat/completions') return sendError(response, 404, 'Not Found');
    await this.#complete(text, request.headers.authorization, response);
  }

  /** Answers as vllm/entrypoints/openai/serving_models.py does. */
  #load(text: string, response: ServerResponse): void {
    const { lora_name: name, lora_path: path } = JSON.parse(text) as { lora_name: string; lora_path: string };
    if (this.models.includes(name)) {
      sendError(response, 400, `The lora adapter '${name}' has already been loaded.`);
    } else if (this.emptyPaths.has(path)) {
      sendError(response, 404, `Loading lora ${name} failed: No adapter found for ${path}`);
    } else {
      this.loaded.push({ name, path });
      this.models = [...this.models, name];
      response.writeHead(200).end(`Success: LoRA adapter '${name}' added successfully.`);
    }
  }

  async #complete(text: string, authorization: string | undefined, response: ServerResponse): Promise<void> {
    const body: unknown = JSON.parse(text);
    const request = readRequest(isRecord(body) ? body : {}, this.requests.length, authorization);
    this.requests.push(request);
    if (!this.models.includes(request.model)) {
      return sendError(response, 404, `The model \`${request.model}\` does not exist.`);
    }
    const gone = new AbortController();
    response.once('close', () => {
      if (response.writableFinished) return;
      if (!wasDropped(response) && !this.#closing) this.cancelled.push(request);
      gone.abort();
    });
    this.inFlight += 1;
    this.peakInFlight = Math.max(this.peakInFlight, this.inFlight);
    try {
      await behave(await this.script(request), request, response, gone.signal);
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    } finally {
      this.inFlight -= 1;
    }
  }
}

/** Starts a fake inference server; `close` stops it. */
export async function startFakeInference(options: FakeInferenceOptions = {}): Promise<FakeInference> {
  const fake = new FakeInference(options);
  await fake.listen(options.port ?? 0);
  return fake;
}

async function behave(
  behaviour: FakeBehaviour,
  request: FakeRequest,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  switch (behaviour.kind) {
    case 'hang':
      return untilGone(gone);
    case 'refuse':
      dropConnection(response);
      return;
    case 'status': {
      const { status, message, headers, delayMs } = behaviour;
      if (delayMs) await new Promise((resolve) => setTimeout(resolve, delayMs));
      return sendError(response, status, message ?? `Fault ${status}`, headers);
    }
    default:
      return sendCompletion(response, request, behaviour, gone);
  }
}

/** LoRA adapters are models whose parent is the base model. */
function listModels(models: readonly string[]) {
  const data = models.map((id, index) => ({
    id,
    object: 'model',
    created: 0,
    owned_by: 'fake',
    parent: index === 0 ? null : models[0],
  }));
  return { object: 'list', data };
}

function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendJson(response, status, { error: { message, type: 'FakeError', param: null, code: status } }, headers);
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
