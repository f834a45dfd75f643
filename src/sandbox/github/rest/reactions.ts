import { type Reactable, react, removeReaction } from '../actions/comments.ts';
import type { ReactionContent } from '../model.ts';
import { REACTIONS } from '../model.ts';
import { invalid, noContent, notAccessible, notFound, type Reply } from '../reply.ts';
import { type Call, type Route, route } from '../router.ts';
import { reactionShape } from '../shapes/issue.ts';
import { appBot, findComment, findIssue, type Need, numberParam } from './find.ts';
import { paged } from './paging.ts';

type Find = (call: Call, need: Need) => Reactable;

const READ: Need = { permission: 'issues', access: 'read' };
const WRITE: Need = { permission: 'issues', access: 'write' };

export const reactionRoutes = [
  ...routesOf('/repos/:owner/:repo/issues/comments/:comment/reactions', findComment),
  ...routesOf('/repos/:owner/:repo/issues/:number/reactions', findIssue),
];

function routesOf(path: string, find: Find): Route[] {
  return [
    route(`GET ${path}`, 'installation', (call) => list(call, find(call, READ))),
    route(`POST ${path}`, 'installation', (call) => post(call, find(call, WRITE))),
    route(`DELETE ${path}/:reaction`, 'installation', (call) => remove(call, find(call, WRITE))),
  ];
}

function list(call: Call, target: Reactable): Reply {
  const content = call.query.get('content');
  const wanted = target.reactions.filter((one) => content === null || one.content === content);
  return paged(call, wanted, (one) => reactionShape(call.sandbox, one));
}

/** 201 for a new reaction, 200 with the existing one when the App had given it already. */
function post(call: Call, target: Reactable): Reply {
  const { content } = call.body;
  if (!isReaction(content)) throw invalid('Reaction', 'content', 'invalid');
  const { reaction, isNew } = react(call.sandbox, target, appBot(call), content);
  return { status: isNew ? 201 : 200, body: reactionShape(call.sandbox, reaction) };
}

function remove(call: Call, target: Reactable): Reply {
  const id = numberParam(call, 'reaction');
  const reaction = target.reactions.find((one) => one.id === id);
  if (reaction === undefined) throw notFound();
  if (reaction.user !== appBot(call)) throw notAccessible();
  removeReaction(target, id);
  return noContent();
}

function isReaction(value: unknown): value is ReactionContent {
  return REACTIONS.some((one) => one === value);
}
