/** A GitHub, a database, and the App's real processes between them, which may die at any time. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type FakeGitHub,
  type FakeGitHubOptions,
  startFakeGitHub,
} from '../../../src/sandbox/github/index.ts';
import { broken, type Violation } from '../result.ts';
import type { DatabaseFactory, WorldDatabase } from './database.ts';
import { createPeople, type People } from './people.ts';
import { type AppProcess, createAppProcess, freePort, type Role } from './process.ts';

/** How much shorter than GitHub's all its limits are here; the fake enforces them so, and the App is told so. */
export const LIMITS_SCALE = 0.02;
const GITHUB_LIMITS = { contentPerMinute: 80, contentPerHour: 500, minWriteIntervalMs: 1_000 };
/** Between two looks at the world while waiting for it. */
const GLANCE_MS = 50;

export interface World {
  readonly name: string;
  readonly github: FakeGitHub;
  readonly database: WorldDatabase;
  readonly people: People;
  readonly processes: readonly AppProcess[];
  /** Where the App listens, without a trailing slash. */
  readonly appUrl: string;
  /** What went wrong besides what the oracle will find. */
  readonly violations: Violation[];
  /** Where the processes' logs are. */
  readonly directory: string;
  start(): Promise<void>;
  /** Asks all processes to stop, and notes it when one does not stop well. */
  stop(): Promise<void>;
  /** Waits for something on GitHub. @throws Error naming `what` when it does not come. */
  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly name: string;
  readonly directory: string;
  readonly databases: DatabaseFactory;
  readonly roles: readonly Role[];
  readonly inferenceUrl?: string;
  readonly github?: FakeGitHubOptions;
  /** More variables of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The failpoint of the process that is about to start; null for none. */
  readonly failpoint?: () => string | null;
  /** Called when a failpoint killed a process, before it is started again. */
  readonly onKilled?: (failpoint: string) => void;
  /** Milliseconds until something that does not come counts as lost, from the last start of a process. */
  readonly patienceMs: number;
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const { name, directory, patienceMs } = options;
  const github = await startFakeGitHub({ ...GITHUB_LIMITS, limitsScale: LIMITS_SCALE, ...options.github });
  const database = await options.databases.create();
  const port = await freePort();
  const appUrl = `http://127.0.0.1:${port}`;
  github.webhooks.url = `${appUrl}/api/github/webhooks`;
  const own = { ...environmentOf(github, port, options.inferenceUrl), ...options.env };
  const env = () => ({ ...database.env, ...own });
  const violations: Violation[] = [];
  let stopping = false;
  let lastStart = 0;
  const startArmed = async (one: AppProcess): Promise<void> => {
    const failpoint = options.failpoint?.() ?? null;
    await one.start(failpoint === null ? {} : { SWE_MANAGER_FAILPOINT: failpoint });
  };
  const processes = options.roles.map((role, index) =>
    createAppProcess({ role, env, cwd: directory, logFile: path.join(directory, `${name}-${index}.log`) }),
  );
  for (const one of processes) {
    one.onStarted = () => {
      lastStart = Date.now();
    };
    // As a process manager does it.
    one.onDeath = ({ code, signal, failpoint }) => {
      if (signal === 'SIGKILL' && failpoint !== null) options.onKilled?.(failpoint);
      else violations.push(broken(`a process ended by itself, with ${code ?? signal}`));
      if (!stopping) void startArmed(one);
    };
  }
  return {
    name,
    github,
    database,
    people: createPeople(github),
    processes,
    appUrl,
    violations,
    directory,
    start: async () => {
      await Promise.all(processes.map(startArmed));
    },
    stop: async () => {
      stopping = true;
      for (const code of await Promise.all(processes.map((one) => one.stop())))
        if (code !== null && code !== 0)
          violations.push(broken(`a process that was asked to stop ended with ${code}`));
    },
    until: async (what, holds) => {
      const began = Date.now();
      while (!(await holds())) {
        if (Date.now() - Math.max(began, lastStart) > patienceMs)
          throw new Error(`${name}: waited in vain for ${what}`);
        await sleep(GLANCE_MS);
      }
    },
    close: async () => {
      stopping = true;
      await Promise.all(processes.map((one) => one.kill()));
      await github.close();
      await database.drop();
    },
  };
}

function environmentOf(github: FakeGitHub, port: number, inferenceUrl?: string): Record<string, string> {
  return {
    APP_ID: String(github.app.id),
    PRIVATE_KEY: github.privateKey,
    WEBHOOK_SECRET: github.webhookSecret,
    GITHUB_API_URL: github.url,
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'info',
    LIMITS_SCALE: String(LIMITS_SCALE),
    LOOK_AROUND_MS: '1000',
    SWEEP_MS: '2000',
    PLACEHOLDER_AFTER_MS: '100',
    ANSWERS_PER_HOUR: '100000',
    ...(inferenceUrl === undefined ? {} : { INFERENCE_URL: inferenceUrl }),
  };
}
