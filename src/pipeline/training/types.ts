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
  /** Version of the code that planned it. */
  readonly codeVersion: string;
}

/** A planning figure, never a measurement. */
export interface CostEstimate {
  readonly gpuHours: number;
  /** In the currency of the configured price; null without one. */
  readonly cost: number | null;
}

/** What there is to train on; null where nobody can tell. */
export interface Capacity {
  readonly nodes: readonly { readonly gpus: readonly { readonly memoryGiB: number }[] }[];
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
  /** The same as data. */
  submission(plan: TrainingPlan): object;
}

/** A file of a trained model, by its path in the checkpoint. */
export interface TrainedFile {
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** What a trainer that ended well has left. */
export interface TrainingResult {
  /** The best checkpoint's folder, as the trainer and the inference service see it. */
  readonly path: string;
  readonly files: readonly TrainedFile[];
  readonly metrics: Readonly<Record<string, number>>;
}

/** The files of training runs. */
export interface RunFiles {
  /** Puts rows (JSONL) where the plan expects them; they appear only when all are there. @throws TrainingError */
  writeRows(plan: TrainingPlan, chunks: AsyncIterable<string>): Promise<void>;
  /** Removes the rows, as exported and as prepared. */
  removeRows(plan: TrainingPlan): Promise<void>;
  /** Removes every file of the run that may hold text of a thread: rows, sampled answers, what the trainer printed. */
  removeTexts(plan: TrainingPlan): Promise<void>;
  /** Reads and checks every file of the best checkpoint. @throws TrainingError that says what is wrong with it */
  readResult(plan: TrainingPlan): Promise<TrainingResult>;
  /** When the trainer last wrote into its folder; null before that. */
  lastChangeAt(plan: TrainingPlan): Promise<Date | null>;
  /** The last line of the trainer's own log, as data; null before the first. */
  lastLog(plan: TrainingPlan): Promise<Readonly<Record<string, unknown>> | null>;
  /** The last lines of sampled answers, newest last: one line a step. */
  completionLines(plan: TrainingPlan, lines: number): Promise<readonly string[]>;
}

/** Where training runs, and where its files are. */
export interface Training {
  /** @throws ConfigError when it is not configured */
  launcher(kind: LauncherKind): TrainingLauncher;
  /** The directory of all runs, as the trainer sees it. */
  root(kind: LauncherKind): string;
  readonly files: RunFiles;
}
