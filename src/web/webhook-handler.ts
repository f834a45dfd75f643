/** One webhook delivery: size, signature, then JSON, in this order; nothing of an unsigned body is parsed or logged. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { verify } from '@octokit/webhooks-methods';
import type { Probot } from 'probot';
import { messageOf } from '../errors.ts';
import type { AppContext } from '../ports.ts';
import { announcesTooMuch, readBody } from './body.ts';
import { discard, reply } from './reply.ts';

export interface WebhookHandlerOptions {
  readonly secret: string;
  readonly logger: AppContext['logger'];
  /** Resolves once the delivery is safe. */
  readonly receive: Probot['receive'];
  /** Called once the sender has been told so. */
  readonly answered: () => Promise<void>;
}

/** A delivery that is not taken: the status GitHub gets, and why. */
class Refused {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string) {
    this.status = status;
    this.reason = reason;
  }
}

interface SignedDelivery {
  readonly id: string;
  readonly name: string;
  readonly payload: object;
}

const SIGNATURE = /^sha256=[0-9a-f]{64}$/;
const TOO_LARGE = new Refused(413, 'the body is larger than 25 MB');

export function createWebhookHandler(options: WebhookHandlerOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const delivery = await readDelivery(options.secret, request);
    if (delivery === null) {
      options.logger.debug('the sender of a delivery went away');
      return;
    }
    if (!(delivery instanceof Refused)) return store(options, response, delivery);
    const { status, reason } = delivery;
    const id = headerOf(request, 'x-github-delivery');
    options.logger.warn({ delivery: id, status, reason }, 'a delivery was refused');
    reply(response, status, reason);
    if (!request.complete) discard(request);
  };
}

/** @returns null when the sender went away before the end. */
async function readDelivery(
  secret: string,
  request: IncomingMessage,
): Promise<SignedDelivery | Refused | null> {
  if (announcesTooMuch(request)) return TOO_LARGE;
  const signature = headerOf(request, 'x-hub-signature-256');
  // Said before the body is read: what is not even signed may not use our memory.
  if (signature === null) return new Refused(401, 'the signature is missing');
  if (!SIGNATURE.test(signature)) return new Refused(401, 'the signature does not fit');
  const body = await readBody(request);
  switch (body.kind) {
    case 'whole':
      return openBody(secret, signature, body.text, request);
    case 'too-large':
      return TOO_LARGE;
    case 'busy':
      return new Refused(503, 'too many deliveries at once; please deliver it again');
    case 'broken':
      return null;
    default:
      return body satisfies never;
  }
}

async function openBody(
  secret: string,
  signature: string,
  text: string,
  request: IncomingMessage,
): Promise<SignedDelivery | Refused> {
  // Constant-time, by GitHub's own library; it takes no empty text.
  if (text === '' || !(await verify(secret, text, signature))) {
    return new Refused(401, 'the signature does not fit');
  }
  const id = headerOf(request, 'x-github-delivery');
  const name = headerOf(request, 'x-github-event');
  if (id === null || name === null) {
    return new Refused(400, 'the headers x-github-delivery and x-github-event are needed');
  }
  const payload = parse(text);
  return payload === undefined ? new Refused(400, 'the body is not a JSON object') : { id, name, payload };
}

async function store(
  { logger, receive, answered }: WebhookHandlerOptions,
  response: ServerResponse,
  delivery: SignedDelivery,
): Promise<void> {
  try {
    await receive(delivery as Parameters<Probot['receive']>[0]);
  } catch (error) {
    // GitHub then lists the delivery as failed, and it can be delivered again.
    logger.error({ delivery: delivery.id, reason: reasonOf(error) }, 'a delivery could not be stored');
    return reply(response, 503, 'the delivery could not be stored; please deliver it again');
  }
  response.once('finish', answered);
  reply(response, 202, 'accepted');
}

/** Probot gathers handlers' errors in an AggregateError that holds the whole payload: only the reason is logged. */
function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const message = messageOf(first);
  return (message.split('\n')[0] ?? '').slice(0, 300);
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : null;
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined; // The caller answers 400.
  }
}
