import { createAppAuth } from '@octokit/auth-app';
import type { GitHub, GitHubApp } from '../../ports.ts';
import { createClient } from './client.ts';
import { asking } from './failures.ts';
import { type GitHubOctokit, QuietOctokit } from './octokit.ts';

export interface AppOptions {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  /** REST base URL, `https://api.github.com` or that of an Enterprise server. */
  readonly baseUrl: string;
}

/** The App on GitHub: one client per installation, whose tokens are made and renewed by Octokit. */
export function createGitHubApp({ appId, privateKey, baseUrl }: AppOptions): GitHubApp {
  const clients = new Map<number, GitHub>();
  const octokitFor = (installationId?: number): GitHubOctokit =>
    new QuietOctokit({
      authStrategy: createAppAuth,
      auth: { appId, privateKey, ...(installationId === undefined ? {} : { installationId }) },
      baseUrl,
    });
  return {
    appId,
    forInstallation: async (installationId) => {
      const known = clients.get(installationId);
      if (known) return known;
      const client = createClient(octokitFor(installationId));
      clients.set(installationId, client);
      return client;
    },
    describe: () =>
      asking('read', 'say who the App is', async () => {
        const octokit = octokitFor();
        const { data: app } = await octokit.rest.apps.getAuthenticated();
        const installations = await octokit.paginate(octokit.rest.apps.listInstallations, { per_page: 100 });
        return { slug: app?.slug ?? String(appId), installations: installations.length };
      }),
  };
}
