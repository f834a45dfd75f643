import type { Server } from 'node:http';
import {
  addInstallation,
  announceInstallation,
  grantRepository,
  revokeRepository,
  suspend,
  uninstall,
  unsuspend,
} from './actions/installations.ts';
import { addIssue } from './actions/issues.ts';
import { Actor } from './actors.ts';
import { type Fault, type FaultFilter, Faults } from './faults.ts';
import { createHttpServer, listen } from './http.ts';
import { type AppKey, generateAppKey } from './keys.ts';
import { Limits } from './limits.ts';
import type {
  AppIdentity,
  Collaborator,
  Installation,
  Issue,
  Repository,
  Role,
  User,
  UserType,
} from './model.ts';
import { DEFAULTS, type FakeGitHubOptions, type NewIssueOptions, type NewRepository } from './options.ts';
import { renderIssue } from './render.ts';
import type { Sandbox } from './sandbox.ts';
import { addThread, type SavedThread } from './saved-thread.ts';
import { Service } from './service.ts';
import { type IssueRef, State } from './state.ts';
import { Webhooks } from './webhooks/deliver.ts';
import type { DeliveryFilter, Disturbance } from './webhooks/types.ts';

/** A GitHub of one's own on the loopback interface, with state, people, webhooks and faults. */
export class FakeGitHub {
  /** Base URL of REST and GraphQL (`/graphql`), for Octokit's `baseUrl`. */
  readonly url: string;
  readonly state: State;
  readonly app: AppIdentity;
  /** PEM of the App's key; empty when only the public half was given. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly webhooks: Webhooks;
  readonly #sandbox: Sandbox;
  readonly #faults: Faults;
  readonly #server: Server;

  constructor(parts: {
    sandbox: Sandbox;
    faults: Faults;
    server: Server;
    privateKey: string;
    webhookSecret: string;
  }) {
    this.#sandbox = parts.sandbox;
    this.#faults = parts.faults;
    this.#server = parts.server;
    this.privateKey = parts.privateKey;
    this.webhookSecret = parts.webhookSecret;
    this.url = parts.sandbox.api;
    this.state = parts.sandbox.state;
    this.app = parts.sandbox.app;
    this.webhooks = parts.sandbox.webhooks;
  }

  /** Someone who acts on the web site; the account is made on first use. */
  as(login: string): Actor {
    return new Actor(this.#sandbox, this.state.user(login));
  }

  /** Login of our App's bot account. */
  get botLogin(): string {
    return `${this.app.slug}[bot]`;
  }

  /** Makes an installation without an event; see `install` for the one that tells the App. */
  addInstallation(account: string, options: { id?: number; type?: UserType } = {}): Installation {
    return addInstallation(this.#sandbox, this.state.user(account, options.type), options.id);
  }

  /** Makes a repository without an event. */
  addRepository(wanted: NewRepository): Repository {
    const owner = this.state.user(wanted.owner, wanted.ownerType);
    const installation = this.#installationFor(owner, wanted.installationId);
    const at = this.state.timestamp();
    const repository: Repository = {
      id: this.state.nextId(),
      owner,
      name: wanted.name,
      private: wanted.private ?? false,
      defaultBranch: wanted.defaultBranch ?? 'main',
      installationId: installation?.id ?? null,
      collaborators: new Map(),
      files: new Map(Object.entries(wanted.files ?? {})),
      issues: new Map(),
      labels: new Map(),
      createdAt: at,
      updatedAt: at,
      nextNumber: 1,
    };
    this.state.repositories.set(repository.id, repository);
    for (const [login, role] of Object.entries(wanted.collaborators ?? {}))
      this.setCollaborator(repository, login, role);
    return repository;
  }

  setCollaborator(repository: Repository, login: string, role: Role | Collaborator): void {
    const full = typeof role === 'string' ? { role, roleName: role } : role;
    repository.collaborators.set(this.state.user(login).login.toLowerCase(), full);
  }

  /** Makes an issue without an event; `as(login).openIssue` sends one. */
  addIssue(repository: Repository | string, issue: NewIssueOptions): Issue {
    const { author = 'reporter', body = '', ...rest } = issue;
    return addIssue(this.#sandbox, {
      repository: typeof repository === 'string' ? this.state.repositoryOf(repository) : repository,
      author: this.state.user(author),
      body,
      ...rest,
    });
  }

  /** Makes an issue with comments from a saved thread, and its repository when there is none of that name. */
  loadThread(thread: SavedThread): Issue {
    const [owner = '', name = ''] = thread.repository.split('/');
    const repository = this.state.findRepository(thread.repository) ?? this.addRepository({ owner, name });
    return addThread(this.#sandbox, repository, thread);
  }

  /** Installs the App on an account's repositories and tells the App. */
  install(account: string, repositories: readonly Repository[] = []): Installation {
    const installation = addInstallation(this.#sandbox, this.state.user(account));
    for (const repository of repositories) repository.installationId = installation.id;
    announceInstallation(this.#sandbox, 'created', installation, installation.account);
    return installation;
  }

  uninstall(installationId: number): void {
    const installation = this.state.installationOf(installationId);
    uninstall(this.#sandbox, installation, installation.account);
  }

  suspend(installationId: number): void {
    const installation = this.state.installationOf(installationId);
    suspend(this.#sandbox, installation, installation.account);
  }

  unsuspend(installationId: number): void {
    const installation = this.state.installationOf(installationId);
    unsuspend(this.#sandbox, installation, installation.account);
  }

  /** A token that reads what the account's installation may, for tools that are given one instead of the App's key. */
  tokenFor(account: string): string {
    const installation = this.#installationFor(this.state.user(account), undefined);
    if (installation === undefined) throw new Error('an account without an id gets an installation');
    const token = `ghs_given${this.state.nextId()}`;
    this.state.tokens.set(token, {
      token,
      installationId: installation.id,
      repositoryIds: null,
      permissions: installation.permissions,
      expiresAt: Number.MAX_SAFE_INTEGER,
    });
    return token;
  }

  /** Adds a repository to an installation and tells the App. */
  grantRepository(installationId: number, repository: Repository): void {
    const installation = this.state.installationOf(installationId);
    grantRepository(this.#sandbox, installation, repository, installation.account);
  }

  /** Takes a repository out of its installation and tells the App. */
  revokeRepository(repository: Repository): void {
    revokeRepository(this.#sandbox, repository, repository.owner);
  }

  /** Makes every installation token that was handed out invalid, as if its hour were over. */
  expireTokens(): void {
    for (const token of this.state.tokens.values()) token.expiresAt = 0;
  }

  /** Plans a fault for the requests that match. */
  failAt(filter: FaultFilter, fault: Fault): void {
    this.#faults.plan(filter, fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** Disturbs the next deliveries that match. */
  disturbWebhook(filter: DeliveryFilter, disturbance: Disturbance): void {
    this.webhooks.disturb(filter, disturbance);
  }

  /** Resolves when every delivery has been answered, has failed, or has timed out. */
  webhooksIdle(): Promise<void> {
    return this.webhooks.idle();
  }

  /** The issue as plain text. */
  render(issue: IssueRef): string {
    return renderIssue(this.state.issueOf(issue));
  }

  /** Stops the server; requests and deliveries under way are broken off. */
  async close(): Promise<void> {
    await this.webhooks.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #installationFor(owner: User, id: number | null | undefined): Installation | undefined {
    if (id === null) return undefined;
    const known =
      id === undefined
        ? [...this.state.installations.values()].find((one) => one.account === owner)
        : this.state.installations.get(id);
    return known ?? addInstallation(this.#sandbox, owner, id);
  }
}

/** Starts a fake GitHub. It must be closed, or it keeps the process alive. */
export async function startFakeGitHub(options: FakeGitHubOptions = {}): Promise<FakeGitHub> {
  const now = options.now ?? Date.now;
  const state = new State(now);
  const faults = new Faults();
  const { app, privateKey } = identityOf(options.app ?? {});
  const webhookSecret = options.webhookSecret ?? DEFAULTS.webhookSecret;
  const webhooks = new Webhooks({
    url: options.webhookUrl ?? null,
    secret: webhookSecret,
    appId: app.id,
    now,
    nextId: () => state.nextId(),
    ...(options.webhookTimeoutMs === undefined ? {} : { timeoutMs: options.webhookTimeoutMs }),
  });
  const built: { service?: Service } = {};
  const server = createHttpServer({
    state,
    faults,
    latencyMs: options.latencyMs ?? 0,
    service: () => built.service ?? notListening(),
  });
  const api = await listen(server, options.port ?? 0);
  const html = options.htmlUrl ?? DEFAULTS.htmlUrl;
  const sandbox: Sandbox = { state, app, webhooks, api, html };
  built.service = new Service(sandbox, new Limits(options, now));
  state.user(`${app.slug}[bot]`);
  return new FakeGitHub({ sandbox, faults, server, privateKey, webhookSecret });
}

function notListening(): never {
  throw new Error('A request came before the server was ready.');
}

let madeKey: AppKey | undefined;

/** One key for all fakes of this process: making one takes a tenth of a second. */
function ownKey(): AppKey {
  madeKey ??= generateAppKey();
  return madeKey;
}

function identityOf(wanted: NonNullable<FakeGitHubOptions['app']>): {
  app: AppIdentity;
  privateKey: string;
} {
  const key = wanted.publicKey === undefined ? ownKey() : { publicKey: wanted.publicKey, privateKey: '' };
  const app: AppIdentity = {
    id: wanted.id ?? DEFAULTS.appId,
    slug: wanted.slug ?? DEFAULTS.slug,
    clientId: wanted.clientId ?? DEFAULTS.clientId,
    name: wanted.name ?? DEFAULTS.name,
    publicKey: key.publicKey,
    permissions: wanted.permissions ?? DEFAULTS.permissions,
    events: wanted.events ?? DEFAULTS.events,
  };
  return { app, privateKey: key.privateKey };
}
