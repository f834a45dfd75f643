/** Runs the Python side as its users do, and reads what it leaves behind. */
import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { TRAINING } from './environment.ts';

export interface Trainer {
  readonly python: string;
  /** Where logs go. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

export interface TrainOptions {
  readonly name: string;
  readonly stage: 'sft' | 'dapo';
  readonly model: string;
  /** Folder with train.jsonl and validation.jsonl. */
  readonly data: string;
  readonly run: string;
  readonly tuner?: 'full' | 'lora';
  readonly resume?: boolean;
  readonly processes?: number;
  readonly flags: Readonly<Record<string, string | number>>;
}

/** Trains as `swe-manager-train` does. @throws Error with the log's end when it fails. */
export async function train(trainer: Trainer, options: TrainOptions): Promise<void> {
  const flags = Object.entries(options.flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const where = ['--model', options.model, '--data', options.data, '--output', options.run];
  const how = [
    '--device',
    'cpu',
    '--tuner',
    options.tuner ?? 'full',
    ...(options.resume ? ['--resume'] : []),
  ];
  const processes =
    options.processes === undefined
      ? {}
      : { NPROC_PER_NODE: String(options.processes), MASTER_PORT: String(await freePort()) };
  await runLogged(
    trainer,
    options.name,
    trainer.python,
    [
      ...['-m', 'swe_manager_training.train', options.stage, ...where, ...how],
      ...['--dataset_num_proc', '1', ...flags],
    ],
    processes,
  );
}

/** Runs Python with the package on its path. @returns what it printed on stdout. */
export function python(trainer: Trainer, name: string, args: readonly string[]): Promise<string> {
  return runLogged(trainer, name, trainer.python, ['-B', ...args], {});
}

function runLogged(
  trainer: Trainer,
  name: string,
  command: string,
  args: readonly string[],
  extra: Readonly<Record<string, string>>,
): Promise<string> {
  const file = join(trainer.folder, `${name}.log`);
  const log = createWriteStream(file);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: TRAINING,
      env: environment(trainer, extra),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    child.stdout.on('data', (piece: Buffer) => {
      printed += piece;
      log.write(piece);
    });
    child.stderr.on('data', (piece: Buffer) => log.write(piece));
    child.on('error', reject);
    child.on('close', (code) => {
      log.end(() => {
        if (code === 0) return resolve(printed);
        const end = readFileSync(file, 'utf8')
          .split(/[\r\n]+/)
          .slice(-25)
          .join('\n');
        reject(new Error(`${name} ended with ${code}:\n${end}`));
      });
    });
  });
}

/** Nothing is fetched while training; one thread a process, because threads that wait for each other spin. */
function environment(trainer: Trainer, extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:N?PROC|NNODES|NODE_RANK|MASTER_)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PYTHONPATH: TRAINING,
    PYTHONDONTWRITEBYTECODE: '1',
    HF_HUB_OFFLINE: '1',
    HF_DATASETS_CACHE: join(trainer.folder, 'datasets'),
    MODELSCOPE_CACHE: join(trainer.folder, 'modelscope'),
    TOKENIZERS_PARALLELISM: 'false',
    OMP_NUM_THREADS: '1',
    ...extra,
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export type LogLine = Readonly<Record<string, number | string>>;

/** What the trainer logged, line by line; steps of a resumed run follow those before it. */
export function readLog(run: string): LogLine[] {
  const lines = readFileSync(join(run, 'logging.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as LogLine);
}

/** The values of one figure, in order; lines without it are passed over. */
export function valuesOf(log: readonly LogLine[], figure: string): number[] {
  return log.flatMap((line) => (figure in line ? [Number(line[figure])] : []));
}
