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
  return createClient(octokit, { anonymous: token === null });
}
