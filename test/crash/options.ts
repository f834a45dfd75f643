import { parseArgs } from 'node:util';
import { FAILPOINTS } from '../../src/failpoints.ts';
import { SCENES } from './scenes/list.ts';

export type DatabaseKind = 'pglite' | 'postgres';
export type Part = 'guards' | 'failpoints' | 'scenes' | 'soak';

export interface CrashOptions {
  readonly long: boolean;
  readonly seed: number;
  readonly databases: readonly DatabaseKind[];
  readonly parts: readonly Part[];
  /** A chain of `NAME` or `NAME@N`; null tries every failpoint. */
  readonly chain: readonly string[] | null;
  /** Of test/crash/scenes; null plays all. */
  readonly scene: string | null;
  /** Print nothing but the result, as JSON. */
  readonly json: boolean;
}

export const USAGE = `npm run test:crash [-- options]
  --long                   the soak of thousands of commands on Postgres; the other parts have one form
  --seed N                 repeats a run's choices (default 1)
  --database KIND          pglite or postgres (default: both; the long soak needs postgres)
  --only PART              guards, failpoints, scenes or soak (default: all)
  --failpoint NAME[@N],…   kill only there, at the Nth passing, one after the other
  --scene NAME             only this scene, of ${Object.keys(SCENES).join(', ')}
  --json                   print only the result`;

/** @throws Error that says what is wrong with the arguments. */
export function readOptions(args: readonly string[]): CrashOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      long: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      database: { type: 'string' },
      only: { type: 'string' },
      failpoint: { type: 'string' },
      scene: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed must be a whole number: ${values.seed}`);
  const chain = readChain(values.failpoint);
  const scene = values.scene ?? null;
  if (scene !== null && !(scene in SCENES)) throw new Error(`There is no scene ${scene}.`);
  const only = chain ? 'failpoints' : scene ? 'scenes' : values.only;
  return {
    long: values.long,
    seed,
    databases: oneOrAll('--database', values.database, ['pglite', 'postgres']),
    parts: oneOrAll('--only', only, ['guards', 'failpoints', 'scenes', 'soak']),
    chain,
    scene,
    json: values.json,
  };
}

function readChain(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const chain = text.split(',');
  const unknown = chain.find((one) => !FAILPOINTS.some((name) => name === one.split('@')[0]));
  if (unknown !== undefined)
    throw new Error(`There is no failpoint ${unknown}; src/failpoints.ts lists them.`);
  return chain;
}

function oneOrAll<T extends string>(flag: string, wanted: string | undefined, all: readonly T[]): T[] {
  if (wanted === undefined) return [...all];
  const found = all.find((one) => one === wanted);
  if (found === undefined) throw new Error(`${flag} must be one of ${all.join(', ')}: ${wanted}`);
  return [found];
}
