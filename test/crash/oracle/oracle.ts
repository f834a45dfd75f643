/** Holds what GitHub and the database show, once all is at rest, against the promises. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../../src/ports.ts';
import { commands, decisions, deliveries, effects, runs, signals } from '../../../src/schema/index.ts';
import type { Outcome, Violation } from '../result.ts';
import type { World } from '../world/world.ts';
import { checkCommands } from './commands.ts';
import { acknowledgedDeliveries, checkDeliveries } from './deliveries.ts';
import { checkOthers } from './others.ts';
import { checkOwnComments } from './own-comments.ts';
import { checkRuns } from './runs.ts';
import { checkWrites, secondsToConverge } from './writes.ts';

const LOOKS = 20;
const LOOK_PAUSE_MS = 2_000;

export interface Records {
  readonly deliveries: readonly { readonly id: string }[];
  readonly commands: readonly (typeof commands.$inferSelect)[];
  readonly runs: readonly (typeof runs.$inferSelect)[];
  readonly decisions: readonly (typeof decisions.$inferSelect)[];
  readonly effects: readonly (typeof effects.$inferSelect)[];
  readonly signals: readonly (typeof signals.$inferSelect)[];
}

export async function judgeWorld(world: World): Promise<Outcome> {
  // Read first: a world that did not come to rest goes on meanwhile.
  const acknowledged = acknowledgedDeliveries(world);
  const records = await readPatiently(world);
  const violations: Violation[] = [
    ...world.violations,
    ...checkDeliveries(acknowledged, records),
    ...checkCommands(world, records),
    ...checkRuns(world, records),
    ...checkOwnComments(world, records),
    ...checkOthers(world),
    ...checkWrites(world),
  ];
  return {
    commands: world.people.commands.length,
    violations: violations.map(({ kind, what }) => ({ kind, what: `${world.name}: ${what}` })),
    convergeSeconds: secondsToConverge(world),
  };
}

/** A process that has just been started again may still be reading its files. */
async function readPatiently({ database }: World): Promise<Records> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.look(readRecords);
    } catch (error) {
      if (attempt === LOOKS) throw error;
      await sleep(LOOK_PAUSE_MS);
    }
  }
}

async function readRecords(db: Db): Promise<Records> {
  return {
    deliveries: await db.select({ id: deliveries.id }).from(deliveries),
    commands: await db.select().from(commands),
    runs: await db.select().from(runs),
    decisions: await db.select().from(decisions),
    effects: await db.select().from(effects),
    signals: await db.select().from(signals),
  };
}
