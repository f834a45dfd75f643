/** The HTTP edge: webhooks for Probot, and health for whoever runs this. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Probot } from 'probot';
import type { Config } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { createProbotApp, type Inbox } from '../index.ts';
import type { AppContext } from '../ports.ts';
import { createWebhookHandler } from './webhook-handler.ts';

export interface WebOptions {
  readonly config: Config;
  readonly logger: AppContext['logger'];
  /** Resolves once the delivery is committed. */
  readonly inbox: Inbox;
  /** Rejects while the process cannot do its work. */
  readonly ready: () => Promise<void>;
}

export interface WebServer {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  /** Takes no new request and waits for those under way. */
  close(): Promise<void>;
}

/** Milliseconds: slow senders are cut off. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** @throws ConfigError without a webhook secret or an App: nobody could tell GitHub from a forger. */
export async function startWebServer(options: WebOptions): Promise<WebServer> {
  const { config, logger } = options;
  const { secret, path } = config.webhook;
  if (secret === null) {
    throw new ConfigError('WEBHOOK_SECRET is empty.', "Set it to the secret of the App's webhook settings.");
  }
  const probot = await loadProbot(options);
  const webhook = createWebhookHandler({ secret, logger, receive: (delivery) => probot.receive(delivery) });
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      answer(request, response, { path, webhook, ready: options.ready }).catch((error: unknown) => {
        logger.error({ err: error }, 'a request failed');
        reply(response, 500, 'internal error');
      });
    },
  );
  await listen(server, config.http);
  const { port } = server.address() as AddressInfo;
  const host = config.http.host === '0.0.0.0' ? '127.0.0.1' : config.http.host;
  return { url: `http://${host}:${port}`, close: () => closeServer(server) };
}

async function loadProbot({ config, inbox }: WebOptions): Promise<Probot> {
  if (config.app === null) {
    throw new ConfigError('APP_ID is not set.', 'Run swe-manager start without it to register an App.');
  }
  const probot = new Probot({
    appId: config.app.id,
    privateKey: config.app.privateKey,
    secret: config.webhook.secret ?? undefined,
    // Probot logs whole payloads when something fails; what went wrong is logged here instead.
    logLevel: 'fatal',
    logFormat: 'json',
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
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cache-control', 'no-store');
  switch (path) {
    case routes.path:
      if (request.method === 'POST') return routes.webhook(request, response);
      response.setHeader('allow', 'POST');
      return reply(response, 405, 'only POST');
    case '/healthz':
      return reply(response, 200, 'alive');
    case '/readyz':
      return routes.ready().then(
        () => reply(response, 200, 'ready'),
        () => reply(response, 503, 'the database cannot be reached'),
      );
    default:
      return reply(response, 404, 'not found');
  }
}

export function reply(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

function listen(server: Server, { port, host }: Config['http']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? `port ${port} is in use` : cause.message;
      reject(
        new ConfigError(`The web server cannot listen on ${host}: ${reason}.`, 'Set PORT or HOST.', {
          cause,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
