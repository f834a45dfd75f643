import type { LimitOptions } from './limits.ts';
import type { Collaborator, Permissions, Role, UserType } from './model.ts';

export interface FakeGitHubOptions extends LimitOptions {
  readonly app?: {
    readonly id?: number;
    readonly slug?: string;
    readonly name?: string;
    readonly clientId?: string;
    /** PEM; without one a key pair is made, whose private half is `fake.privateKey`. */
    readonly publicKey?: string;
    readonly permissions?: Permissions;
    readonly events?: readonly string[];
  };
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
  /** How long a receiver may take, in ms; 10,000 when absent, as on GitHub. */
  readonly webhookTimeoutMs?: number;
  /** Time every request takes, in ms; 0 when absent. */
  readonly latencyMs?: number;
  /** TCP port on the loopback interface; a free one when absent. */
  readonly port?: number;
  /** Base of `html_url`s, `https://github.com` when absent; nothing is served there. */
  readonly htmlUrl?: string;
  /** The clock of timestamps, limits and the delivery log, in ms since the epoch. Tokens always use real time. */
  readonly now?: () => number;
}

export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  readonly private?: boolean;
  readonly ownerType?: Extract<UserType, 'User' | 'Organization'>;
  /**
   * The installation that holds it, made when there is none with that id; null leaves the App uninstalled there.
   * Without it the repository joins the owner's installation, which is made on first use.
   */
  readonly installationId?: number | null;
  /** Roles by login; the object form gives a custom role its name. */
  readonly collaborators?: Readonly<Record<string, Role | Collaborator>>;
  /** Texts by path on the default branch. */
  readonly files?: Readonly<Record<string, string>>;
  readonly defaultBranch?: string;
}

export interface NewIssueOptions {
  readonly title: string;
  readonly body?: string;
  /** Login of the author, `reporter` when absent. */
  readonly author?: string;
  readonly number?: number;
  readonly isPullRequest?: boolean;
}

const DEFAULT_PERMISSIONS: Permissions = {
  issues: 'write',
  pull_requests: 'read',
  contents: 'read',
  metadata: 'read',
};

const DEFAULT_EVENTS = ['issue_comment', 'issues', 'pull_request', 'repository'];

export const DEFAULTS = {
  appId: 4242,
  slug: 'swe-manager',
  name: 'SWE-Manager',
  clientId: 'Iv23liFakeClientId00',
  permissions: DEFAULT_PERMISSIONS,
  events: DEFAULT_EVENTS,
  webhookSecret: 'fake-webhook-secret',
  htmlUrl: 'https://github.com',
} as const;
