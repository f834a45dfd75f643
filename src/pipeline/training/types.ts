/** The words of training: what is asked for, where it runs, and how it stands. Types only. */

export const STAGES = ['sft', 'dapo', 'embedded'] as const;
export type Stage = (typeof STAGES)[number];

export const TUNERS = ['lora', 'full'] as const;
export type Tuner = (typeof TUNERS)[number];

export const LAUNCHERS = ['local', 'kubernetes'] as const;
export type LauncherKind = (typeof LAUNCHERS)[number];

/** What a stage needs of the machines it runs on. */
export interface Resources {
  readonly nodes: number;
  readonly gpusPerNode: number;
  /** Least memory of each GPU, in GiB. */
  readonly gpuMemoryGiB: number;
}

/** Everything that is submitted: a pure function of what was asked for, so that asking twice gives the same name. */
export interface TrainingPlan {
  /** Lower-case letters, digits and hyphens, at most 63 characters: a DNS label, as Kubernetes wants. */
  readonly name: string;
  readonly stage: Exclude<Stage, 'embedded'>;
  readonly tuner: Tuner;
  /** A model on the hub or a directory of weights. */
  readonly base: string;
  readonly datasetVersion: number;
  /** Rows that are trained on. */
  readonly rows: number;
  /** Where the trainer finds its data and leaves its weights: directories as the trainer sees them. */
  readonly dataDir: string;
  readonly outputDir: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly resources: Resources;
  readonly estimate: CostEstimate;
}

/** A planning figure, never a measurement. */
export interface CostEstimate {
  readonly gpuHours: number;
  /** In the currency of the configured price; null without one. */
  readonly cost: number | null;
}

/** What there is to train on; null where nobody can tell. */
export interface Capacity {
  readonly gpus: readonly { readonly memoryGiB: number }[];
}

export type TrainingState = 'unknown' | 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface TrainingStatus {
  readonly state: TrainingState;
  /** Why it failed or waits; null when there is nothing to say. */
  readonly reason: string | null;
  /** When it last showed a sign of life; null before the first. */
  readonly lastSignAt: Date | null;
}

/** Where training runs. Every call may be repeated; what is known by a name is submitted once. */
export interface TrainingLauncher {
  readonly kind: LauncherKind;
  /** @throws TrainingError when it cannot be asked */
  capacity(): Promise<Capacity | null>;
  /** Submits the plan unless its name is known already. @throws TrainingError */
  submit(plan: TrainingPlan): Promise<void>;
  status(name: string): Promise<TrainingStatus>;
  /** Resolves when the status may have changed, after `atMostMs` at the latest; rejects when `signal` aborts. */
  untilChange(name: string, options: { atMostMs: number; signal: AbortSignal }): Promise<void>;
  /** The last lines of what it printed. */
  logs(name: string, lines: number): Promise<string>;
  /** Ends it if it runs; a name that is not known is no error. */
  cancel(name: string): Promise<void>;
  /** Exactly what would be submitted, as text to read. */
  describe(plan: TrainingPlan): string;
}
