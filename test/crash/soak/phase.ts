/** Many commands on many issues while everything that can break does, then quiet, then the oracle. */
import { messageOf } from '../../../src/errors.ts';
import { startFakeInference } from '../../../src/sandbox/inference/index.ts';
import { seeded } from '../../../src/statistics/random.ts';
import { settle } from '../oracle/answered.ts';
import { judgeWorld } from '../oracle/oracle.ts';
import { lost, type Outcome } from '../result.ts';
import type { DatabaseFactory } from '../world/database.ts';
import { steadyModel } from '../world/model.ts';
import type { Role } from '../world/process.ts';
import { openWorld, type World } from '../world/world.ts';
import { createDraw } from './draw.ts';
import { playTraffic, type Traffic } from './traffic.ts';
import { makeTrouble } from './trouble.ts';

export interface SoakForm extends Traffic {
  readonly roles: readonly Role[];
  /** Milliseconds from one trouble to the next, at most. */
  readonly troublePauseMs: number;
  /** Milliseconds from one sweep to the next: each reads GitHub's log of the last minutes, which grows long. */
  readonly sweepMs: number;
  /** Milliseconds until an answer that does not come counts as lost. */
  readonly patienceMs: number;
}

/** PGlite belongs to one process; Postgres serves several. */
export function soakForm(kind: 'pglite' | 'postgres', long: boolean): SoakForm {
  const roles: Role[] =
    kind === 'pglite'
      ? ['all']
      : long
        ? ['web', 'worker', 'worker', 'worker', 'worker']
        : ['web', 'worker', 'worker'];
  return long
    ? {
        roles,
        accounts: 20,
        issues: 200,
        commands: 3_000,
        mostOpen: 400,
        pauseMs: 200,
        troublePauseMs: 1_500,
        sweepMs: 10_000,
        patienceMs: 300_000,
      }
    : {
        roles,
        accounts: 2,
        issues: 10,
        commands: 60,
        mostOpen: 20,
        pauseMs: 400,
        troublePauseMs: 1_000,
        sweepMs: 2_000,
        patienceMs: 240_000,
      };
}

export interface SoakOptions {
  readonly directory: string;
  readonly databases: DatabaseFactory;
  readonly kind: 'pglite' | 'postgres';
  readonly form: SoakForm;
  readonly seed: number;
}

export interface SoakOutcome extends Outcome {
  readonly made: ReadonlyMap<string, number>;
  readonly seconds: number;
}

export async function soak(options: SoakOptions): Promise<SoakOutcome> {
  const began = performance.now();
  const { form, seed, directory, databases } = options;
  const inference = await startFakeInference({ script: steadyModel });
  const world = await openWorld({
    name: `soak-${options.kind}`,
    directory,
    databases,
    inferenceUrl: inference.url,
    roles: form.roles,
    patienceMs: form.patienceMs,
    env: { SWEEP_MS: String(form.sweepMs) },
  });
  // Two sources, so that what people do does not depend on how long trouble takes.
  const [people, fate] = [createDraw(seeded(seed)), createDraw(seeded(seed + 1))];
  try {
    await world.start();
    const trouble = makeTrouble({ world, draw: fate, databases, inference, pauseMs: form.troublePauseMs });
    await play(world, () => playTraffic(world, people, form));
    await trouble.stop();
    await play(world, () => settle(world));
    const outcome = await judgeWorld(world);
    await world.stop();
    return { ...outcome, made: trouble.made, seconds: (performance.now() - began) / 1000 };
  } finally {
    await world.close();
    await inference.close();
  }
}

async function play(world: World, scene: () => Promise<void>): Promise<void> {
  try {
    await scene();
  } catch (error) {
    world.violations.push(lost(messageOf(error)));
  }
}
