/**
 * The environment, checked once. The only reader of `process.env`; everything else gets a `Config`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { type InferenceConfig, inferenceVariables, readInference } from './config/inference.ts';
import { type LearningConfig, learningVariables, readLearning } from './config/learning.ts';
import { readTrainer, type TrainerConfig, trainerVariables } from './config/trainer.ts';
import { count, milliseconds, optionalText, positive, text, variable } from './config/variables.ts';
import { ConfigError } from './errors.ts';

const flag = variable(
  z
    .enum(['true', 'false', '1', '0'])
    .default('false')
    .transform((value) => value === 'true' || value === '1'),
);
const idList = variable(
  z
    .string()
    .regex(/^\d+( *, *\d+)*$/, 'expected installation ids separated by commas')
    .transform((ids) => ids.split(',').map(Number))
    .optional(),
);

const environmentSchema = z.object({
  APP_ID: variable(z.coerce.number().int().positive().optional()),
  PRIVATE_KEY: optionalText,
  PRIVATE_KEY_PATH: optionalText,
  WEBHOOK_SECRET: optionalText,
  MARKER_SECRET: optionalText,
  PORT: variable(z.coerce.number().int().min(0).max(65_535).default(3000)),
  HOST: text('0.0.0.0'),
  WEBHOOK_PATH: variable(z.string().startsWith('/').default('/api/github/webhooks')),
  GITHUB_API_URL: variable(z.url().default('https://api.github.com')),
  DATABASE_URL: optionalText,
  SWE_MANAGER_DATA_DIR: text('.swe-manager'),
  ...inferenceVariables,
  LOG_LEVEL: variable(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')),
  POSTING_DISABLED: flag,
  INSTALLATION_ALLOWLIST: idList,
  JUDGE_CALLS_PER_DAY: count(0, 0),
  ANSWERS_PER_HOUR: count(0, 6),
  WRITE_SPACING_MS: milliseconds(1000),
  LIMITS_SCALE: positive(1),
  CONCURRENCY: count(1, 4),
  LOOK_AROUND_MS: milliseconds(15_000),
  SWEEP_MS: milliseconds(300_000),
  DRAIN_MS: milliseconds(20_000),
  PLACEHOLDER_AFTER_MS: milliseconds(30_000),
  SWE_MANAGER_FAILPOINT: optionalText,
  RETENTION_DAYS: count(0, 0),
  TRAINING_CONSENT: variable(z.enum(['deny', 'allow']).default('deny')),
  ...learningVariables,
  ...trainerVariables,
});

export interface Config {
  /** Null until the App is registered: the web role then serves Probot's setup page. */
  readonly app: { readonly id: number; readonly privateKey: string } | null;
  readonly webhook: { readonly secret: string | null; readonly path: string };
  /** Secrets of the comment marker, separated by commas, newest first; the first one signs. */
  readonly markerSecret: string | null;
  readonly http: { readonly port: number; readonly host: string };
  readonly githubApiUrl: string;
  /** Null: the embedded database under `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** The service of the model that judges; null: the embedded judge. */
  readonly inference: InferenceConfig | null;
  readonly logLevel: string;
  /** The operator's switch: judge and record, but write nothing to GitHub. */
  readonly postingDisabled: boolean;
  /** Installation ids that are served; null serves all. */
  readonly installationAllowlist: readonly number[] | null;
  /** Judge calls an installation may use in 24 hours; 0 is no limit. */
  readonly judgeCallsPerDay: number;
  /** Help, status, explain and refusal answers an issue gets in an hour. */
  readonly answersPerHour: number;
  /** Least time between two writes of one installation, in milliseconds. */
  readonly writeSpacingMs: number;
  /**
   * Multiplies every time that GitHub's limits are made of: spacing, ceilings, waits and second looks. 1 for
   * GitHub; a fake GitHub that keeps limits a hundredth as long is met with 0.01.
   */
  readonly limitsScale: number;
  /** Issues that one process works on at once; also deliveries, and installations that are written to. */
  readonly concurrency: number;
  /** Milliseconds from one look around for work that nobody was woken for to the next. */
  readonly lookAroundMs: number;
  /** Milliseconds from one sweep for lost deliveries and unseen commands to the next. */
  readonly sweepMs: number;
  /** Milliseconds that work under way gets to finish when the process is asked to stop. */
  readonly drainMs: number;
  /** How long the judge may take before a placeholder is posted, in milliseconds. */
  readonly placeholderAfterMs: number;
  /** Days without an event after which an issue's texts are erased; 0 keeps them. */
  readonly retentionDays: number;
  /** The operator's default where a public repository's own config says nothing about training. */
  readonly trainingConsent: boolean;
  readonly learning: LearningConfig;
  readonly trainer: TrainerConfig;
  /** Where the crash test kills this process (see failpoints.ts); null everywhere else. */
  readonly failpoint: string | null;
}

/** Takes what is not set from the file `.env` of the working directory, where Probot's setup page writes the keys. */
export function loadEnvironmentFile(path = '.env'): void {
  if (existsSync(path)) process.loadEnvFile(path);
}

