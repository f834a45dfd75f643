/** The GitHub ports over one Octokit. */
import type {
  FileResult,
  GitHub,
  GitHubReader,
  GitHubWriter,
  IssueRef,
  Permission,
  RepositoryRef,
} from '../../ports.ts';
import { asking, toGitHubError } from './failures.ts';
import { toIssue, toRemoteComment, toThreadComment } from './map.ts';
import { minimizedIds } from './minimized.ts';
import type { GitHubOctokit } from './octokit.ts';

const PAGE = 100;

export interface ClientOptions {
  /** Without a token GraphQL answers nothing, and hidden comments cannot be told. */
  readonly anonymous?: boolean;
}

export function createClient(octokit: GitHubOctokit, options: ClientOptions = {}): GitHub {
  return { ...createReader(octokit, options), ...createWriter(octokit) };
}

const repo = (ref: RepositoryRef) => ({ owner: ref.owner, repo: ref.name });

function createReader(octokit: GitHubOctokit, options: ClientOptions): GitHubReader {
  return {
    readThread: (ref, signal) =>
      asking(
        'read',
        `read ${ref.owner}/${ref.name}#${ref.number}`,
        async () => {
          const request = signal ? { signal } : {};
          const { data: issue } = await octokit.rest.issues.get({
            ...repo(ref),
            issue_number: ref.number,
            request,
          });
          const comments = await listComments(octokit, ref, signal);
          const hidden = options.anonymous ? new Set<number>() : await minimizedIds(octokit, ref, signal);
          return {
            repository: `${ref.owner}/${ref.name}`,
            issue: toIssue(issue),
            comments: comments.map((comment) => toThreadComment(comment, hidden.has(comment.id))),
            listedCandidateIds: null,
          };
        },
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
          const { failure } = toGitHubError('read', '', cause);
          if (failure === 'not-found' || failure === 'gone') return null;
          throw cause;
        }
      }),
    listAppComments: (ref, appId) =>
      asking('read', `list the comments of ${ref.owner}/${ref.name}#${ref.number}`, async () =>
        (await listComments(octokit, ref)).map(toRemoteComment).filter((comment) => comment.appId === appId),
      ),
  };
}

function createWriter(octokit: GitHubOctokit): GitHubWriter {
  return {
    createComment: (ref, body) =>
      asking('create', 'create a comment', async () => {
        const { data } = await octokit.rest.issues.createComment({
          ...repo(ref),
          issue_number: ref.number,
          body,
        });
        return toRemoteComment(data);
      }),
    updateComment: (ref, commentId, body) =>
      asking('change', `edit comment ${commentId}`, async () => {
        await octokit.rest.issues.updateComment({ ...repo(ref), comment_id: commentId, body });
      }),
    deleteComment: (ref, commentId) =>
      asking('change', `delete comment ${commentId}`, async () => {
        await octokit.rest.issues.deleteComment({ ...repo(ref), comment_id: commentId });
      }),
    // GitHub answers a repeated reaction with the one that is there, so trying again is safe.
    addReaction: (ref, commentId, content) =>
      asking('change', `react to comment ${commentId}`, async () => {
        const { data } = await octokit.rest.reactions.createForIssueComment({
          ...repo(ref),
          comment_id: commentId,
          content,
        });
        return data.id;
      }),
  };
}

function listComments(octokit: GitHubOctokit, ref: IssueRef, signal?: AbortSignal) {
  return octokit.paginate(octokit.rest.issues.listComments, {
    ...repo(ref),
    issue_number: ref.number,
    per_page: PAGE,
    ...(signal ? { request: { signal } } : {}),
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
    if (toGitHubError('read', '', cause).failure === 'not-found') return { role: 'none', permissions: null };
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
    return {
      kind: 'file',
      text: Buffer.from(data.content, 'base64').toString('utf8'),
      etag: headers.etag ?? null,
    };
  } catch (cause) {
    const { failure, status } = toGitHubError('read', '', cause);
    if (status === 304) return { kind: 'unchanged' };
    if (failure === 'not-found') return { kind: 'absent' };
    throw cause;
  }
}
