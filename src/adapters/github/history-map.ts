/** The past as GraphQL tells it stops here. */
import { wellFormed } from '../../markdown/invisible.ts';
import type { Author } from '../../pipeline/thread/types.ts';
import type { LinkedPull, PastComment, RateBudget, TimelineEntry } from '../../ports.ts';
import { toEdits } from './edits.ts';
import type {
  ActorNode,
  CommentNode,
  PullNode,
  RateNode,
  RepositoryNode,
  TimelineNode,
} from './history-queries.ts';

export function toPastIssue(repository: RepositoryNode) {
  const { issue: found } = repository;
  return {
    repositoryId: repository.databaseId,
    repository: repository.nameWithOwner,
    isPrivate: repository.isPrivate,
    id: found.fullDatabaseId,
    number: found.number,
    url: found.url,
    title: wellFormed(found.title),
    body: wellFormed(found.body),
    author: toAuthor(found.author),
    state: found.state === 'CLOSED' ? ('closed' as const) : ('open' as const),
    locked: found.locked,
    createdAt: found.createdAt,
    updatedAt: found.updatedAt,
    closedAt: found.closedAt ?? null,
    edits: toEdits(found.userContentEdits),
    lastEditedAt: found.lastEditedAt ?? null,
  };
}

export function toPastComment(node: CommentNode): PastComment {
  return {
    id: node.fullDatabaseId,
    url: node.url,
    author: toAuthor(node.author),
    body: wellFormed(node.body),
    createdAt: node.createdAt,
    updatedAt: node.updatedAt,
    minimized: node.isMinimized,
    appId: null,
    association: node.authorAssociation,
    edits: toEdits(node.userContentEdits),
    lastEditedAt: node.lastEditedAt ?? null,
  };
}

export function toEntry(node: TimelineNode): TimelineEntry[] {
  const base = { at: node.createdAt ?? '', actor: node.actor ? toAuthor(node.actor) : null };
  switch (node.__typename) {
    case 'AssignedEvent':
    case 'UnassignedEvent':
      return node.assignee?.login
        ? [
            {
              ...base,
              kind: node.__typename === 'AssignedEvent' ? 'assigned' : 'unassigned',
              login: node.assignee.login,
            },
          ]
        : [];
    case 'ClosedEvent':
      return [{ ...base, kind: 'closed' }];
    case 'ReopenedEvent':
      return [{ ...base, kind: 'reopened' }];
    case 'RenamedTitleEvent':
      return [{ ...base, kind: 'renamed', previousTitle: wellFormed(node.previousTitle ?? '') }];
    case 'CommentDeletedEvent':
      return [{ ...base, kind: 'comment-deleted', login: node.deletedCommentAuthor?.login ?? 'ghost' }];
    case 'CrossReferencedEvent': {
      const linked = node.source ? toPull(node.source) : null;
      return linked ? [{ ...base, kind: 'linked-pull', pull: linked }] : [];
    }
    default:
      return [];
  }
}

function toPull(source: PullNode): LinkedPull | null {
  if (source.number === undefined || source.repository === undefined) return null;
  return {
    repository: source.repository.nameWithOwner,
    number: source.number,
    url: source.url ?? '',
    title: wellFormed(source.title ?? ''),
    body: wellFormed(source.body ?? ''),
    author: toAuthor(source.author),
    mergedAt: source.mergedAt ?? null,
    mergedBy: source.mergedBy ? toAuthor(source.mergedBy) : null,
  };
}

export function toRate(found: RateNode): RateBudget | null {
  return found ? { remaining: found.remaining, resetAt: found.resetAt } : null;
}

/** GraphQL names bots without the `[bot]` that REST puts behind their login. */
function toAuthor(found: ActorNode): Author {
  if (!found) return { id: null, login: 'ghost', isBot: false };
  const isBot = found.__typename === 'Bot';
  return { id: found.databaseId ?? null, login: isBot ? `${found.login}[bot]` : found.login, isBot };
}