/**
 * Reads the environment.
 * @throws ConfigError that names every variable that is wrong and what it should be.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const e = parse(environmentSchema, env);
  return {
    app: readApp(e.APP_ID, e.PRIVATE_KEY, e.PRIVATE_KEY_PATH),
    webhook: { secret: e.WEBHOOK_SECRET?.trim() || null, path: e.WEBHOOK_PATH },
    markerSecret: e.MARKER_SECRET ?? e.WEBHOOK_SECRET?.trim() ?? null,
    http: { port: e.PORT, host: e.HOST },
    githubApiUrl: e.GITHUB_API_URL.replace(/\/$/, ''),
    databaseUrl: e.DATABASE_URL ?? null,
    dataDir: resolve(e.SWE_MANAGER_DATA_DIR),
    inference: readInference(e),
    logLevel: e.LOG_LEVEL,
    postingDisabled: e.POSTING_DISABLED,
    installationAllowlist: e.INSTALLATION_ALLOWLIST ?? null,
    judgeCallsPerDay: e.JUDGE_CALLS_PER_DAY,
    answersPerHour: e.ANSWERS_PER_HOUR,
    writeSpacingMs: e.WRITE_SPACING_MS,
    limitsScale: readLimitsScale(e.LIMITS_SCALE, e.GITHUB_API_URL),
    concurrency: e.CONCURRENCY,
    lookAroundMs: e.LOOK_AROUND_MS,
    sweepMs: e.SWEEP_MS,
    drainMs: e.DRAIN_MS,
    placeholderAfterMs: e.PLACEHOLDER_AFTER_MS,
    retentionDays: e.RETENTION_DAYS,
    trainingConsent: e.TRAINING_CONSENT === 'allow',
    learning: readLearning(e),
    trainer: readTrainer(e),
    failpoint: e.SWE_MANAGER_FAILPOINT ?? null,
  };
}

/** Every variable that `loadConfig` reads with its default as text, null where unset has a meaning of its own. */
export function environmentVariables(): { readonly name: string; readonly fallback: string | null }[] {
  const defaults: Record<string, unknown> = environmentSchema.parse({});
  return Object.keys(environmentSchema.shape).map((name) => ({
    name,
    fallback: defaults[name] === undefined ? null : String(defaults[name]),
  }));
}

/**
 * Reads the variables of the inference service alone, for commands that need nothing else.
 * @param url stands in for INFERENCE_URL
 * @throws ConfigError
 */
export function loadInferenceConfig(
  url?: string,
  env: NodeJS.ProcessEnv = process.env,
): InferenceConfig | null {
  return readInference(
    parse(z.object(inferenceVariables), url === undefined ? env : { ...env, INFERENCE_URL: url }),
  );
}

function parse<Output>(schema: z.ZodType<Output>, env: NodeJS.ProcessEnv): Output {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(
    `The environment is not valid: ${problems.join('; ')}`,
    'Correct these variables; .env.example lists all of them with their defaults.',
  );
}

/** A person's token for reading GitHub from the command line; null reads public issues without one. */
export function readToken(env: NodeJS.ProcessEnv = process.env): string | null {
  return env.GITHUB_TOKEN || env.GH_TOKEN || null;
}

/** What a trainer on this machine gets of the environment: everything but what is ours, secrets above all. */
export function trainerEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const ours = new Set([...Object.keys(environmentSchema.shape), 'GITHUB_TOKEN', 'GH_TOKEN']);
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || ours.has(name) ? [] : [[name, value]],
    ),
  );
}

/** GitHub's own limits are not ours to shorten. */
function readLimitsScale(scale: number, apiUrl: string): number {
  if (scale < 1 && new URL(apiUrl).hostname === 'api.github.com') {
    throw new ConfigError(
      `LIMITS_SCALE is ${scale}, which would break the limits of ${apiUrl}.`,
      'Unset it; it is for tests against a fake GitHub that scales its limits as well.',
    );
  }
  return scale;
}

function readApp(id?: number, key?: string, keyPath?: string): Config['app'] {
  if (id === undefined) return null;
  const privateKey = key ? decodeKey(key) : keyPath ? readKeyFile(keyPath) : null;
  if (privateKey === null) {
    throw new ConfigError(
      'APP_ID is set but the private key is missing.',
      'Set PRIVATE_KEY or PRIVATE_KEY_PATH.',
    );
  }
  return { id, privateKey };
}

/** Environments cannot always hold line breaks: `\n` sequences and base64 are accepted too. */
function decodeKey(key: string): string {
  if (key.includes('-----BEGIN')) return key.replaceAll('\\n', '\n');
  const decoded = Buffer.from(key, 'base64').toString('utf8');
  if (decoded.includes('-----BEGIN')) return decoded;
  throw new ConfigError(
    'PRIVATE_KEY is not a PEM key.',
    'Paste the .pem file that GitHub gave you, or its base64.',
  );
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`PRIVATE_KEY_PATH cannot be read: ${path}`, 'Check the path and its permissions.', {
      cause,
    });
  }
}
