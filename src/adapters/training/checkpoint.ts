/** Reads a checkpoint once: is everything there and whole, and what is it, byte for byte? */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { TrainingError } from '../../errors.ts';
import type { TrainedFile } from '../../pipeline/training/types.ts';

/** The header of a file of tensors is a few kilobytes; longer ones are not headers. */
const MAX_HEADER = 100_000_000;

/** @throws TrainingError that names the file that is missing or broken */
export async function readCheckpoint(dir: string): Promise<TrainedFile[]> {
  const paths = await listFiles(dir);
  const tensors = paths.filter((path) => path.endsWith('.safetensors'));
  if (tensors.length === 0) throw broken(dir, 'holds no weights');
  if (!paths.some((path) => path === 'config.json' || path === 'adapter_config.json')) {
    throw broken(dir, 'has neither config.json nor adapter_config.json');
  }
  await checkShards(dir, paths);
  for (const path of paths) {
    if (path.endsWith('.safetensors')) await checkTensors(dir, path);
    else if (path.endsWith('.json')) await readJson(dir, path);
  }
  const files: TrainedFile[] = [];
  for (const path of paths) files.push(await hash(dir, path));
  return files;
}

/** What is needed to go on training, not to serve, is left out: states of the optimizer, twice the weights' size. */
const FOR_TRAINING_ONLY = /^(global_step\d+\/|optimizer|scheduler|rng_state|scaler|.*\.(pt|pth|bin)$)/;

async function listFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw broken(dir, 'is not there', cause);
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .filter((path) => !FOR_TRAINING_ONLY.test(path))
    .sort();
}

/** Large models lie in several files, and an index says which. */
async function checkShards(dir: string, paths: readonly string[]): Promise<void> {
  for (const index of paths.filter((path) => path.endsWith('.safetensors.index.json'))) {
    const { weight_map: map = {} } = (await readJson(dir, index)) as { weight_map?: Record<string, string> };
    const missing = Object.values(map).find((shard) => !paths.includes(shard));
    if (missing !== undefined) throw broken(dir, `lacks ${missing}`);
  }
}

/** Length of the header, the header, the tensors: https://github.com/huggingface/safetensors#format */
async function checkTensors(dir: string, path: string): Promise<void> {
  const file = await open(join(dir, path));
  try {
    const { size } = await file.stat();
    const length = Number((await readAt(file, 0, 8)).readBigUInt64LE());
    if (length > MAX_HEADER || 8 + length > size) throw new Error('its header is cut off');
    const header: unknown = JSON.parse((await readAt(file, 8, length)).toString('utf8'));
    const ends = Object.entries(header as Record<string, { data_offsets?: [number, number] }>)
      .filter(([name]) => name !== '__metadata__')
      .map(([, tensor]) => tensor.data_offsets?.[1] ?? Number.NaN);
    const expected = 8 + length + Math.max(...ends);
    if (expected !== size) throw new Error(`it has ${size} bytes instead of ${expected}`);
  } catch (cause) {
    throw broken(dir, `is corrupted: ${path}: ${(cause as Error).message}`, cause);
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error('it is cut off');
  return buffer;
}

async function readJson(dir: string, path: string): Promise<unknown> {
  const text = await readFile(join(dir, path), 'utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw broken(dir, `is corrupted: ${path} is not JSON`, cause);
  }
}

async function hash(dir: string, path: string): Promise<TrainedFile> {
  const sha256 = createHash('sha256');
  for await (const chunk of createReadStream(join(dir, path))) sha256.update(chunk as Buffer);
  const { size } = await stat(join(dir, path));
  return { path, bytes: size, sha256: sha256.digest('hex') };
}

function broken(dir: string, what: string, cause?: unknown): TrainingError {
  return new TrainingError(`The checkpoint ${dir} ${what}.`, 'Train again with --again.', { cause });
}
