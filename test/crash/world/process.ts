/** One process of the App, started as an operator starts it, that can die and be started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { LAST_WORDS } from '../../../src/failpoints.ts';
import { endsWithTest } from '../ends-with-test.ts';

export type Role = 'all' | 'web' | 'worker';

export interface AppProcess {
  readonly role: Role;
  /** The path of the command: another version of it may take over at the next start. */
  program: string;
  /** Starts it and waits until it says that it runs. @throws Error when it ends first. */
  start(extraEnv?: Readonly<Record<string, string>>): Promise<void>;
  /** SIGKILL, as the kernel does it when memory runs out. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code once it has ended. */
  stop(): Promise<number | null>;
  readonly running: boolean;
  /** Null while it does not run. */
  readonly pid: number | null;
  /** Called when it says that it runs, or ends before. */
  onStarted: () => void;
  /** Called when it ends without having been asked to. */
  onDeath: (how: Death) => void;
}

export interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** At which it killed itself; null when it did not. */
  readonly failpoint: string | null;
}

export const PROGRAM = path.join(import.meta.dirname, '../../../src/cli/bin.js');
/** What the program logs once it serves. */
const RUNS = 'SWE-Manager runs';
/** Characters of stderr that are kept. */
const MOST_WORDS = 1_000;

export function createAppProcess(options: {
  readonly role: Role;
  /** Asked at every start: a database may have moved. */
  readonly env: () => Readonly<Record<string, string>>;
  /** Takes what the process prints, over all its lives. */
  readonly logFile: string;
  /** A directory without a `.env` file. */
  readonly cwd: string;
}): AppProcess {
  const log = createWriteStream(options.logFile, { flags: 'a' });
  let child: ChildProcess | null = null;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const ending = child;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return null;
    child = null; // From here on its end is no surprise.
    const exited = once(ending, 'exit');
    ending.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  };
  const self: AppProcess = {
    role: options.role,
    program: PROGRAM,
    onStarted: () => {},
    onDeath: () => {},
    get running() {
      return child !== null;
    },
    get pid() {
      return child?.pid ?? null;
    },
    start: async (extraEnv = {}) => {
      const started = spawn(process.execPath, [self.program, 'start', '--role', options.role], {
        cwd: options.cwd,
        env: { PATH: process.env.PATH, ...options.env(), ...extraEnv },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = endsWithTest(started);
      started.stdout.pipe(log, { end: false });
      started.stderr.pipe(log, { end: false });
      let lastWords = '';
      started.stderr.on('data', (text: Buffer) => {
        lastWords = `${lastWords}${text}`.slice(-MOST_WORDS);
      });
      // Not before all that it said was read.
      started.once('close', (code, signal) => {
        if (child !== started) return;
        child = null;
        self.onDeath({ code, signal, failpoint: failpointIn(lastWords) });
      });
      await untilRunning(started);
      self.onStarted();
    },
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
  return self;
}

function failpointIn(lastWords: string): string | null {
  const line = lastWords.split('\n').findLast((one) => one.startsWith(LAST_WORDS));
  return line?.slice(LAST_WORDS.length) ?? null;
}

/** Resolves also when the process dies first: it may have been told to. */
function untilRunning(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.stdout?.on('data', (text: Buffer) => {
      if (text.includes(RUNS)) resolve();
    });
    child.once('exit', () => resolve());
  });
}

/** A TCP port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port was given');
  return address.port;
}
