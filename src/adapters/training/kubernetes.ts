/** Training on a cluster: one Kubeflow `TrainJob` a plan, named by the plan, so that submitting twice makes one. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreV1Api, CustomObjectsApi, KubeConfig, Watch } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { TrainingError } from '../../errors.ts';
import { type ClusterOptions, TRAINJOB, toTrainJob } from '../../pipeline/training/trainjob.ts';
import type {
  Capacity,
  TrainingLauncher,
  TrainingPlan,
  TrainingState,
  TrainingStatus,
} from '../../pipeline/training/types.ts';

export interface KubernetesLauncherOptions extends ClusterOptions {
  /** Text of a kubeconfig file; null takes the cluster this runs in, or the user's own file. */
  readonly kubeconfig: string | null;
}

interface Cluster {
  readonly objects: CustomObjectsApi;
  readonly core: CoreV1Api;
  readonly watch: Watch;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** The label that Kubeflow's job sets put on every pod of a job. */
const POD_LABEL = 'jobset.sigs.k8s.io/jobset-name';
const NOT_FOUND = 404;
const EXISTS = 409;

export function createKubernetesLauncher(options: KubernetesLauncherOptions): TrainingLauncher {
  const { group, version, plural } = TRAINJOB;
  const place = { group, version, plural, namespace: options.namespace };
  // Loaded when it is first needed: most processes never talk to a cluster, and the client takes 100 MB.
  let opened: Promise<Cluster> | undefined;
  const cluster = () => (opened ??= openCluster(options));

  return {
    kind: 'kubernetes',
    describe: (plan) => stringify(toTrainJob(plan, options)),
    submission: (plan) => toTrainJob(plan, options),
    capacity: async () => capacityOf(await cluster()),
    submit: async (plan: TrainingPlan) => {
      const { objects } = await cluster();
      await objects
        .createNamespacedCustomObject({ ...place, body: toTrainJob(plan, options) })
        .catch((error: unknown) => {
          if (codeOf(error) !== EXISTS) throw refused('The TrainJob was refused', error);
        });
    },
    status: async (name) => {
      const { objects } = await cluster();
      const job: unknown = await objects.getNamespacedCustomObject({ ...place, name }).catch(unlessAbsent);
      return job === null ? { state: 'unknown', reason: null, lastSignAt: null } : toStatus(job);
    },
    untilChange: async (name, waiting) => {
      const { watch } = await cluster();
      const path = `/apis/${group}/${version}/namespaces/${options.namespace}/${plural}`;
      return untilEvent(watch, path, name, waiting);
    },
    logs: async (name, lines) => {
      const { core } = await cluster();
      return podLogs(core, options.namespace, name, lines);
    },
    cancel: async (name) => {
      const { objects } = await cluster();
      await objects.deleteNamespacedCustomObject({ ...place, name }).catch(unlessAbsent);
    },
  };
}

async function openCluster({ kubeconfig }: KubernetesLauncherOptions): Promise<Cluster> {
  const client = await import('@kubernetes/client-node');
  const config: KubeConfig = new client.KubeConfig();
  if (kubeconfig === null) config.loadFromDefault();
  else config.loadFromString(kubeconfig);
  return {
    objects: config.makeApiClient(client.CustomObjectsApi),
    core: config.makeApiClient(client.CoreV1Api),
    watch: new client.Watch(config),
  };
}

/** What the nodes could give; what is in use by others is the scheduler's to know. */
async function capacityOf({ core }: Cluster): Promise<Capacity | null> {
  const { items } = await core.listNode().catch((error: unknown) => {
    throw refused('The nodes of the cluster cannot be listed', error);
  });
  const schedulable = items.filter(({ spec }) => spec?.unschedulable !== true);
  const nodes = schedulable.map(({ status, metadata }) => {
    const count = Number(status?.allocatable?.['nvidia.com/gpu'] ?? 0);
    const mebibytes = Number(metadata?.labels?.['nvidia.com/gpu.memory'] ?? Number.NaN);
    return { gpus: Array.from({ length: count }, () => ({ memoryGiB: Math.floor(mebibytes / 1024) })) };
  });
  // Without the labels of NVIDIA's feature discovery nobody can tell how large the GPUs are.
  const isKnown = nodes.every(({ gpus }) => gpus.every(({ memoryGiB }) => !Number.isNaN(memoryGiB)));
  return isKnown ? { nodes } : null;
}

function toStatus(job: unknown): TrainingStatus {
  const { status } = job as { status?: { conditions?: Condition[]; jobsStatus?: { active?: number }[] } };
  const conditions = (status?.conditions ?? []).filter((condition) => condition.status === 'True');
  const of = (type: string) => conditions.find((condition) => condition.type === type);
  const lastSignAt = latest(conditions);
  const ended = of('Failed') ?? of('Complete');
  if (ended) {
    const state: TrainingState = ended.type === 'Complete' ? 'succeeded' : 'failed';
    return { state, reason: state === 'failed' ? (ended.message ?? ended.reason ?? null) : null, lastSignAt };
  }
  const active = (status?.jobsStatus ?? []).some((one) => (one.active ?? 0) > 0);
  return { state: active ? 'running' : 'waiting', reason: of('Suspended')?.message ?? null, lastSignAt };
}

/** A watch begins by telling how things are; what comes after that is a change. So is its end. */
async function untilEvent(
  watch: Watch,
  path: string,
  name: string,
  { atMostMs, signal }: { atMostMs: number; signal: AbortSignal },
): Promise<void> {
  let events = 0;
  const changed = Promise.withResolvers<void>();
  const onEvent = () => {
    events += 1;
    if (events > 1) changed.resolve();
  };
  const request = await watch
    .watch(path, { fieldSelector: `metadata.name=${name}` }, onEvent, () => changed.resolve())
    .catch((error: unknown) => {
      throw refused('The TrainJob cannot be watched', error);
    });
  try {
    await Promise.race([changed.promise, sleep(atMostMs, undefined, { signal, ref: false })]);
  } finally {
    request.abort();
  }
}

function latest(conditions: readonly Condition[]): Date | null {
  const times = conditions.flatMap(({ lastTransitionTime }) => lastTransitionTime ?? []).sort();
  const last = times.at(-1);
  return last === undefined ? null : new Date(last);
}

async function podLogs(core: CoreV1Api, namespace: string, name: string, lines: number): Promise<string> {
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: `${POD_LABEL}=${name}` });
  const texts: string[] = [];
  for (const { metadata } of items) {
    const pod = metadata?.name;
    if (pod === undefined) continue;
    const text = await core
      .readNamespacedPodLog({ name: pod, namespace, tailLines: lines })
      .catch(unlessAbsent);
    texts.push(
      ...(text ?? '')
        .trimEnd()
        .split('\n')
        .map((line) => `${pod}: ${line}`),
    );
  }
  return texts.join('\n');
}

/** @throws TrainingError unless the cluster said that the thing is not there. */
function unlessAbsent(error: unknown): null {
  if (codeOf(error) === NOT_FOUND) return null;
  throw refused('The cluster did not answer', error);
}

function codeOf(error: unknown): number | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'number' ? code : null;
}

function refused(what: string, cause: unknown): TrainingError {
  const code = codeOf(cause);
  const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  return new TrainingError(`${what}: ${reason}`, 'Check the kubeconfig, the namespace and its permissions.', {
    cause,
    retryable: code === null || code >= 500,
  });
}
