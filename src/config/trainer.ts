/** Where the served model is trained, from what, and what that costs. */
import * as z from 'zod';
import { LAUNCHERS, type LauncherKind, TUNERS, type Tuner } from '../pipeline/training/types.ts';
import { milliseconds, optionalText, positive, text, variable } from './variables.ts';

/** The variables of the environment, to be spread into the schema that reads them all. */
export const trainerVariables = {
  TRAIN_LAUNCHER: variable(z.enum(LAUNCHERS).default('local')),
  TRAIN_TUNER: variable(z.enum(TUNERS).default('lora')),
  TRAIN_DIR: optionalText,
  TRAIN_BASE: text('Qwen/Qwen3-8B'),
  TRAIN_SFT_MODEL: optionalText,
  TRAIN_PRICE_PER_GPU_HOUR: variable(z.coerce.number().min(0).optional()),
  TRAIN_STALL_MINUTES: positive(60),
  TRAIN_FOLLOW_MS: milliseconds(30_000),
  TRAIN_VENV: optionalText,
  TRAIN_NAMESPACE: text('default'),
  TRAIN_IMAGE: optionalText,
  TRAIN_VOLUME_CLAIM: optionalText,
  TRAIN_MOUNT_PATH: variable(z.string().startsWith('/').default('/training')),
  TRAIN_KUBECONFIG: optionalText,
} as const;

export interface TrainerConfig {
  /** Where training runs unless it is said. */
  readonly launcher: LauncherKind;
  /** Adapters or all weights, unless it is said. */
  readonly tuner: Tuner;
  /** The directory of all runs, as this process sees it; null: `training` under the data directory. */
  readonly dir: string | null;
  /** What SFT starts from: a model on the hub or a directory of weights. */
  readonly base: string;
  /** The fixed SFT model that every DAPO run starts from; null: see tasks/training/choose-base.ts. */
  readonly sftModel: string | null;
  /** Null leaves costs out. */
  readonly pricePerGpuHour: number | null;
  /** How long a trainer may show no sign of life, in milliseconds. */
  readonly stallMs: number;
  /** Milliseconds from one look at the runs under way to the next. */
  readonly followMs: number;
  /** A virtual environment with swe-manager-training; null: it is on the PATH. */
  readonly venv: string | null;
  readonly cluster: {
    readonly namespace: string;
    readonly image: string | null;
    readonly volumeClaim: string | null;
    /** Where the claim is mounted in the pods. */
    readonly mountPath: string;
    /** A file; null: the cluster this runs in, or the user's own file. */
    readonly kubeconfig: string | null;
  };
}

export function readTrainer(e: z.output<z.ZodObject<typeof trainerVariables>>): TrainerConfig {
  return {
    launcher: e.TRAIN_LAUNCHER,
    tuner: e.TRAIN_TUNER,
    dir: e.TRAIN_DIR ?? null,
    base: e.TRAIN_BASE,
    sftModel: e.TRAIN_SFT_MODEL ?? null,
    pricePerGpuHour: e.TRAIN_PRICE_PER_GPU_HOUR ?? null,
    stallMs: e.TRAIN_STALL_MINUTES * 60_000,
    followMs: e.TRAIN_FOLLOW_MS,
    venv: e.TRAIN_VENV ?? null,
    cluster: {
      namespace: e.TRAIN_NAMESPACE,
      image: e.TRAIN_IMAGE ?? null,
      volumeClaim: e.TRAIN_VOLUME_CLAIM ?? null,
      mountPath: e.TRAIN_MOUNT_PATH,
      kubeconfig: e.TRAIN_KUBECONFIG ?? null,
    },
  };
}
