import type { Viewer } from './auth.ts';
import type { RateLimit } from './limits.ts';
import type { Reply } from './reply.ts';
import type { Sandbox } from './sandbox.ts';

/** One request on its way to a handler. */
export interface Call {
  readonly sandbox: Sandbox;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON, an empty object when there was no body. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly viewer: Viewer;
  /** How many of the newest comments a list misses, as a lagging replica would. */
  readonly staleBy: number;
  /** What is left of the viewer's GraphQL limit, this request counted. */
  readonly graphqlRate: () => RateLimit;
}

export type Handler = (call: Call) => Reply;

/** The kind of token a route wants. */
export type AuthKind = Viewer['kind'] | 'any';

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly auth: AuthKind;
  readonly handler: Handler;
}

/**
 * Declares a route for `METHOD /path/:param`; `:param*` also takes slashes.
 */
export function route(spec: string, auth: AuthKind, handler: Handler): Route {
  const [method = '', path = ''] = spec.split(' ');
  const source = path.replace(/:(\w+)(\*?)/g, (_, name: string, rest: string) =>
    rest === '*' ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
  );
  return { method, pattern: new RegExp(`^${source}$`), auth, handler };
}

/** The first route that fits, with its decoded parameters. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | undefined {
  for (const one of routes) {
    const match = one.method === method ? one.pattern.exec(path) : null;
    if (match === null) continue;
    const groups = Object.entries(match.groups ?? {});
    return {
      route: one,
      params: Object.fromEntries(groups.map(([name, value]) => [name, decodeURIComponent(value)])),
    };
  }
  return undefined;
}
