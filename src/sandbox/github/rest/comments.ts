import { createComment, deleteComment, editComment } from '../actions/comments.ts';
import { requireUnlocked } from '../auth.ts';
import type { Comment } from '../model.ts';
import { created, invalid, noContent, ok, type Reply } from '../reply.ts';
import { type Call, route } from '../router.ts';
import { commentShape } from '../shapes/issue.ts';
import { appBot, findComment, findIssue, findRepository, type Need } from './find.ts';
import { paged } from './paging.ts';

const READ: Need = { permission: 'issues', access: 'read' };
const WRITE: Need = { permission: 'issues', access: 'write' };

/** GitHub counts characters of the body, not bytes. */
const LONGEST_BODY = 65_536;

export const commentRoutes = [
  route('GET /repos/:owner/:repo/issues/comments', 'installation', listCommentsOfRepository),
  route('GET /repos/:owner/:repo/issues/:number/comments', 'installation', listComments),
  route('POST /repos/:owner/:repo/issues/:number/comments', 'installation', postComment),
  route('GET /repos/:owner/:repo/issues/comments/:comment', 'installation', (call) =>
    ok(commentShape(call.sandbox, findComment(call, READ))),
  ),
  route('PATCH /repos/:owner/:repo/issues/comments/:comment', 'installation', patchComment),
  route('DELETE /repos/:owner/:repo/issues/comments/:comment', 'installation', removeComment),
];

/** A replica that lags behind has heard of what is older; milliseconds. */
const LAG_MS = 15_000;

/** In ascending order of ids, as GitHub documents; `since` compares the time of the last update. */
function listComments(call: Call): Reply {
  const { comments } = findIssue(call, READ);
  const since = Date.parse(call.query.get('since') ?? '');
  const now = call.sandbox.state.now();
  const seen = comments
    .filter(
      (one, index) => index < comments.length - call.staleBy || now - Date.parse(one.createdAt) > LAG_MS,
    )
    .filter((one) => Number.isNaN(since) || Date.parse(one.updatedAt) >= since);
  return paged(call, seen, (one) => commentShape(call.sandbox, one));
}

/** Of all issues; by id, or by the time of the last change with `sort=updated`. */
function listCommentsOfRepository(call: Call): Reply {
  const repository = findRepository(call, READ);
  const since = Date.parse(call.query.get('since') ?? '');
  const byUpdate = call.query.get('sort') === 'updated';
  const sign = call.query.get('direction') === 'desc' ? -1 : 1;
  const key = (one: Comment): number => (byUpdate ? Date.parse(one.updatedAt) : one.id);
  const found = [...call.sandbox.state.comments.values()]
    .filter((one) => one.issue.repository === repository && !one.issue.deleted)
    .filter((one) => Number.isNaN(since) || Date.parse(one.updatedAt) >= since)
    .sort((a, b) => sign * (key(a) - key(b) || a.id - b.id));
  return paged(call, found, (one) => commentShape(call.sandbox, one));
}

function postComment(call: Call): Reply {
  const issue = findIssue(call, WRITE);
  requireUnlocked(issue);
  const comment = createComment(call.sandbox, {
    issue,
    author: appBot(call),
    body: bodyOf(call),
    viaApp: true,
  });
  return created(commentShape(call.sandbox, comment));
}

function patchComment(call: Call): Reply {
  const comment = findComment(call, WRITE);
  editComment(call.sandbox, comment, appBot(call), bodyOf(call));
  return ok(commentShape(call.sandbox, comment));
}

function removeComment(call: Call): Reply {
  deleteComment(call.sandbox, findComment(call, WRITE), appBot(call));
  return noContent();
}

function bodyOf(call: Call): string {
  const { body } = call.body;
  if (typeof body !== 'string' || body.trim() === '') throw invalid('IssueComment', 'body', 'missing_field');
  if ([...body].length > LONGEST_BODY)
    throw invalid(
      'IssueComment',
      'body',
      'custom',
      `Body is too long (maximum is ${LONGEST_BODY} characters)`,
    );
  return body;
}
