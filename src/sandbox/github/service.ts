import { createHash } from 'node:crypto';
import type { AuditEntry } from './audit.ts';
import { authenticate, type Viewer } from './auth.ts';
import { answerGraphQL } from './graphql/execute.ts';
import type { Limits, Resource } from './limits.ts';
import { badCredentials, notAccessible, notFound, Refusal, type Reply } from './reply.ts';
import { appRoutes } from './rest/app.ts';
import { commentRoutes } from './rest/comments.ts';
import { deliveryRoutes } from './rest/deliveries.ts';
import { issueRoutes } from './rest/issues.ts';
import { metaRoutes } from './rest/meta.ts';
import { pullRoutes } from './rest/pulls.ts';
import { reactionRoutes } from './rest/reactions.ts';
import { repositoryRoutes } from './rest/repositories.ts';
import { findRoute, type Route, route } from './router.ts';
import type { Sandbox } from './sandbox.ts';
import { fullNameOf } from './state.ts';

/** One HTTP request, read whole. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly entry: AuditEntry;
  readonly staleBy: number;
}

/** What GitHub says to a request: authentication, limits, routing, caching. Knows nothing of sockets and faults. */
export class Service {
  readonly #sandbox: Sandbox;
  readonly #limits: Limits;
  readonly #routes: readonly Route[];

  constructor(sandbox: Sandbox, limits: Limits) {
    this.#sandbox = sandbox;
    this.#limits = limits;
    this.#routes = [
      ...appRoutes,
      ...deliveryRoutes,
      ...repositoryRoutes,
      ...commentRoutes, // Before the issues: `comments` is no number.
      ...issueRoutes,
      ...pullRoutes,
      ...reactionRoutes,
      ...metaRoutes(limits),
      route('POST /graphql', 'installation', answerGraphQL),
    ];
  }

  /** Finds out who asks, and notes it in the audit; a Refusal is the answer when nobody we know does. */
  identify(header: string | undefined, entry: AuditEntry): Viewer | Refusal {
    try {
      const viewer = authenticate(this.#sandbox, header);
      if (viewer.kind === 'installation') this.#sandbox.state.audit.identify(entry, viewer.installation.id);
      return viewer;
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  answer(incoming: Incoming, viewer: Viewer | Refusal): Reply {
    if (viewer instanceof Refusal) return withHeaders(viewer.reply, anonymousLimits());
    const resource: Resource = incoming.path === '/graphql' ? 'graphql' : 'core';
    const reply = this.#cached(incoming, viewer, resource, this.#attempt(incoming, viewer, resource));
    return withHeaders(reply, limitHeaders(this.#limits, viewer, resource));
  }

  #attempt(incoming: Incoming, viewer: Viewer, resource: Resource): Reply {
    try {
      if (incoming.path !== '/rate_limit') this.#limits.spend(viewer, resource);
      return this.#dispatch(incoming, viewer);
    } catch (error) {
      if (error instanceof Refusal) return error.reply;
      throw error;
    }
  }

  #dispatch(incoming: Incoming, viewer: Viewer): Reply {
    const path = this.#canonicalPath(incoming.path);
    const found = findRoute(this.#routes, incoming.method, path);
    if (found === undefined) throw notFound();
    const { auth, handler } = found.route;
    if (auth === 'app' && viewer.kind !== 'app') throw badCredentials();
    if (auth === 'installation' && viewer.kind !== 'installation') throw notAccessible();
    if (incoming.entry.write) this.#limits.spendWrite(viewer, incoming.method !== 'DELETE');
    return handler({
      sandbox: this.#sandbox,
      method: incoming.method,
      path,
      params: found.params,
      query: incoming.query,
      body: parseBody(incoming.body),
      viewer,
      staleBy: incoming.staleBy,
      graphqlRate: () => this.#limits.read(viewer, 'graphql'),
    });
  }

  /** `/repositories/{id}/…` is another way to write `/repos/{owner}/{name}/…`. */
  #canonicalPath(path: string): string {
    const match = /^\/repositories\/(\d+)(\/.*)?$/.exec(path);
    const repository = this.#sandbox.state.repositories.get(Number(match?.[1]));
    return repository === undefined ? path : `/repos/${fullNameOf(repository)}${match?.[2] ?? ''}`;
  }

  /** Adds an ETag, and answers 304 to a reader who has it already, which does not count against the limit. */
  #cached(incoming: Incoming, viewer: Viewer, resource: Resource, reply: Reply): Reply {
    if (incoming.method !== 'GET' || reply.status !== 200) return reply;
    const hash = createHash('sha256').update(JSON.stringify(reply.body)).digest('hex');
    const etag = `W/"${hash}"`;
    if (String(incoming.headers['if-none-match'] ?? '').includes(`"${hash}"`)) {
      this.#limits.refund(viewer, resource);
      return { status: 304, headers: { etag } };
    }
    return withHeaders(reply, { etag });
  }
}

function withHeaders(reply: Reply, headers: Readonly<Record<string, string>>): Reply {
  return { ...reply, headers: { ...headers, ...reply.headers } };
}

function limitHeaders(limits: Limits, viewer: Viewer, resource: Resource): Record<string, string> {
  const { limit, remaining, reset, used } = limits.read(viewer, resource);
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-used': String(used),
    'x-ratelimit-resource': resource,
  };
}

/** GitHub tells those whom it does not know the limits of anonymous readers. */
function anonymousLimits(): Record<string, string> {
  return {
    'x-ratelimit-limit': '60',
    'x-ratelimit-remaining': '59',
    'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3600),
    'x-ratelimit-used': '1',
    'x-ratelimit-resource': 'core',
  };
}

/** @throws Refusal 400 for a body that is no JSON object. */
function parseBody(text: string): Readonly<Record<string, unknown>> {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
  throw new Refusal(400, 'Body should be a JSON object');
}

/** Whether a request changes what people see on GitHub. */
export function isWrite(method: string, path: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && path.startsWith('/repos');
}
