import type { GitHub } from '../../ports.ts';
import { createClient } from './client.ts';
import { QuietOctokit } from './octokit.ts';

/** GitHub as a person with a token sees it; without one, public issues can be read. */
export function createTokenGitHub({ token, baseUrl }: { token: string | null; baseUrl: string }): GitHub {
  const octokit = new QuietOctokit({ baseUrl, ...(token === null ? {} : { auth: token }) });
  return createClient(octokit, { anonymous: token === null });
}
