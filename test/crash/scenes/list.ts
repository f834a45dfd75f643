import type { DatabaseKind } from '../options.ts';
import type { Outcome } from '../result.ts';
import { killedWorker } from './killed-worker.ts';
import { move } from './move.ts';
import { restartedDatabase } from './restarted-database.ts';
import { rollingRestart } from './rolling-restart.ts';
import type { SceneOptions } from './stage.ts';
import { stopInTime } from './stop-in-time.ts';
import { whileWriting } from './while-writing.ts';

export interface Scene {
  /** The databases it is about. */
  readonly on: readonly DatabaseKind[];
  play(options: SceneOptions): Promise<Outcome>;
}

/** Short stories, each about one thing that operators do or that befalls them. */
export const SCENES: Readonly<Record<string, Scene>> = {
  /** Killed again and again in the middle of many deliveries. */
  'while-writing': { on: ['pglite', 'postgres'], play: whileWriting },
  /** Postgres is restarted, and crashes, while there is much to do and the judge is at work. */
  'restarted-database': { on: ['postgres'], play: restartedDatabase },
  /** A worker dies with a run and a write in hand; the other one goes on within 30 s. */
  'killed-worker': { on: ['postgres'], play: killedWorker },
  /** The tables and the queue get what only the next version knows, while this version works; then each process is replaced. */
  'rolling-restart': { on: ['postgres'], play: rollingRestart },
  /** SIGTERM with work in hand: what can be finished in time is finished, what cannot is taken up again. */
  'stop-in-time': { on: ['pglite', 'postgres'], play: stopInTime },
  /** `swe-manager db move`, and the work goes on where it was moved to. */
  move: { on: ['postgres'], play: move },
};
