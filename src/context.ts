/** Builds the context once: the only importer of adapters. */
import { readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { type Logger, pino } from 'pino';
import { systemClock } from './adapters/clock.ts';
import { takeDirectoryLock } from './adapters/db/directory-lock.ts';
import { isMigrated, migrate } from './adapters/db/migrate.ts';
import { openDatabase } from './adapters/db/open.ts';
import { restoreSnapshot } from './adapters/db/transfer/restore.ts';
import { takeSnapshot } from './adapters/db/transfer/snapshot.ts';
import { splitLines } from './adapters/db/transfer/split-lines.ts';
import type { OpenDatabase } from './adapters/db/types.ts';
import { createGitHubApp } from './adapters/github/app.ts';
import { createTokenGitHub } from './adapters/github/token.ts';
import { createInferenceClient } from './adapters/inference/client.ts';
import { clientOptions, type InferenceOptions } from './adapters/inference/options.ts';
import { forgetDeadJob, listDeadJobs } from './adapters/jobs/dead-jobs.ts';
import { createJobs } from './adapters/jobs/jobs.ts';
import { createKubernetesLauncher } from './adapters/training/kubernetes.ts';
import { createLocalLauncher } from './adapters/training/local.ts';
import { createRunFiles } from './adapters/training/run-files.ts';
import type { InferenceConfig } from './config/inference.ts';
import { type Config, trainerEnvironment } from './config.ts';
import { ConfigError, JudgeError } from './errors.ts';
import { createFailpoint } from './failpoints.ts';
import { createEmbeddedJudge } from './pipeline/judge/embedded/judge.ts';
import { parseTrainedWeights } from './pipeline/judge/embedded/trained.ts';
import { createModelJudge, type ModelJudgeOptions } from './pipeline/judge/model/judge.ts';
import type { InferenceClient } from './pipeline/judge/model/port.ts';
import type { Judge } from './pipeline/judge/types.ts';
import type { Training, TrainingLauncher } from './pipeline/training/types.ts';
import type {
  AppContext,
  Clock,
  Db,
  FailedJob,
  GitHub,
  GitHubApp,
  JudgeFactory,
  LearningParts,
  LoadableVersion,
} from './ports.ts';
import { dropLeases } from './store/leases.ts';
import { createServingJudge } from './tasks/learning/serving-judge.ts';
import { calibrate } from './tasks/support/calibration.ts';
import { respectPauses } from './tasks/support/respect-pauses.ts';

/** A process that is just ending is waited for; milliseconds. */
const TRANSFER_WAIT_MS = 3_000;

export interface Store {
  readonly db: Db;
  readonly kind: 'pglite' | 'postgres';
  /** True when another process owns the embedded database. */
  readonly remote: boolean;
  /** Wake-ups of the queue that failed for good. */
  deadJobs(): Promise<readonly FailedJob[]>;
  forgetDeadJob(id: string): Promise<void>;
  /** Calls `use` with the whole database, as it is at one moment, as chunks of text. */
  snapshot<Result>(use: (chunks: AsyncIterable<string>) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface OpenContext {
  readonly ctx: AppContext;
  readonly kind: 'pglite' | 'postgres';
  /** False while the database lacks this version's tables. @throws while it does not answer. */
  isMigrated(): Promise<boolean>;
  /** The workers take no more jobs; resolves when they are done with theirs, or after `timeoutMs`. */
  drain(options?: { timeoutMs?: number }): Promise<void>;
  /** Closes everything; drains first, unless that is done. */
  close(): Promise<void>;
}

/** What tests and the demo put in place of the real thing. */
export interface ContextParts {
  /** An open, migrated database; it is closed with the context. */
  readonly database?: OpenDatabase;
  readonly github?: GitHubApp;
  readonly judge?: Judge;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly learning?: LearningParts;
}

export function createLogger(config: Config): Logger {
  return pino({ level: config.logLevel, redact: ['*.privateKey', '*.secret', '*.token', '*.authorization'] });
}

/** Opens the database alone, migrated: for commands that only read or export. */
export async function openStore(config: Config): Promise<Store> {
  const database = await openDatabase({ databaseUrl: config.databaseUrl, dataDir: config.dataDir });
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  const { db, kind, remote } = database;
  return {
    db,
    kind,
    remote,
    deadJobs: () => listDeadJobs(database),
    forgetDeadJob: (id) => forgetDeadJob(database, id),
    snapshot: (use) => takeSnapshot(db, use),
    close: () => database.close(),
  };
}

export interface TransferEnd {
  snapshot: Store['snapshot'];
  /** Fills the database, which must be empty, and says what every table got. */
  restore(chunks: AsyncIterable<string>): Promise<readonly { name: string; count: number }[]>;
  close(): Promise<void>;
}

/**
 * One end of a restore or a move, migrated.
 * @throws DataDirectoryLockedError when a process uses the embedded database: its data must stand still.
 */
export async function openForTransfer(config: Config): Promise<TransferEnd> {
  const { databaseUrl, dataDir } = config;
  const database = await openDatabase({ databaseUrl, dataDir, embedded: 'own', waitMs: TRANSFER_WAIT_MS });
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return {
    snapshot: (use) => takeSnapshot(database.db, use),
    restore: (chunks) => restoreSnapshot(database.db, splitLines(chunks)),
    close: () => database.close(),
  };
}

/** Opens everything an App process needs: database, queue, GitHub, judge. */
export async function createContext(config: Config, parts: ContextParts = {}): Promise<OpenContext> {
  const logger = parts.logger ?? createLogger(config);
  const app = parts.github ?? gitHubAppOf(config);
  const database = parts.database ?? (await openOwnDatabase(config, logger));
  const jobs = createJobs(database, { logger });
  try {
    if (!parts.database) await migrate(database);
    // PGlite has one owner: whoever held a lease before it is dead.
    if (!parts.database && database.kind === 'pglite') await dropLeases(database.db);
    await jobs.start();
  } catch (error) {
    await database.close();
    throw error;
  }
  const own = openJudge(config, { calibration: (key) => calibrate(database.db, key) });
  const judges = parts.judge ? only(parts.judge) : own.judges;
  const ctx: AppContext = {
    config,
    db: database.db,
    jobs,
    github: respectPauses({ config, db: database.db }, app),
    judge: createServingJudge(database.db, judges),
    judges,
    training: openTraining(config),
    learning: parts.learning ?? { codeVersion: 'unknown' },
    clock: parts.clock ?? systemClock,
    logger,
    failpoint: createFailpoint(config.failpoint),
  };
  const drain: OpenContext['drain'] = ({ timeoutMs = config.drainMs } = {}) => jobs.stop({ timeoutMs });
  return {
    ctx,
    kind: database.kind,
    isMigrated: () => isMigrated(database),
    drain,
    close: async () => {
      await drain();
      await own.close();
      await database.close();
    },
  };
}

function openOwnDatabase(config: Config, logger: Logger): Promise<OpenDatabase> {
  return openDatabase({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    embedded: 'own',
    onIdleError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
  });
}

export interface OpenJudge {
  /** The judge that the configuration names. */
  readonly judge: Judge;
  /** Opens any version over the same connections. */
  readonly judges: JudgeFactory;
  /** The service behind it; null for the embedded judge. */
  readonly service: InferenceClient | null;
  close(): Promise<void>;
}

/**
 * The judge that the configuration names. Opening it makes no traffic; the embedded one is never a fallback for a
 * model that is down.
 */
export function openJudge(config: Config, options: Pick<ModelJudgeOptions, 'calibration'> = {}): OpenJudge {
  const { inference } = config;
  if (inference === null) {
    const judges: JudgeFactory = {
      kind: 'embedded',
      open: (version) => createEmbeddedJudge(version && parseTrainedWeights(version.weights)),
    };
    return { judge: judges.open(null), judges, service: null, close: async () => {} };
  }
  const service = openInference(inference);
  const judges: JudgeFactory = {
    kind: 'model',
    open: (version, { seed } = {}) =>
      createModelJudge({
        client: service,
        model: version?.name ?? inference.model,
        policy: { votes: inference.votes },
        budget: inference.tokens,
        ablate: inference.tokens.thinking > 0 ? [] : ['thinking'],
        ...(seed === undefined ? {} : { seed: ({ issue }) => `${seed}:${issue.number}` }),
        ...options,
      }),
    load: (version, signal) => loadVersion(service, version, signal),
  };
  return { judge: judges.open(null), judges, service, close: () => service.close() };
}

/** Whole weights are started with a server, and only adapters can be added to one. @throws JudgeError */
async function loadVersion(
  service: InferenceClient,
  { name, path, files }: LoadableVersion,
  signal?: AbortSignal,
): Promise<void> {
  if (path !== null && files.some((file) => file.path === 'adapter_config.json')) {
    return service.loadAdapter({ name, path }, signal);
  }
  if ((await service.models(signal)).includes(name)) return;
  throw new JudgeError(
    `No inference server serves ${name}.`,
    `Start one with --served-model-name ${name}${path === null ? '' : ` on ${path}`}, and add it to INFERENCE_URL.`,
    { retryable: false },
  );
}

/** What tests put in the judge's place knows no versions. */
function only(judge: Judge): JudgeFactory {
  return { kind: 'embedded', open: () => judge };
}

export { systemClock };

/** A lock on `file` that dies with this process; null when another one holds it. */
export const lockFile = takeDirectoryLock;

/** A client of the inference service with its own connections. */
export function openInference(
  config: InferenceConfig,
  override: Partial<Pick<InferenceOptions, 'maxInFlight'>> = {},
): InferenceClient {
  return createInferenceClient(clientOptions(config, override));
}

/** Where the served model is trained. Opening it makes no traffic and starts nothing. */
export function openTraining(config: Config): Training {
  const root = resolve(config.trainer.dir ?? join(config.dataDir, 'training'));
  const launchers = new Map<string, TrainingLauncher>();
  return {
    root: (kind) => (kind === 'local' ? root : config.trainer.cluster.mountPath),
    files: createRunFiles(root),
    launcher: (kind) => {
      const launcher =
        launchers.get(kind) ?? (kind === 'local' ? localLauncher(config, root) : clusterLauncher(config));
      launchers.set(kind, launcher);
      return launcher;
    },
  };
}

function localLauncher({ trainer: { venv } }: Config, root: string): TrainingLauncher {
  const environment = trainerEnvironment();
  const path = venv === null ? environment.PATH : [resolve(venv, 'bin'), environment.PATH].join(delimiter);
  return createLocalLauncher({ root, environment: { ...environment, PATH: path ?? '' } });
}

/** @throws ConfigError */
function clusterLauncher({ trainer: { cluster } }: Config): TrainingLauncher {
  const { image, volumeClaim, kubeconfig } = cluster;
  if (image === null || volumeClaim === null) {
    throw new ConfigError(
      'The cluster to train on is not configured.',
      'Set TRAIN_IMAGE and TRAIN_VOLUME_CLAIM, or use --launcher local.',
    );
  }
  return createKubernetesLauncher({
    ...cluster,
    image,
    volumeClaim,
    kubeconfig: kubeconfig === null ? null : readKubeconfig(kubeconfig),
  });
}

function readKubeconfig(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`TRAIN_KUBECONFIG cannot be read: ${path}`, 'Check the path and its permissions.', {
      cause,
    });
  }
}

/** GitHub with a person's token, or none for public issues. */
export function gitHubWithToken(config: Config, token: string | null): GitHub {
  return createTokenGitHub({ token, baseUrl: config.githubApiUrl });
}

/** @throws ConfigError while no App is configured. */
export function gitHubAppOf(config: Config): GitHubApp {
  if (config.app === null) {
    throw new ConfigError(
      'The GitHub App is not configured.',
      'Set APP_ID and PRIVATE_KEY, or run `swe-manager start` without them and register the App in the browser.',
    );
  }
  return createGitHubApp({
    appId: config.app.id,
    privateKey: config.app.privateKey,
    baseUrl: config.githubApiUrl,
  });
}
