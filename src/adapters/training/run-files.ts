/**
 * The files of training runs on a disk that the trainer sees too. It may know that disk by another path (a volume
 * that is mounted elsewhere); every run is a folder of its name in it.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { TrainingError } from '../../errors.ts';
import type { RunFiles, TrainingPlan, TrainingResult } from '../../pipeline/training/types.ts';
import { readCheckpoint } from './checkpoint.ts';
import { lastLines } from './last-lines.ts';

/** What the job writes at its end (training/swe_manager_training/job.py). */
const resultSchema = z.object({
  checkpoint: z.string().regex(/^checkpoint-\d+$/),
  metrics: z.record(z.string(), z.number()),
});

/** What ms-swift writes beside its checkpoints: sampled answers with their prompts, and rows it validates on. */
const WITH_TEXTS = ['completions.jsonl', 'val_dataset.jsonl'] as const;

/** @param root the directory of all runs, as this process sees it */
export function createRunFiles(root: string): RunFiles {
  const dataDir = ({ name }: TrainingPlan) => join(root, name, 'data');
  const outputDir = ({ name }: TrainingPlan) => join(root, name, 'output');
  const removeRows = async (plan: TrainingPlan) => {
    await rm(dataDir(plan), { recursive: true, force: true });
    await rm(join(outputDir(plan), 'data'), { recursive: true, force: true });
  };
  return {
    writeRows: (plan, chunks) => writeRows(dataDir(plan), chunks),
    removeRows,
    removeTexts: async (plan) => {
      await removeRows(plan);
      for (const name of WITH_TEXTS) await rm(join(outputDir(plan), name), { force: true });
      // The trainer prints the first row it reads.
      await rm(join(root, plan.name, 'log'), { force: true });
    },
    readResult: (plan) => readResult(plan, outputDir(plan)),
    lastChangeAt: (plan) => lastChangeAt(outputDir(plan)),
    lastLog: async (plan) => {
      const [line] = await lastLines(join(outputDir(plan), 'logging.jsonl'), 1);
      return line === undefined ? null : readRecord(line);
    },
    completionLines: (plan, lines) => lastLines(join(outputDir(plan), 'completions.jsonl'), lines),
  };
}

async function writeRows(dir: string, chunks: AsyncIterable<string>): Promise<void> {
  const file = join(dir, 'rows.jsonl');
  const partial = `${file}.${process.pid}.partial`;
  try {
    await mkdir(dir, { recursive: true });
    await pipeline(Readable.from(chunks), createWriteStream(partial));
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => {}); // The cause says more than what came of tidying up.
    throw new TrainingError(
      `The rows cannot be written: ${(cause as Error).message}.`,
      'Make room under TRAIN_DIR, or set it to another place.',
      { cause, retryable: true },
    );
  }
}

async function readResult(plan: TrainingPlan, dir: string): Promise<TrainingResult> {
  const { checkpoint, metrics } = await readNote(dir);
  const files = await readCheckpoint(join(dir, checkpoint));
  return { path: `${plan.outputDir}/${checkpoint}`, files, metrics };
}

/** @throws TrainingError */
async function readNote(dir: string): Promise<z.output<typeof resultSchema>> {
  try {
    return resultSchema.parse(JSON.parse(await readFile(join(dir, 'result.json'), 'utf8')));
  } catch (cause) {
    const absent = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new TrainingError(
      absent
        ? 'The trainer ended without naming a checkpoint.'
        : 'The trainer left a result that is not one.',
      'See `swe-manager train logs`; does TRAIN_DIR name the disk that the trainer writes to?',
      { cause },
    );
  }
}

/** The youngest of the folder's own files: logs, completions, checkpoints as they are begun. */
async function lastChangeAt(dir: string): Promise<Date | null> {
  const names = await readdir(dir).catch(() => []);
  const times = await Promise.all(
    names.map((name) =>
      stat(join(dir, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0, // It was replaced meanwhile.
      ),
    ),
  );
  return times.length === 0 ? null : new Date(Math.max(...times));
}

function readRecord(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null; // It is being written.
  }
}
