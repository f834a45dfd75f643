/** The GitHub ports over one Octokit. */
import type { Thread } from '../../pipeline/thread/types.ts';
import type {
  FileResult,
  GitHub,
  GitHubReader,
  GitHubWriter,
  IssueRef,
  Permission,
  RepositoryRef,
} from '../../ports.ts';
import { asking, isMissingPermission, isTokenRefusal, toGitHubError } from './failures.ts';
import { createHistory } from './history.ts';
import { placeOf, toIssue, toIssueFacts, toRecentComment, toRemoteComment, toThreadComment } from './map.ts';
import { minimizedById } from './minimized.ts';
import type { GitHubOctokit } from './octokit.ts';

const PAGE = 100;

export interface ClientOptions {
  /** Without a token GraphQL answers nothing, and hidden comments cannot be told. */
  readonly anonymous?: boolean;
}

export function createClient(octokit: GitHubOctokit, options: ClientOptions = {}): GitHub {
  return { ...createReader(octokit, options), ...createWriter(octokit), ...createHistory(octokit) };
}

/** Octokit's way to pass a signal on. */
const within = (signal?: AbortSignal) => (signal ? { request: { signal } } : {});

const repo = (ref: RepositoryRef) => ({ owner: ref.owner, repo: ref.name });

function createReader(octokit: GitHubOctokit, options: ClientOptions): GitHubReader {
  return {
    readThread: (ref, signal) =>
      asking(
        'read',
        `read ${ref.owner}/${ref.name}#${ref.number}`,
        () => readThread(octokit, ref, options, signal),
        signal,
      ),
    permission: (ref, login) =>
      asking('read', `read the permission of ${login}`, () => readPermission(octokit, ref, login)),
    readFile: (ref, path, etag) => asking('read', `read ${path}`, () => readFile(octokit, ref, path, etag)),
    getComment: (ref, commentId) =>
      asking('read', `read comment ${commentId}`, async () => {
        try {
          const { data } = await octokit.rest.issues.getComment({ ...repo(ref), comment_id: commentId });
          return toRemoteComment(data);
        } catch (cause) {
          if (await isAbsent(octokit, ref, cause)) return null;
          throw cause;
        }
      }),
    listAppComments: (ref, appId) =>
      asking('read', `list the comments of ${ref.owner}/${ref.name}#${ref.number}`, async () =>
        (await listComments(octokit, ref)).map(toRemoteComment).filter((comment) => comment.appId === appId),
      ),
    listRecentComments: (ref, since, etag) =>
      asking('read', `list the recent comments of ${ref.owner}/${ref.name}`, () =>
        listRecentComments(octokit, ref, since, etag),
      ),
    describeIssue: (ref) =>
      asking('read', `look at ${ref.owner}/${ref.name}#${ref.number}`, async () => {
        try {
          const { data } = await octokit.rest.issues.get({ ...repo(ref), issue_number: ref.number });
          const place = placeOf(data);
          const isHere = place.number === ref.number && place.name.toLowerCase() === ref.name.toLowerCase();
          return isHere ? toIssueFacts(data) : null;
        } catch (cause) {
          if (await isAbsent(octokit, ref, cause)) return null;
          throw cause;
        }
      }),
    canSee: (ref) =>
      asking('read', `look at ${ref.owner}/${ref.name}`, async () => {
        try {
          await octokit.rest.repos.get(repo(ref));
          return true;
        } catch (cause) {
          // No token for the installation, or no such repository for it: either way it is out of sight.
          const { failure } = toGitHubError('read', '', cause);
          if (failure === 'not-found' || failure === 'forbidden') return false;
          throw cause;
        }
      }),
  };
}

function createWriter(octokit: GitHubOctokit): GitHubWriter {
  return {
    createComment: (ref, body, signal) =>
      asking('create', 'create a comment', async () => {
        const { data } = await octokit.rest.issues.createComment({
          ...repo(ref),
          issue_number: ref.number,
          body,
          ...within(signal),
        });
        if (typeof data.id !== 'number') throw new Error('the answer is no comment');
        return toRemoteComment(data);
      }),
    updateComment: (ref, commentId, body, signal) =>
      asking('change', `edit comment ${commentId}`, async () => {
        const { data } = await octokit.rest.issues.updateComment({
          ...repo(ref),
          comment_id: commentId,
          body,
          ...within(signal),
        });
        return toRemoteComment(data);
      }),
    deleteComment: (ref, commentId, signal) =>
      asking('change', `delete comment ${commentId}`, async () => {
        await octokit.rest.issues.deleteComment({ ...repo(ref), comment_id: commentId, ...within(signal) });
      }),
    // GitHub answers a repeated reaction with the one that is there, so trying again is safe.
    addReaction: (ref, commentId, content, signal) =>
      asking('change', `react to comment ${commentId}`, async () => {
        const { data } = await octokit.rest.reactions.createForIssueComment({
          ...repo(ref),
          comment_id: commentId,
          content,
          ...within(signal),
        });
        return data.id;
      }),
    removeReaction: (ref, commentId, reactionId, signal) =>
      asking('change', `take back a reaction to comment ${commentId}`, async () => {
        await octokit.rest.reactions.deleteForIssueComment({
          ...repo(ref),
          comment_id: commentId,
          reaction_id: reactionId,
          ...within(signal),
        });
      }),
  };
}

