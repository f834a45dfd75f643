/** TrainJobs that a cluster would refuse, each by one fault. */

/** A TrainJob as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: it is there to be broken in ways that no type allows
export type Job = any;

export interface Broken {
  readonly name: string;
  /** Changes the job, which is the caller's to lose. */
  readonly spoil: (job: Job) => Job;
}

const podOf = (job: Job) =>
  job.spec.runtimePatches[0].trainingRuntimeSpec.template.spec.replicatedJobs[0].template.spec.template.spec;

function broken(name: string, change: (job: Job) => unknown): Broken {
  return {
    name,
    spoil: (job) => {
      change(job);
      return job;
    },
  };
}

export const BROKEN: readonly Broken[] = [
  broken('a field that the trainer does not have', (job) => {
    job.spec.trainer.gpus = 1;
  }),
  broken('the overrides of an older version', (job) => {
    job.spec.podTemplateOverrides = job.spec.runtimePatches;
    delete job.spec.runtimePatches;
  }),
  broken('a number of nodes in words', (job) => {
    job.spec.trainer.numNodes = 'two';
  }),
  broken('no runtime', (job) => {
    delete job.spec.runtimeRef;
  }),
  broken('a runtime without a name', (job) => {
    delete job.spec.runtimeRef.name;
  }),
  broken('a command that is one string', (job) => {
    job.spec.trainer.command = 'swe-manager-job';
  }),
  broken('a misspelt mount', (job) => {
    podOf(job).containers[0].volumeMounts[0].mountpath = '/training';
  }),
  broken('a volume without a name', (job) => {
    delete podOf(job).volumes[0].name;
  }),
  broken('a variable without a name', (job) => {
    job.spec.trainer.env = [{ value: '1' }];
  }),
];
