/** Our own small event types: GitHub's payloads end at `parse.ts`. */
import type { Author } from '../thread/types.ts';

/** The events we subscribe to (see app.yml) and those that GitHub always sends to an App. */
export const SUBSCRIBED_EVENTS = ['issue_comment', 'issues', 'pull_request', 'repository'] as const;
export const AUTOMATIC_EVENTS = ['installation', 'installation_repositories'] as const;
export const HANDLED_EVENTS = [...SUBSCRIBED_EVENTS, ...AUTOMATIC_EVENTS] as const;
export type HandledEvent = (typeof HANDLED_EVENTS)[number];

export interface EventRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly isPrivate: boolean;
}

export interface EventIssue {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly authorLogin: string | null;
  readonly state: 'open' | 'closed';
  readonly locked: boolean;
  readonly isPullRequest: boolean;
  /** ISO 8601: of when GitHub speaks here; null when the payload does not say. */
  readonly updatedAt: string | null;
}

export interface EventComment {
  readonly id: number;
  readonly url: string;
  readonly body: string;
  readonly author: Author;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The GitHub App that posted it, null for people. */
  readonly appId: number | null;
}

interface Located {
  readonly installationId: number;
  readonly sender: Author;
}

interface OnRepository extends Located {
  readonly repository: EventRepository;
}

export interface CommentEvent extends OnRepository {
  readonly kind: 'comment';
  readonly action: 'created' | 'edited' | 'deleted';
  readonly issue: EventIssue;
  readonly comment: EventComment;
  /** What an edit replaced; null when the text was not edited. */
  readonly previousBody: string | null;
}

export interface IssueEvent extends OnRepository {
  readonly kind: 'issue';
  readonly action:
    | 'opened'
    | 'edited'
    | 'closed'
    | 'reopened'
    | 'locked'
    | 'unlocked'
    | 'deleted'
    | 'transferred'
    | 'assigned'
    | 'unassigned'
    | 'labeled'
    | 'unlabeled';
  readonly issue: EventIssue;
  /** ISO 8601: when it happened; null when the payload does not say. */
  readonly at: string | null;
  /** Whom `assigned` and `unassigned` are about; null for the others. */
  readonly assignee: Author | null;
  /** The name that `labeled` and `unlabeled` are about; null for the others. */
  readonly label: string | null;
  /** Where a transferred issue lives on, under a new id and number; null in all other cases. */
  readonly movedTo: { readonly repository: EventRepository; readonly issue: EventIssue } | null;
}

export interface EventPull {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly author: Author;
  /** ISO 8601. */
  readonly mergedAt: string;
}

/** A pull request was merged. What else happens to pull requests is of no use here. */
export interface PullRequestEvent extends OnRepository {
  readonly kind: 'pull-request';
  readonly action: 'merged';
  readonly pull: EventPull;
}

export interface RepositoryEvent extends OnRepository {
  readonly kind: 'repository';
  readonly action: 'renamed' | 'transferred' | 'privatized' | 'publicized' | 'deleted';
}

export interface InstallationEvent extends Located {
  readonly kind: 'installation';
  readonly action: 'created' | 'deleted' | 'suspend' | 'unsuspend' | 'new_permissions_accepted';
  readonly account: { readonly id: number; readonly login: string };
  readonly repositories: readonly EventRepository[];
}

export interface InstallationRepositoriesEvent extends Located {
  readonly kind: 'installation-repositories';
  readonly account: { readonly id: number; readonly login: string };
  readonly added: readonly EventRepository[];
  readonly removedIds: readonly number[];
}

export type WebhookEvent =
  | CommentEvent
  | IssueEvent
  | PullRequestEvent
  | RepositoryEvent
  | InstallationEvent
  | InstallationRepositoriesEvent;

/** A delivery that changes nothing here, and why. */
export interface IgnoredDelivery {
  readonly kind: 'ignored';
  readonly reason: string;
}
