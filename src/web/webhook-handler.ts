/** One webhook delivery: size, signature, then JSON, in this order; nothing of an unsigned body is read or logged. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { verify } from '@octokit/webhooks-methods';
import type { Probot } from 'probot';
import type { AppContext } from '../ports.ts';
import { reply } from './server.ts';

/** GitHub's own limit for payloads. */
export const MAX_BODY_BYTES = 25 * 1024 * 1024;

export interface WebhookHandlerOptions {
  readonly secret: string;
  readonly logger: AppContext['logger'];
  /** Resolves once the delivery is safe. */
  readonly receive: Probot['receive'];
}

export function createWebhookHandler(options: WebhookHandlerOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const headers = readHeaders(request);
    const refuse = (status: number, reason: string): void => {
      options.logger.warn({ delivery: headers.id, status, reason }, 'a delivery was refused');
      reply(response, status, reason);
    };
    const body = await readBody(request);
    if (body === null) {
      response.setHeader('connection', 'close');
      return refuse(413, 'the body is larger than 25 MB');
    }
    if (!(await isSigned(options.secret, body, headers.signature)))
      return refuse(401, 'the signature does not fit');
    if (headers.id === null || headers.event === null) return refuse(400, 'GitHub’s headers are missing');
    const payload = parse(body);
    if (payload === undefined) return refuse(400, 'the body is not a JSON object');
    return receive(options, response, { id: headers.id, name: headers.event, payload });
  };
}

async function receive(
  { logger, receive }: WebhookHandlerOptions,
  response: ServerResponse,
  delivery: { id: string; name: string; payload: object },
): Promise<void> {
  try {
    await receive(delivery as Parameters<Probot['receive']>[0]);
    reply(response, 202, 'accepted');
  } catch (error) {
    // GitHub then lists the delivery as failed, and it can be delivered again.
    logger.error({ delivery: delivery.id, reason: reasonOf(error) }, 'a delivery could not be stored');
    reply(response, 503, 'the delivery could not be stored; please deliver it again');
  }
}

/** Probot gathers handlers' errors in an AggregateError that holds the whole payload: only the reason is logged. */
function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return (first instanceof Error ? first.message : String(first)).slice(0, 500);
}

function readHeaders({ headers }: IncomingMessage) {
  const text = (name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' && value !== '' ? value.slice(0, 200) : null;
  };
  return {
    id: text('x-github-delivery'),
    event: text('x-github-event'),
    signature: text('x-hub-signature-256'),
  };
}

/** @returns null when the body is too large; what is left of it is then not read. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Constant-time, by GitHub's own library; it throws on what is no signature at all. */
async function isSigned(secret: string, body: string, signature: string | null): Promise<boolean> {
  if (signature === null || body === '') return false;
  return verify(secret, body, signature).catch(() => false);
}

function parse(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined; // The caller answers 400.
  }
}
