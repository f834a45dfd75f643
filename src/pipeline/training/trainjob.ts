/**
 * A plan as a Kubeflow Trainer `TrainJob`. The runtime `torch-distributed` tells each node its place by variables
 * that begin with PET_ (https://www.kubeflow.org/docs/components/trainer/); ms-swift reads those without it.
 */
import { shellWord } from './shell-word.ts';
import type { TrainingPlan } from './types.ts';

export const TRAINJOB = {
  group: 'trainer.kubeflow.org',
  version: 'v1alpha1',
  plural: 'trainjobs',
  kind: 'TrainJob',
} as const;

const RUNTIME = 'torch-distributed';
const VOLUME = 'training';
/** What the runtime calls both the replicated job and its container. */
const CONTAINER = 'node';

export interface ClusterOptions {
  readonly namespace: string;
  readonly image: string;
  /** The claim that holds data, base models and outputs; it is mounted where the plans expect it. */
  readonly volumeClaim: string;
  /** Where the claim is mounted. */
  readonly mountPath: string;
}

/** Variables as ms-swift reads them, from those that the runtime sets. */
const PLACE: readonly (readonly [ours: string, theirs: string])[] = [
  ['NNODES', 'PET_NNODES'],
  ['NODE_RANK', 'PET_NODE_RANK'],
  ['NPROC_PER_NODE', 'PET_NPROC_PER_NODE'],
  ['MASTER_ADDR', 'PET_MASTER_ADDR'],
  ['MASTER_PORT', 'PET_MASTER_PORT'],
];

export interface TrainJob {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Record<string, string>;
  };
  readonly spec: Record<string, unknown>;
}

export function toTrainJob(plan: TrainingPlan, options: ClusterOptions): TrainJob {
  const { nodes, gpusPerNode } = plan.resources;
  const gpus = gpusPerNode > 0 ? { 'nvidia.com/gpu': String(gpusPerNode) } : {};
  return {
    apiVersion: `${TRAINJOB.group}/${TRAINJOB.version}`,
    kind: TRAINJOB.kind,
    metadata: {
      name: plan.name,
      namespace: options.namespace,
      labels: {
        'app.kubernetes.io/managed-by': 'swe-manager',
        'swe-manager/stage': plan.stage,
        'swe-manager/dataset-version': String(plan.datasetVersion),
      },
    },
    spec: {
      runtimeRef: { apiGroup: TRAINJOB.group, kind: 'ClusterTrainingRuntime', name: RUNTIME },
      trainer: {
        image: options.image,
        numNodes: nodes,
        numProcPerNode: Math.max(1, gpusPerNode),
        command: ['sh', '-c', shellCommand(plan)],
        env: Object.entries(otherVariables(plan)).map(([name, value]) => ({ name, value })),
        resourcesPerNode: { requests: gpus, limits: gpus },
      },
      runtimePatches: [{ manager: 'swe-manager', trainingRuntimeSpec: { template: mountVolume(options) } }],
    },
  };
}

/** A patch of the runtime's job set: the container that trains gets the volume. */
function mountVolume({ volumeClaim, mountPath }: ClusterOptions) {
  const pod = {
    volumes: [{ name: VOLUME, persistentVolumeClaim: { claimName: volumeClaim } }],
    containers: [{ name: CONTAINER, volumeMounts: [{ name: VOLUME, mountPath }] }],
  };
  return {
    spec: { replicatedJobs: [{ name: CONTAINER, template: { spec: { template: { spec: pod } } } }] },
  };
}

/** The place of a node is the runtime's to say. */
function otherVariables({ environment }: TrainingPlan): Record<string, string> {
  const ours = new Set(PLACE.map(([name]) => name));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.has(name)));
}

/** A single process stays one: with a place in the environment ms-swift starts torchrun. */
function shellCommand({ command, environment }: TrainingPlan): string {
  const alone = environment.NNODES === undefined;
  const exports = alone ? [] : PLACE.map(([ours, theirs]) => `export ${ours}="$${theirs}"`);
  return [...exports, `exec ${command.map(shellWord).join(' ')}`].join('\n');
}
