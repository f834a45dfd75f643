/** The HTTP edge: webhooks for Probot, and health for whoever runs this. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { Probot } from 'probot';
import type { Config } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { createProbotApp, type Inbox } from '../index.ts';
import type { AppContext } from '../ports.ts';
import { closeServer, listen } from './listen.ts';
import { reply, setSecurityHeaders } from './reply.ts';
import { createWebhookHandler } from './webhook-handler.ts';

export interface WebOptions {
  readonly config: Config;
  readonly logger: AppContext['logger'];
  /** Resolves once the delivery is committed. */
  readonly inbox: Inbox;
  /** Called when GitHub has been told that a delivery is safe. */
  readonly answered?: () => Promise<void>;
  /** Rejects while the process cannot do its work. */
  readonly ready: () => Promise<void>;
  /** How long `close` waits for requests under way, in milliseconds; 10,000 when absent. */
  readonly closeGraceMs?: number;
}

/** Why the process cannot do its work, in words that strangers may read; any other error is not shown. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
}

export interface WebServer {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  /** Takes no new request and waits for those under way. */
  close(): Promise<void>;
}

/** Milliseconds: slow senders are cut off. */
const LIMITS = { headersTimeout: 15_000, requestTimeout: 60_000, connectionsCheckingInterval: 5_000 };
const READY_TIMEOUT_MS = 5_000;
const CLOSE_GRACE_MS = 10_000;

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** @throws ConfigError without a webhook secret or an App: nobody could tell GitHub from a forger. */
export async function startWebServer(options: WebOptions): Promise<WebServer> {
  const { config, logger } = options;
  const { path } = config.webhook;
  const secret = config.webhook.secret?.trim();
  if (!secret) {
    throw new ConfigError('WEBHOOK_SECRET is empty.', "Set it to the secret of the App's webhook settings.");
  }
  const probot = await loadProbot(options, secret);
  const webhook = createWebhookHandler({
    secret,
    logger,
    receive: (delivery) => probot.receive(delivery),
    answered: options.answered ?? (async () => {}),
  });
  const server = createServer(LIMITS, (request, response) => {
    // A connection that was busy when the server closed is kept open by Node; once idle it goes.
    response.once('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
    answer(request, response, { path, webhook, ready: options.ready }).catch((error: unknown) => {
      logger.error({ err: error }, 'a request failed');
      reply(response, 500, 'internal error');
    });
  });
  const url = await listen(server, config.http);
  return { url, close: () => closeServer(server, options.closeGraceMs ?? CLOSE_GRACE_MS) };
}

async function loadProbot({ config, inbox, logger }: WebOptions, secret: string): Promise<Probot> {
  if (config.app === null) {
    throw new ConfigError('APP_ID is not set.', 'Run swe-manager start without it to register an App.');
  }
  const probot = new Probot({
    appId: config.app.id,
    privateKey: config.app.privateKey,
    secret,
    // Probot logs whole payloads when something fails; what went wrong is logged here instead.
    log: logger.child({}, { level: 'silent' }),
  });
  await probot.load(createProbotApp(inbox));
  await probot.ready();
  return probot;
}

interface Routes {
  readonly path: string;
  readonly webhook: Handler;
  readonly ready: () => Promise<void>;
}

async function answer(request: IncomingMessage, response: ServerResponse, routes: Routes): Promise<void> {
  const path = (request.url ?? '/').split('?')[0];
  setSecurityHeaders(response);
  // Probot's setup page registers the App with the server's root as the address of its webhooks.
  if (path === '/' && request.method === 'POST') return routes.webhook(request, response);
  switch (path) {
    case routes.path:
      return allows(request, response, ['POST']) ? routes.webhook(request, response) : undefined;
    case '/healthz':
      return allows(request, response, ['GET', 'HEAD']) ? reply(response, 200, 'alive') : undefined;
    case '/readyz':
      return allows(request, response, ['GET', 'HEAD']) ? answerReady(response, routes.ready) : undefined;
    default:
      return reply(response, 404, 'not found');
  }
}

function allows(request: IncomingMessage, response: ServerResponse, methods: readonly string[]): boolean {
  if (methods.includes(request.method ?? '')) return true;
  response.setHeader('allow', methods.join(', '));
  reply(response, 405, `only ${methods.join(', ')}`);
  return false;
}

/** A database that does not answer is as little ready as one that refuses. */
async function answerReady(response: ServerResponse, ready: () => Promise<void>): Promise<void> {
  const obstacle = ready().then(
    () => null,
    (error: unknown) => (error instanceof NotReady ? error.message : 'the database cannot be reached'),
  );
  const late = after(READY_TIMEOUT_MS, 'the database does not answer', { ref: false });
  const reason = await Promise.race([obstacle, late]);
  if (reason === null) reply(response, 200, 'ready');
  else reply(response, 503, reason);
}
