import { GitHubError, type GitHubFailure } from '../../errors.ts';
import type { GitHub } from '../../ports.ts';
import { createClient } from './client.ts';
import { type ConnectionOptions, createOctokit } from './octokit.ts';

export interface TokenOptions extends ConnectionOptions {
  /** Null reads public issues anonymously, and no comment then counts as hidden. */
  readonly token: string | null;
}

/** GitHub as a person with a token sees it; without one, public issues can be read. */
export function createTokenGitHub(options: TokenOptions): GitHub {
  const { token } = options;
  const octokit = createOctokit(options, token === null ? {} : { auth: token });
  const client = createClient(octokit, { anonymous: token === null });
  return advising(client, token === null ? WITHOUT_TOKEN : WITH_TOKEN);
}

type Remedies = Partial<Record<GitHubFailure, string>>;

/** What a person at a terminal can do, whom no queue tries again for and who has no App to check. */
const WITH_TOKEN: Remedies = {
  'not-found': 'Check the address, and that the token in GITHUB_TOKEN may read the repository.',
  forbidden: 'Check what the token in GITHUB_TOKEN may do.',
  unauthorized: 'Check the token in GITHUB_TOKEN.',
  'rate-limited': 'Run it again when GitHub allows it; that takes an hour at most.',
  unavailable: 'Run it again once GitHub can be reached.',
};
const WITHOUT_TOKEN: Remedies = {
  ...WITH_TOKEN,
  'not-found': 'Check the address; a private repository needs a token in GITHUB_TOKEN.',
  forbidden: 'Set GITHUB_TOKEN to a token that may read the repository.',
  'rate-limited': 'Set GITHUB_TOKEN, whose limit is higher, or run it again in an hour.',
};

type Method = (...args: unknown[]) => Promise<unknown>;

function advising(client: GitHub, remedies: Remedies): GitHub {
  const methods = Object.entries(client as unknown as Record<string, Method>).map(([name, ask]) => {
    const asked: Method = async (...args) => {
      try {
        return await ask(...args);
      } catch (error) {
        throw error instanceof GitHubError ? withRemedy(error, remedies[error.failure]) : error;
      }
    };
    return [name, asked];
  });
  return Object.fromEntries(methods) as GitHub;
}

function withRemedy(error: GitHubError, remedy: string | undefined): GitHubError {
  if (remedy === undefined) return error;
  const { failure, message, cause, status, retryAfterSeconds } = error;
  return new GitHubError(failure, message, remedy, {
    cause,
    ...(status === null ? {} : { status }),
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
  });
}
