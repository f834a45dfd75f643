import { InputError } from '../../errors.ts';
import { Audit } from './audit.ts';
import type {
  Collaborator,
  Comment,
  Installation,
  InstallationToken,
  Issue,
  Label,
  Repository,
  Role,
  User,
  UserType,
} from './model.ts';

const FIRST_ID = 1_000_001;

/** An issue, or its short name `owner/name#12`. */
export type IssueRef = Issue | string;
/** A comment, or its id. */
export type CommentRef = Comment | number;

/** Everything the fake GitHub knows. Look-ups that end in `Of` throw InputError; the `find…` ones return undefined. */
export class State {
  readonly users = new Map<string, User>();
  readonly repositories = new Map<number, Repository>();
  readonly installations = new Map<number, Installation>();
  readonly tokens = new Map<string, InstallationToken>();
  readonly comments = new Map<number, Comment>();
  readonly deletedCommentIds = new Set<number>();
  readonly audit = new Audit();
  /** While true, GraphQL keeps `userContentEdits` back and answers the rest. */
  refusesEdits = false;
  /** Former full names in lower case, to the id of the repository that bore them. */
  readonly #formerNames = new Map<string, number>();
  readonly #now: () => number;
  #lastId = FIRST_ID;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The time as GitHub writes it, to the second; `offsetMs` milliseconds from now. */
  timestamp(offsetMs = 0): string {
    return new Date(this.#now() + offsetMs).toISOString().replace(/\.\d+Z$/, 'Z');
  }

  /** Milliseconds since the epoch on the server's clock. */
  now(): number {
    return this.#now();
  }

  /** Ids of all kinds come from one growing sequence. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Keeps later ids above one that was taken from outside. */
  reserveId(id: number): void {
    this.#lastId = Math.max(this.#lastId, id);
  }

  /** The account of that login, made on first use; a login that ends in `[bot]` is a bot's. */
  user(login: string, type: UserType = login.endsWith('[bot]') ? 'Bot' : 'User'): User {
    const key = login.toLowerCase();
    const known = this.users.get(key);
    if (known !== undefined) return known;
    const user: User = { id: this.nextId(), login, type };
    this.users.set(key, user);
    return user;
  }

  findRepository(fullName: string): Repository | undefined {
    const wanted = fullName.toLowerCase();
    return [...this.repositories.values()].find((one) => fullNameOf(one).toLowerCase() === wanted);
  }

  /** The repository that used to bear this name, when no other bears it now. */
  findRenamed(fullName: string): Repository | undefined {
    const id = this.#formerNames.get(fullName.toLowerCase());
    return id === undefined ? undefined : this.repositories.get(id);
  }

  rememberName(fullName: string, id: number): void {
    this.#formerNames.set(fullName.toLowerCase(), id);
  }

  repositoryOf(fullName: string): Repository {
    const found = this.findRepository(fullName) ?? this.findRenamed(fullName);
    if (found === undefined) throw unknown(`repository ${fullName}`, 'addRepository');
    return found;
  }

  installationOf(id: number): Installation {
    const found = this.installations.get(id);
    if (found === undefined) throw unknown(`installation ${id}`, 'addInstallation or addRepository');
    return found;
  }

  issueOf(ref: IssueRef): Issue {
    if (typeof ref !== 'string') return ref;
    const [fullName = '', number = ''] = ref.split('#');
    const issue = this.repositoryOf(fullName).issues.get(Number(number));
    if (issue === undefined) throw unknown(`issue ${ref}`, 'addIssue');
    return issue;
  }

  commentOf(ref: CommentRef): Comment {
    const found = this.comments.get(typeof ref === 'number' ? ref : ref.id);
    if (found === undefined)
      throw unknown(`comment ${typeof ref === 'number' ? ref : ref.id}`, 'as(login).comment');
    return found;
  }

  label(repository: Repository, name: string): Label {
    const known = repository.labels.get(name.toLowerCase());
    if (known !== undefined) return known;
    const label: Label = { id: this.nextId(), name, color: 'ededed' };
    repository.labels.set(name.toLowerCase(), label);
    return label;
  }

  repositoriesOfInstallation(id: number): Repository[] {
    return [...this.repositories.values()].filter((one) => one.installationId === id);
  }
}

function unknown(what: string, how: string): InputError {
  return new InputError(`The fake GitHub has no ${what}.`, `Make it first with ${how}.`);
}

export function fullNameOf(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

/** What a user may do on a repository: a collaborator's role, else read on a public one, else nothing. */
export function collaboratorOf(repository: Repository, user: User): Collaborator {
  if (repository.owner.id === user.id) return { role: 'admin', roleName: 'admin' };
  const named = repository.collaborators.get(user.login.toLowerCase());
  if (named !== undefined) return named;
  const role: Role = repository.private ? 'none' : 'read';
  return { role, roleName: role };
}
