import { type GraphQLError, graphqlSync } from 'graphql';
import { holdsRepository } from '../auth.ts';
import type { Repository } from '../model.ts';
import { ok, type Reply } from '../reply.ts';
import type { Call } from '../router.ts';
import { parseNodeId } from '../shapes/node-id.ts';
import { TypedError } from './connection.ts';
import { resolveComment, resolveIssue, resolveRepository } from './resolve.ts';
import { schema } from './schema.ts';

/** Answers `POST /graphql`; errors come with status 200, as GitHub sends them. */
export function answerGraphQL(call: Call): Reply {
  const { query, variables, operationName } = call.body;
  const result = graphqlSync({
    schema,
    source: typeof query === 'string' ? query : '',
    rootValue: rootOf(call),
    ...(isRecord(variables) ? { variableValues: variables } : {}),
    ...(typeof operationName === 'string' ? { operationName } : {}),
  });
  const errors = result.errors?.map(errorShape);
  return ok({ ...(result.data === undefined ? {} : { data: result.data }), ...(errors ? { errors } : {}) });
}

function rootOf(call: Call) {
  return {
    node: ({ id }: { id: string }) => resolveNode(call, id),
    rateLimit: () => {
      const { reset, ...rate } = call.graphqlRate();
      return { ...rate, cost: 1, resetAt: new Date(reset * 1000).toISOString() };
    },
    // One that is not there is null in its place, with an error of its own.
    nodes: ({ ids }: { ids: string[] }) => ids.map((id) => resolveNode(call, id)),
    repository: (args: { owner: string; name: string; followRenames: boolean }) => {
      const fullName = `${args.owner}/${args.name}`;
      const { state } = call.sandbox;
      const found =
        state.findRepository(fullName) ?? (args.followRenames ? state.findRenamed(fullName) : undefined);
      if (found === undefined || !mayRead(call, found))
        throw new TypedError('NOT_FOUND', `Could not resolve to a Repository with the name '${fullName}'.`);
      return resolveRepository(call, found);
    },
  };
}

function resolveNode(call: Call, id: string) {
  return (
    findNode(call, id) ??
    new TypedError('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`)
  );
}

function findNode(call: Call, text: string) {
  const { state } = call.sandbox;
  const { kind, id } = parseNodeId(text) ?? { kind: undefined, id: 0 };
  if (kind === 'repository') {
    const repository = state.repositories.get(id);
    return repository && mayRead(call, repository) ? resolveRepository(call, repository) : undefined;
  }
  if (kind === 'comment') {
    const comment = state.comments.get(id);
    return comment && mayRead(call, comment.issue.repository) ? resolveComment(call, comment) : undefined;
  }
  if (kind !== 'issue') return undefined;
  const issue = [...state.repositories.values()]
    .flatMap((one) => [...one.issues.values()])
    .find((one) => one.id === id && !one.deleted && one.movedTo === null);
  return issue && mayRead(call, issue.repository) ? resolveIssue(call, issue) : undefined;
}

function mayRead(call: Call, repository: Repository): boolean {
  return !repository.private || holdsRepository(call.viewer, repository);
}

function errorShape(error: GraphQLError) {
  const cause = error.originalError;
  const type = cause instanceof TypedError ? { type: cause.type } : {};
  return { ...type, path: error.path, locations: error.locations, message: error.message };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
