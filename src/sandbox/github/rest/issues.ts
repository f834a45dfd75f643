import {
  assignIssue,
  closeIssue,
  editIssue,
  labelIssue,
  reopenIssue,
  unassignIssue,
  unlabelIssue,
} from '../actions/issues.ts';
import type { Issue, StateReason } from '../model.ts';
import { created, notFound, ok, type Reply } from '../reply.ts';
import { type Call, type Route, route } from '../router.ts';
import { issueShape, labelShape } from '../shapes/issue.ts';
import { appBot, findIssue, findRepository, type Need } from './find.ts';
import { paged } from './paging.ts';

const READ: Need = { permission: 'issues', access: 'read' };
const WRITE: Need = { permission: 'issues', access: 'write' };
const ISSUE = '/repos/:owner/:repo/issues/:number';

export const issueRoutes: Route[] = [
  route('GET /repos/:owner/:repo/issues', 'installation', listIssues),
  route(`GET ${ISSUE}`, 'installation', (call) => ok(issueShape(call.sandbox, findIssue(call, READ)))),
  route(`PATCH ${ISSUE}`, 'installation', patchIssue),
  route(`GET ${ISSUE}/labels`, 'installation', (call) => labelsOf(call, findIssue(call, READ))),
  route(`POST ${ISSUE}/labels`, 'installation', addLabels),
  route(`DELETE ${ISSUE}/labels/:label`, 'installation', removeLabel),
  route(`POST ${ISSUE}/assignees`, 'installation', (call) => changeAssignees(call, assignIssue, 201)),
  route(`DELETE ${ISSUE}/assignees`, 'installation', (call) => changeAssignees(call, unassignIssue, 200)),
];

/** Issues and pull requests, newest first; knows `state` and `since`. */
function listIssues(call: Call): Reply {
  const repository = findRepository(call, READ);
  const state = call.query.get('state') ?? 'open';
  const since = Date.parse(call.query.get('since') ?? '');
  const wanted = [...repository.issues.values()]
    .filter((one) => !one.deleted && one.movedTo === null)
    .filter((one) => state === 'all' || one.state === state)
    .filter((one) => Number.isNaN(since) || Date.parse(one.updatedAt) >= since)
    .sort((a, b) => b.number - a.number);
  return paged(call, wanted, (one) => issueShape(call.sandbox, one));
}

function patchIssue(call: Call): Reply {
  const issue = findIssue(call, WRITE);
  const { title, body, state, state_reason: reason } = call.body;
  if (typeof title === 'string' || typeof body === 'string')
    editIssue(call.sandbox, issue, appBot(call), {
      ...(typeof title === 'string' ? { title } : {}),
      ...(typeof body === 'string' ? { body } : {}),
    });
  if (state === 'closed')
    closeIssue(call.sandbox, issue, appBot(call), (reason as StateReason | undefined) ?? 'completed');
  if (state === 'open') reopenIssue(call.sandbox, issue, appBot(call));
  return ok(issueShape(call.sandbox, issue));
}

function labelsOf(call: Call, issue: Issue): Reply {
  return paged(call, issue.labels, (one) => labelShape(call.sandbox, issue.repository, one));
}

function addLabels(call: Call): Reply {
  const issue = findIssue(call, WRITE);
  for (const name of strings(call.body.labels)) labelIssue(call.sandbox, issue, appBot(call), name);
  return labelsOf(call, issue);
}

function removeLabel(call: Call): Reply {
  const issue = findIssue(call, WRITE);
  if (!unlabelIssue(call.sandbox, issue, appBot(call), call.params.label ?? '')) throw notFound();
  return labelsOf(call, issue);
}

function changeAssignees(call: Call, change: typeof assignIssue, status: 200 | 201): Reply {
  const issue = findIssue(call, WRITE);
  for (const login of strings(call.body.assignees))
    change(call.sandbox, issue, appBot(call), call.sandbox.state.user(login));
  const body = issueShape(call.sandbox, issue);
  return status === 201 ? created(body) : ok(body);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
