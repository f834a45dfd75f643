/** What a scene plays on: a world with an inference service of its own, held against the promises at the end. */
import { type FakeInference, startFakeInference } from '../../../src/sandbox/inference/index.ts';
import { seeded } from '../../../src/statistics/random.ts';
import { settle } from '../oracle/answered.ts';
import { judgeWorld } from '../oracle/oracle.ts';
import { broken, lost, type Outcome } from '../result.ts';
import { createDraw, type Draw } from '../soak/draw.ts';
import { playTraffic, type Traffic } from '../soak/traffic.ts';
import type { DatabaseFactory } from '../world/database.ts';
import { steadyModel } from '../world/model.ts';
import type { Role } from '../world/process.ts';
import { openWorld, type World } from '../world/world.ts';

const PATIENCE_MS = 240_000;

export interface SceneOptions {
  readonly name: string;
  /** For logs and databases. */
  readonly directory: string;
  readonly databases: DatabaseFactory;
  readonly seed: number;
}

export interface Stage {
  readonly world: World;
  readonly inference: FakeInference;
  readonly draw: Draw;
  /** People begin to write; what goes wrong with it is told to whoever awaits it, and to nobody else. */
  traffic(form: Traffic): Promise<void>;
  /** Notes a promise as broken unless it holds. */
  claim(holds: boolean, otherwise: string): void;
}

/** Nothing runs before `act` starts it. What `act` throws counts as lost. */
export async function onStage(
  options: SceneOptions,
  setting: { readonly roles: readonly Role[]; readonly env?: Readonly<Record<string, string>> },
  act: (stage: Stage) => Promise<void>,
): Promise<Outcome> {
  const inference = await startFakeInference({ script: steadyModel });
  const world = await openWorld({
    ...options,
    ...setting,
    inferenceUrl: inference.url,
    patienceMs: PATIENCE_MS,
  });
  // Two sources, so that what people do does not depend on how long the rest takes.
  const [people, draw] = [createDraw(seeded(options.seed)), createDraw(seeded(options.seed + 1))];
  const traffic = (form: Traffic) => {
    const playing = playTraffic(world, people, form);
    playing.catch(() => {});
    return playing;
  };
  const claim = (holds: boolean, otherwise: string) => {
    if (!holds) world.violations.push(broken(otherwise));
  };
  try {
    try {
      await act({ world, inference, draw, traffic, claim });
      await settle(world);
    } catch (error) {
      world.violations.push(lost(describe(error)));
    }
    const outcome = await judgeWorld(world);
    await world.stop();
    return outcome;
  } finally {
    await world.close();
    await inference.close();
  }
}

/** With what caused it: the message of a failed query is only its text. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
