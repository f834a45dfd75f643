/** The things that live on the fake GitHub. Mutable on purpose: this is the server's state, tests may look inside. */

export type UserType = 'User' | 'Bot' | 'Organization';

export interface User {
  readonly id: number;
  readonly login: string;
  readonly type: UserType;
}

/** The base roles of a repository, weakest first. */
export const ROLES = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A collaborator's base role, and the name GitHub shows when an organisation gave it a custom one. */
export interface Collaborator {
  readonly role: Role;
  readonly roleName: string;
}

export const REACTIONS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const;
export type ReactionContent = (typeof REACTIONS)[number];

export interface Reaction {
  readonly id: number;
  readonly user: User;
  readonly content: ReactionContent;
  readonly createdAt: string;
}

export interface Repository {
  readonly id: number;
  owner: User;
  name: string;
  private: boolean;
  readonly defaultBranch: string;
  /** Null while the App is not installed on it. */
  installationId: number | null;
  readonly collaborators: Map<string, Collaborator>;
  /** Text files on the default branch, by path. */
  readonly files: Map<string, string>;
  readonly issues: Map<number, Issue>;
  readonly labels: Map<string, Label>;
  readonly createdAt: string;
  updatedAt: string;
  /** Issue numbers start at 1 and are shared with pull requests. */
  nextNumber: number;
}

export interface Label {
  readonly id: number;
  readonly name: string;
  readonly color: string;
}

export type LockReason = 'resolved' | 'off-topic' | 'too heated' | 'spam';
export type StateReason = 'completed' | 'not_planned' | 'duplicate' | 'reopened';

/** What happened to an issue, as its timeline shows it. Cross-references are worked out when they are asked for. */
export interface TimelineEvent {
  readonly kind:
    | 'assigned'
    | 'unassigned'
    | 'closed'
    | 'reopened'
    | 'renamed'
    | 'labeled'
    | 'unlabeled'
    | 'comment-deleted';
  readonly actor: User;
  readonly at: string;
  /** The assignee's login, the label's name or the former title; null for the rest. */
  readonly detail: string | null;
}

/** A file that a pull request changes. */
export interface PullFile {
  readonly path: string;
  /** Set when it was renamed. */
  readonly previousPath?: string;
  /** Unified diff; absent for a binary file. */
  readonly patch?: string;
}

export interface Merge {
  readonly by: User;
  readonly at: string;
}

export interface Issue {
  readonly id: number;
  repository: Repository;
  readonly number: number;
  title: string;
  body: string;
  readonly author: User;
  state: 'open' | 'closed';
  stateReason: StateReason | null;
  locked: boolean;
  lockReason: LockReason | null;
  readonly labels: Label[];
  readonly assignees: User[];
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  closedBy: User | null;
  /** Living comments in ascending order of their ids. */
  comments: Comment[];
  readonly reactions: Reaction[];
  readonly isPullRequest: boolean;
  /** Set when it is a merged pull request. */
  merge: Merge | null;
  /** What a pull request changes; empty for issues. */
  readonly files: readonly PullFile[];
  /** The body's texts, as with comments. */
  readonly edits: Edit[];
  /** Oldest first. */
  readonly events: TimelineEvent[];
  deleted: boolean;
  /** Where a transferred issue lives now. */
  movedTo: Issue | null;
}

export interface Edit {
  readonly editor: User;
  readonly at: string;
  /** The whole text after the edit; the first entry is the text as it was created. */
  readonly body: string;
}

export interface Comment {
  readonly id: number;
  issue: Issue;
  readonly author: User;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
  /** Empty until the first edit; then the original text and every later one, oldest first. */
  readonly edits: Edit[];
  /** The reason it was hidden, null when it is not. */
  minimized: string | null;
  /** Whether our App posted it. */
  readonly viaApp: boolean;
  readonly reactions: Reaction[];
}

export type Access = 'read' | 'write';
export type Permissions = Record<string, Access>;

export interface Installation {
  readonly id: number;
  readonly account: User;
  readonly createdAt: string;
  permissions: Permissions;
  suspendedAt: string | null;
  suspendedBy: User | null;
}

export interface InstallationToken {
  readonly token: string;
  readonly installationId: number;
  /** Repository ids it is narrowed to, null for all of the installation's. */
  readonly repositoryIds: ReadonlySet<number> | null;
  readonly permissions: Permissions;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** Who the App is. */
export interface AppIdentity {
  readonly id: number;
  readonly slug: string;
  readonly clientId: string;
  readonly name: string;
  readonly publicKey: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
}
