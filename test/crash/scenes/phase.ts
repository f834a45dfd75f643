/** Plays the scenes of one database, some of them at the same time: much of their time is spent waiting. */
import type { DatabaseKind } from '../options.ts';
import { lost, type Outcome } from '../result.ts';
import type { DatabaseFactory } from '../world/database.ts';
import { SCENES } from './list.ts';

const AT_ONCE = 2;

export interface SceneOutcome extends Outcome {
  readonly name: string;
  readonly seconds: number;
}

export interface ScenesOptions {
  readonly kind: DatabaseKind;
  readonly directory: string;
  readonly databases: DatabaseFactory;
  readonly seed: number;
  /** Null plays all. */
  readonly scene: string | null;
  /** Called as soon as one is over. */
  readonly report: (outcome: SceneOutcome) => void;
}

export async function playScenes(options: ScenesOptions): Promise<SceneOutcome[]> {
  const waiting = Object.entries(SCENES).filter(
    ([name, { on }]) => on.includes(options.kind) && (options.scene === null || options.scene === name),
  );
  const outcomes: SceneOutcome[] = [];
  const workOff = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, { play }] = next;
      const outcome = await timed(name, () => play({ ...options, name: `${options.kind}-${name}` }));
      options.report(outcome);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, workOff));
  return outcomes;
}

/** A scene that cannot even be played has lost everything in it. */
async function timed(name: string, play: () => Promise<Outcome>): Promise<SceneOutcome> {
  const began = performance.now();
  const outcome = await play().catch((error: unknown) => ({
    commands: 0,
    violations: [lost(`${name} broke off: ${error instanceof Error ? error.stack : error}`)],
    convergeSeconds: [],
  }));
  return { ...outcome, name, seconds: (performance.now() - began) / 1000 };
}
