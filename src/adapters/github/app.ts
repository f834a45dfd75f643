import { createPrivateKey } from 'node:crypto';
import { createAppAuth } from '@octokit/auth-app';
import { RequestError } from '@octokit/request-error';
import { ConfigError } from '../../errors.ts';
import type { DeliveryAttempt, GitHub, GitHubApp } from '../../ports.ts';
import { createClient } from './client.ts';
import { asking } from './failures.ts';
import { type ConnectionOptions, createOctokit, type GitHubOctokit } from './octokit.ts';

export interface AppOptions extends ConnectionOptions {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
}

/**
 * The App on GitHub: one client per installation, whose tokens are made and renewed by Octokit.
 * @throws ConfigError when the key is none.
 */
export function createGitHubApp(options: AppOptions): GitHubApp {
  const { appId, privateKey } = options;
  assertPrivateKey(privateKey);
  const clients = new Map<number, GitHub>();
  const octokitFor = (auth: { installationId?: number }): GitHubOctokit =>
    createOctokit(options, { authStrategy: createAppAuth, auth: { appId, privateKey, ...auth } });
  return {
    appId,
    forInstallation: async (installationId) => {
      const known = clients.get(installationId);
      if (known) return known;
      const client = createClient(renewingTokens(octokitFor({ installationId })));
      clients.set(installationId, client);
      return client;
    },
    listDeliveries: (cursor) =>
      asking('read', 'list the deliveries', async () => {
        const { data, headers } = await octokitFor({}).rest.apps.listWebhookDeliveries({
          per_page: 100,
          ...(cursor === null ? {} : { cursor }),
        });
        return { attempts: data.map(toAttempt), nextCursor: nextCursorOf(headers.link) };
      }),
    // A delivery that arrives twice changes nothing here: trying again is safe.
    redeliver: (attemptId) =>
      asking('change', `deliver ${attemptId} again`, async () => {
        await octokitFor({}).rest.apps.redeliverWebhookDelivery({ delivery_id: attemptId });
      }),
    listInstallations: () =>
      asking('read', 'list the installations', async () => {
        const octokit = octokitFor({});
        const all = await octokit.paginate(octokit.rest.apps.listInstallations, { per_page: 100 });
        return all.map((one) => ({ id: one.id, suspended: one.suspended_at != null }));
      }),
    describe: () =>
      asking('read', 'say who the App is', async () => {
        const octokit = octokitFor({});
        const { data: app } = await octokit.rest.apps.getAuthenticated();
        const installations = await octokit.paginate(octokit.rest.apps.listInstallations, { per_page: 100 });
        return { slug: app?.slug ?? String(appId), installations: installations.length };
      }),
  };
}

/**
 * A token can die before its hour is over, for instance by a suspension in between. GitHub did nothing when it
 * answers 401, so the request goes out once more with a new token, a create too.
 */
function renewingTokens(octokit: GitHubOctokit): GitHubOctokit {
  octokit.hook.wrap('request', async (request, options) => {
    try {
      return await request(options);
    } catch (error) {
      const asksForToken = options.url.endsWith('/access_tokens');
      if (!(error instanceof RequestError) || error.status !== 401 || asksForToken) throw error;
      await octokit.auth({ type: 'installation', refresh: true });
      return request(options);
    }
  });
  return octokit;
}

type DeliveryJson = Awaited<
  ReturnType<GitHubOctokit['rest']['apps']['listWebhookDeliveries']>
>['data'][number];

/** GitHub writes the receiver's status; anything but a 2xx was not taken. */
function toAttempt(one: DeliveryJson): DeliveryAttempt {
  return {
    id: one.id,
    guid: one.guid,
    event: one.event,
    deliveredAt: one.delivered_at,
    ok: one.status_code >= 200 && one.status_code < 300,
  };
}

/** Pages are named by a cursor in the Link header: https://docs.github.com/rest/apps/webhooks#list-deliveries-for-an-app-webhook */
function nextCursorOf(link: string | undefined): string | null {
  const next = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  return next === undefined ? null : new URL(next).searchParams.get('cursor');
}

function assertPrivateKey(privateKey: string): void {
  try {
    createPrivateKey(privateKey);
  } catch (cause) {
    throw new ConfigError(
      "The App's private key cannot be read.",
      'Set PRIVATE_KEY or PRIVATE_KEY_PATH to the .pem file that GitHub gave you.',
      { cause },
    );
  }
}
