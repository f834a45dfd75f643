/** As much of a Kubernetes API server as the launcher uses, over real HTTP: TrainJobs with a watch, nodes, pods, logs. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Job {
  readonly metadata: { readonly name: string };
  spec: unknown;
  status?: unknown;
}

export interface FakeCluster {
  readonly kubeconfig: string;
  readonly jobs: Map<string, Job>;
  readonly nodes: object[];
  /** Answers everything with this status while it is set. */
  failing: number | null;
  setStatus(name: string, status: object): void;
  close(): Promise<void>;
}

const JOBS = /^\/apis\/trainer\.kubeflow\.org\/v1alpha1\/namespaces\/ml\/trainjobs(?:\/([\w-]+))?$/;
const LOG = /^\/api\/v1\/namespaces\/ml\/pods\/([\w-]+)\/log$/;

export async function startFakeCluster(): Promise<FakeCluster> {
  const jobs = new Map<string, Job>();
  const nodes: object[] = [];
  const watchers = new Set<ServerResponse>();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://cluster');
    if (cluster.failing !== null) send(response, cluster.failing, { message: 'the server is unwell' });
    else if (JOBS.test(url.pathname)) await answerJobs(request, response, url);
    else answerCore(response, url);
  }

  async function answerJobs(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const [, name = ''] = JOBS.exec(url.pathname) ?? [];
    const job = jobs.get(name);
    if (url.searchParams.has('watch')) watch(response, url.searchParams.get('fieldSelector') ?? '');
    else if (request.method === 'POST') create(response, (await json(request)) as Job);
    else if (!job) send(response, 404, { message: 'not found' });
    else {
      if (request.method === 'DELETE') jobs.delete(name);
      send(response, 200, job);
    }
  }

  function answerCore(response: ServerResponse, { pathname, searchParams }: URL): void {
    const [, pod] = LOG.exec(pathname) ?? [];
    if (pod) {
      response.setHeader('content-type', 'text/plain');
      response.end(`loss of ${pod}\nlast ${searchParams.get('tailLines')} lines\n`);
    } else if (pathname === '/api/v1/nodes') send(response, 200, { items: nodes });
    else if (pathname === '/api/v1/namespaces/ml/pods') {
      const job = (searchParams.get('labelSelector') ?? '').split('=')[1];
      const items = [0, 1].map((rank) => ({ metadata: { name: `${job}-node-0-${rank}` } }));
      send(response, 200, { items });
    } else send(response, 404, { message: 'not found' });
  }

  function create(response: ServerResponse, job: Job): void {
    const exists = jobs.has(job.metadata.name);
    if (!exists) jobs.set(job.metadata.name, job);
    send(response, exists ? 409 : 201, exists ? { reason: 'AlreadyExists' } : job);
  }

  function watch(response: ServerResponse, selector: string): void {
    const job = jobs.get(selector.split('=')[1] ?? '');
    watchers.add(response);
    response.once('close', () => watchers.delete(response));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(`${JSON.stringify({ type: 'ADDED', object: job })}\n`);
  }

  const cluster: FakeCluster = {
    kubeconfig: JSON.stringify({
      clusters: [
        { name: 'c', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
      ],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
    jobs,
    nodes,
    failing: null,
    setStatus(name, status) {
      const job = jobs.get(name);
      if (!job) throw new Error(`there is no job ${name}`);
      job.status = status;
      for (const watcher of watchers) watcher.write(`${JSON.stringify({ type: 'MODIFIED', object: job })}\n`);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return cluster;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function json(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
