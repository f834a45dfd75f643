import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Faults } from './faults.ts';
import type { Reply } from './reply.ts';
import { isWrite, type Service } from './service.ts';
import type { State } from './state.ts';

export interface HttpOptions {
  readonly state: State;
  readonly faults: Faults;
  /** Known only once the server listens, because answers contain its address. */
  readonly service: () => Service;
  /** Time every request takes, in ms. */
  readonly latencyMs: number;
}

/** Longer than a busy machine keeps a client from noticing; a connection that breaks shall be a fault that was planned. */
const KEEP_ALIVE_MS = 120_000;

/** An HTTP server that lets the service answer, unless a fault is planned. */
export function createHttpServer(options: HttpOptions): Server {
  return createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    serve(options, request, response).catch((error: unknown) => {
      // A bug of the fake itself, or a client that went away: tell whoever is still there.
      if (!response.headersSent) send(response, { status: 500, body: { message: String(error) } });
      response.destroy();
    });
  });
}

/** Starts to listen on the loopback interface and returns the base URL. `port` 0 takes a free one. */
export async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(
  options: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { state, faults, latencyMs } = options;
  const url = new URL(request.url ?? '/', 'http://localhost');
  const method = request.method ?? 'GET';
  const rawPath = withoutEnterprisePrefix(url.pathname);
  const path = decodePath(rawPath);
  const entry = state.audit.begin({
    startedAt: state.now(),
    method,
    path,
    query: url.search,
    write: isWrite(method, path),
  });
  const service = options.service();
  const viewer = service.identify(request.headers.authorization, entry);
  const fault = faults.take(entry);
  entry.fault = fault?.kind ?? null;
  try {
    const body = await readBody(request);
    await sleep(latencyMs / 2);
    const early = beforeApplying(fault);
    const staleBy = fault?.kind === 'stale-list' ? fault.missing : 0;
    const incoming = {
      method,
      path: rawPath,
      query: url.searchParams,
      headers: request.headers,
      body,
      entry,
      staleBy,
    };
    const reply = early === 'apply' ? service.answer(incoming, viewer) : early;
    await sleep(latencyMs / 2 + (fault?.kind === 'slow' ? fault.ms : 0));
    entry.status = deliver(fault, reply, response);
    if (isHang(fault)) await new Promise((resolve) => response.once('close', resolve));
  } finally {
    entry.endedAt = state.now();
  }
}

/** What a fault answers before anything is done; 'apply' when the request is to be carried out. */
function beforeApplying(fault: Fault | undefined): Reply | 'apply' {
  if (fault?.kind === 'status') return faultReply(fault);
  const lost = fault?.kind === 'destroyed' || (fault?.kind === 'hang' && fault.applied !== true);
  return lost ? { status: 0 } : 'apply';
}

function faultReply(fault: Extract<Fault, { kind: 'status' }>): Reply {
  const retryAfter = fault.retryAfterSeconds;
  return {
    status: fault.status,
    body: fault.body ?? { message: `Fault ${fault.status}` },
    headers: {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...fault.headers,
    },
  };
}

/** Sends the answer as the fault allows. Returns the status that was sent, null when none was. */
function deliver(fault: Fault | undefined, reply: Reply, response: ServerResponse): number | null {
  switch (fault?.kind) {
    case 'applied-then-destroyed':
    case 'destroyed':
      response.destroy();
      return null;
    case 'hang':
      return null;
    case 'applied-then-status': {
      const status = fault.status ?? 500;
      send(response, { status, body: { message: 'Server Error' } });
      return status;
    }
    case 'malformed-json': {
      const text = JSON.stringify(reply.body ?? {});
      send(response, reply, text.slice(0, Math.ceil(text.length / 2)));
      return reply.status;
    }
    default:
      send(response, reply);
      return reply.status;
  }
}

function isHang(fault: Fault | undefined): boolean {
  return fault?.kind === 'hang';
}

function send(response: ServerResponse, reply: Reply, text?: string): void {
  const body = text ?? (reply.body === undefined ? '' : JSON.stringify(reply.body));
  response.writeHead(reply.status, {
    ...(body === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    'x-github-request-id': requestId(),
    'x-github-media-type': 'github.v3; format=json',
    'x-github-api-version-selected': '2022-11-28',
    ...reply.headers,
  });
  response.end(body);
}

/** In the form of GitHub's own, such as `D1A2:3F4B:1C2D3E:4F5A6B:65A1B2C3`. */
function requestId(): string {
  const hex = randomBytes(16).toString('hex').toUpperCase();
  return [hex.slice(0, 4), hex.slice(4, 8), hex.slice(8, 16), hex.slice(16, 24), hex.slice(24)].join(':');
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Clients that are told of a host instead of a URL speak to it as to GitHub Enterprise Server. */
function withoutEnterprisePrefix(path: string): string {
  return path.replace(/^\/api\/v3(?=\/)/, '').replace(/^\/api\/graphql$/, '/graphql');
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
