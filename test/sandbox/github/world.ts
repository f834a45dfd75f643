import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, Octokit } from 'octokit';
import {
  type FakeGitHub,
  type FakeGitHubOptions,
  startFakeGitHub,
} from '../../../src/sandbox/github/index.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** An Octokit that never waits, retries or talks, so that a test sees each answer as it came. */
export const PlainOctokit = Octokit.defaults({
  log: quiet,
  throttle: { enabled: false },
  retry: { enabled: false },
});

export function appOf(fake: FakeGitHub): App {
  return new App({
    appId: fake.app.id,
    privateKey: fake.privateKey,
    webhooks: { secret: fake.webhookSecret },
    Octokit: PlainOctokit.defaults({ baseUrl: fake.url }),
    log: quiet,
  });
}

/** A fake with one public repository `acme/shop`, one issue in it, and an Octokit of its installation. */
export async function startWorld(options: FakeGitHubOptions = {}) {
  const fake = await startFakeGitHub(options);
  const repository = fake.addRepository({
    owner: 'acme',
    name: 'shop',
    installationId: 77,
    collaborators: { ada: 'admin', mia: 'maintain', wes: 'write', tom: 'triage', rob: 'read' },
    files: { '.github/swe-manager.yml': 'mode: command\n' },
  });
  const issue = fake.addIssue(repository, { title: 'Cart total is wrong', body: 'It adds up badly.' });
  const app = appOf(fake);
  const octokit = await app.getInstallationOctokit(77);
  const at = { owner: 'acme', repo: 'shop', issue_number: issue.number };
  return { fake, repository, issue, app, octokit, at };
}

/** Status of a request that is expected to fail; 0 when it failed without an answer. */
export async function failure(
  request: Promise<unknown>,
): Promise<{ status: number; message: string; headers: Record<string, unknown> }> {
  try {
    await request;
  } catch (error) {
    const {
      status = 0,
      message,
      response,
    } = error as {
      status?: number;
      message: string;
      response?: { headers: Record<string, unknown> };
    };
    return { status, message, headers: response?.headers ?? {} };
  }
  throw new Error('The request was expected to fail.');
}

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A webhook receiver that keeps what it gets and answers with the given statuses in turn, then 202. */
export async function startReceiver(statuses: number[] = []) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    const status = statuses.shift() ?? 202;
    if (status > 0) response.writeHead(status).end('seen');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}/webhooks`, received, close };
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
export type World = Awaited<ReturnType<typeof startWorld>>;
