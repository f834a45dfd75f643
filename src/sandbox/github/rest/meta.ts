import type { components } from '@octokit/openapi-types';
import type { Limits } from '../limits.ts';
import { ok } from '../reply.ts';
import { type Route, route } from '../router.ts';

/** Routes about the server itself. */
export function metaRoutes(limits: Limits): Route[] {
  return [
    route('GET /meta', 'any', () => ok({ verifiable_password_authentication: false })),
    route('GET /rate_limit', 'any', ({ viewer }) => {
      const core = limits.read(viewer, 'core');
      const graphql = limits.read(viewer, 'graphql');
      return ok({
        resources: { core, graphql, search: core },
        rate: core,
      } satisfies components['schemas']['rate-limit-overview']);
    }),
  ];
}
