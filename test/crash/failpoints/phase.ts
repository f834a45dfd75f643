/**
 * Kills the App at every failpoint. A world has a chain of them: whenever its process dies at one, it is started
 * again with the next, so that it also dies while it recovers. Its people play a script until the chain is through.
 */
import { messageOf } from '../../../src/errors.ts';
import { settle } from '../oracle/answered.ts';
import { judgeWorld } from '../oracle/oracle.ts';
import { broken, lost, type Outcome } from '../result.ts';
import type { DatabaseFactory } from '../world/database.ts';
import { openWorld, type World } from '../world/world.ts';
import { playScript, setStage } from './script.ts';

/** A machine with far more to do than it can takes its time; only a failure waits for so long. */
const PATIENCE_MS = 240_000;

export interface ChainOutcome extends Outcome {
  readonly chain: readonly string[];
  readonly hit: readonly string[];
  readonly seconds: number;
}

export interface ChainOptions {
  readonly name: string;
  readonly directory: string;
  readonly databases: DatabaseFactory;
  readonly inferenceUrl: string;
}

/** @param chain failpoints, each as `NAME` or `NAME@N`. */
export async function killInTurn(chain: readonly string[], options: ChainOptions): Promise<ChainOutcome> {
  const began = performance.now();
  const waiting = [...chain];
  const hit: string[] = [];
  const world = await openWorld({
    ...options,
    roles: ['all'],
    patienceMs: PATIENCE_MS,
    failpoint: () => waiting[0] ?? null,
    onKilled: (failpoint) => {
      if (failpoint !== waiting[0]) return;
      waiting.shift();
      hit.push(failpoint);
    },
  });
  try {
    await play(world, waiting);
    const outcome = await judgeWorld(world);
    await world.stop();
    return { ...outcome, chain, hit, seconds: (performance.now() - began) / 1000 };
  } finally {
    await world.close();
  }
}

/** Plays until every failpoint was hit, or one was not by a whole script. */
async function play(world: World, waiting: readonly string[]): Promise<void> {
  await world.start();
  setStage(world);
  try {
    for (let before = -1; waiting.length > 0 && waiting.length !== before; ) {
      before = waiting.length;
      await playScript(world);
    }
    await settle(world);
  } catch (error) {
    world.violations.push(lost(messageOf(error)));
  }
  if (waiting[0]) world.violations.push(broken(`${waiting[0]} was never hit`));
}
