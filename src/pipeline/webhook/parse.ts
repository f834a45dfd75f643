import type { Author } from '../thread/types.ts';
import {
  type EventComment,
  type EventIssue,
  type EventRepository,
  HANDLED_EVENTS,
  type HandledEvent,
  type IgnoredDelivery,
  type WebhookEvent,
} from './events.ts';
import { type Payloads, payloads } from './payloads.ts';

/** A deleted account. */
const GHOST: Author = { id: null, login: 'ghost', isBot: false };

/** Reads a delivery narrowly. What is malformed, or of no use here, is ignored with the reason; nothing throws. */
export function parseDelivery(delivery: { event: string; payload: unknown }): WebhookEvent | IgnoredDelivery {
  if (!isHandled(delivery.event))
    return { kind: 'ignored', reason: `the event ${delivery.event} is not used` };
  const parsed = payloads[delivery.event].safeParse(delivery.payload);
  if (parsed.success) return toEvent(delivery.event, parsed.data);
  const [first] = parsed.error.issues;
  return {
    kind: 'ignored',
    reason: `${first?.path.join('.') || 'payload'}: ${first?.message ?? 'unreadable'}`,
  };
}

function isHandled(event: string): event is HandledEvent {
  return HANDLED_EVENTS.some((handled) => handled === event);
}

function toEvent(event: HandledEvent, data: Payloads[HandledEvent]): WebhookEvent {
  switch (event) {
    case 'issue_comment':
      return commentEvent(data as Payloads['issue_comment']);
    case 'issues':
      return issueEvent(data as Payloads['issues']);
    case 'pull_request':
      return pullRequestEvent(data as Payloads['pull_request']);
    case 'repository': {
      const { action, ...rest } = data as Payloads['repository'];
      return { kind: 'repository', action, ...onRepository(rest) };
    }
    case 'installation':
      return installationEvent(data as Payloads['installation']);
    case 'installation_repositories':
      return installationRepositoriesEvent(data as Payloads['installation_repositories']);
    default:
      return event satisfies never;
  }
}

function issueEvent(data: Payloads['issues']): WebhookEvent {
  const { action, issue, changes, assignee, label, ...rest } = data;
  const to = changes?.new_issue;
  const at = changes?.new_repository;
  const movedTo = to && at ? { repository: toRepository(at), issue: toIssue(to) } : null;
  return {
    kind: 'issue',
    action,
    issue: toIssue(issue),
    movedTo,
    at: issue.updated_at ?? null,
    assignee: assignee ? toAuthor(assignee) : null,
    label: label?.name ?? null,
    ...onRepository(rest),
  };
}

function commentEvent({ action, issue, comment, changes, ...rest }: Payloads['issue_comment']): WebhookEvent {
  return {
    kind: 'comment',
    action,
    issue: toIssue(issue),
    comment: toComment(comment),
    previousBody: action === 'edited' ? (changes?.body?.from ?? null) : null,
    ...onRepository(rest),
  };
}

function pullRequestEvent({ pull_request: pull, ...rest }: Payloads['pull_request']): WebhookEvent {
  return {
    kind: 'pull-request',
    action: 'merged',
    pull: {
      number: pull.number,
      url: pull.html_url,
      title: pull.title,
      body: pull.body ?? '',
      author: pull.user ? toAuthor(pull.user) : GHOST,
      mergedAt: pull.merged_at,
    },
    ...onRepository(rest),
  };
}

function installationEvent(data: Payloads['installation']): WebhookEvent {
  const { id, account } = data.installation;
  return {
    kind: 'installation',
    action: data.action,
    installationId: id,
    sender: toAuthor(data.sender),
    account: { id: account.id, login: account.login },
    repositories: (data.repositories ?? []).map(toRepository),
  };
}

function installationRepositoriesEvent(data: Payloads['installation_repositories']): WebhookEvent {
  const { id, account } = data.installation;
  return {
    kind: 'installation-repositories',
    installationId: id,
    sender: toAuthor(data.sender),
    account: { id: account.id, login: account.login },
    added: data.repositories_added.map(toRepository),
    removedIds: data.repositories_removed.map((repository) => repository.id),
  };
}

function onRepository(data: Pick<Payloads['repository'], 'installation' | 'sender' | 'repository'>) {
  return {
    installationId: data.installation.id,
    sender: toAuthor(data.sender),
    repository: toRepository(data.repository),
  };
}

/** The owner stands in `full_name`; installation events have no `owner`. */
function toRepository(repository: Payloads['repository']['repository']): EventRepository {
  const [owner = ''] = repository.full_name.split('/');
  return { id: repository.id, owner, name: repository.name, isPrivate: repository.private };
}

function toIssue(issue: Payloads['issues']['issue']): EventIssue {
  return {
    id: issue.id,
    number: issue.number,
    title: issue.title,
    authorLogin: issue.user?.login ?? null,
    state: issue.state === 'closed' ? 'closed' : 'open',
    locked: issue.locked ?? false,
    isPullRequest: issue.pull_request != null,
    updatedAt: issue.updated_at ?? null,
  };
}

function toComment(comment: Payloads['issue_comment']['comment']): EventComment {
  return {
    id: comment.id,
    url: comment.html_url,
    body: comment.body ?? '',
    author: comment.user ? toAuthor(comment.user) : GHOST,
    createdAt: comment.created_at,
    updatedAt: comment.updated_at,
    appId: comment.performed_via_github_app?.id ?? null,
  };
}

function toAuthor(user: Payloads['issues']['sender']): Author {
  return { id: user.id, login: user.login, isBot: user.type === 'Bot' };
}