async function readThread(
  octokit: GitHubOctokit,
  ref: IssueRef,
  options: ClientOptions,
  signal?: AbortSignal,
): Promise<Thread> {
  const { data: issue } = await octokit.rest.issues.get({
    ...repo(ref),
    issue_number: ref.number,
    ...within(signal),
  });
  const place = placeOf(issue);
  let comments = await listComments(octokit, place, signal);
  const hidden = options.anonymous ? new Map<number, boolean>() : await minimizedById(octokit, place, signal);
  // A comment that is deleted between two numbered pages pulls another one over the edge, unseen.
  const listed = new Set(comments.map(({ id }) => id));
  if ([...hidden.keys()].some((id) => !listed.has(id))) comments = await listComments(octokit, place, signal);
  return {
    repository: `${place.owner}/${place.name}`,
    issue: toIssue(issue),
    comments: comments.map((comment) => toThreadComment(comment, hidden.get(comment.id) ?? false)),
    listedCandidateIds: null,
  };
}

/**
 * Whether a 404 or 410 says that the thing is not there, and not that its whole repository is out of our sight:
 * a comment must not count as deleted, nor a person as a stranger, while the App cannot see the repository.
 */
async function isAbsent(octokit: GitHubOctokit, ref: RepositoryRef, cause: unknown): Promise<boolean> {
  const { failure } = toGitHubError('read', '', cause);
  if (isTokenRefusal(cause) || (failure !== 'not-found' && failure !== 'gone')) return false;
  await octokit.rest.repos.get(repo(ref));
  return true;
}

function listComments(octokit: GitHubOctokit, ref: IssueRef, signal?: AbortSignal) {
  return octokit.paginate(octokit.rest.issues.listComments, {
    ...repo(ref),
    issue_number: ref.number,
    per_page: PAGE,
    ...within(signal),
  });
}

/** `permission` maps triage to read and maintain to write; `user.permissions` and `role_name` tell them apart. */
async function readPermission(
  octokit: GitHubOctokit,
  ref: RepositoryRef,
  login: string,
): Promise<Permission> {
  try {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({
      ...repo(ref),
      username: login,
    });
    const granted = data.user?.permissions;
    return {
      role: data.role_name,
      permissions: granted
        ? {
            triage: granted.triage ?? false,
            push: granted.push ?? false,
            maintain: granted.maintain ?? false,
            admin: granted.admin ?? false,
          }
        : null,
    };
  } catch (cause) {
    // A user that GitHub does not know has no role; any other failure is not an answer.
    if (await isAbsent(octokit, ref, cause)) return { role: 'none', permissions: null };
    throw cause;
  }
}

async function readFile(
  octokit: GitHubOctokit,
  ref: RepositoryRef,
  path: string,
  etag: string | null,
): Promise<FileResult> {
  try {
    const { data, headers } = await octokit.rest.repos.getContent({
      ...repo(ref),
      path,
      ...(etag ? { headers: { 'if-none-match': etag } } : {}),
    });
    if (Array.isArray(data) || data.type !== 'file' || !('content' in data)) return { kind: 'absent' };
    // Above 1 MB GitHub leaves the content out: https://docs.github.com/rest/repos/contents#get-repository-content
    if (data.encoding !== 'base64') return { kind: 'too-large' };
    return {
      kind: 'file',
      text: Buffer.from(data.content, 'base64').toString('utf8'),
      etag: headers.etag ?? null,
    };
  } catch (cause) {
    const { failure, status } = toGitHubError('read', '', cause);
    if (status === 304) return { kind: 'unchanged' };
    if (isTokenRefusal(cause)) throw cause;
    if (failure === 'not-found') return { kind: 'absent' };
    if (failure === 'forbidden' && isMissingPermission(cause)) return { kind: 'forbidden' };
    throw cause;
  }
}

/** The ETag is kept only where one page holds all: of several pages it would tell of the first alone. */
async function listRecentComments(
  octokit: GitHubOctokit,
  ref: RepositoryRef,
  since: Date,
  etag: string | null,
) {
  const query = {
    ...repo(ref),
    since: since.toISOString().replace(/\.\d+Z$/, 'Z'),
    sort: 'updated',
    direction: 'asc',
    per_page: PAGE,
  } as const;
  try {
    const first = await octokit.rest.issues.listCommentsForRepo({
      ...query,
      ...(etag ? { headers: { 'if-none-match': etag } } : {}),
    });
    if (first.data.length < PAGE)
      return { comments: first.data.map(toRecentComment), etag: first.headers.etag ?? null };
  } catch (cause) {
    if (toGitHubError('read', '', cause).status === 304) return 'unchanged';
    throw cause;
  }
  const all = await octokit.paginate(octokit.rest.issues.listCommentsForRepo, query);
  return { comments: all.map(toRecentComment), etag: null };
}
