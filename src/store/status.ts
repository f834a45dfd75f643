import { sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Db } from '../ports.ts';
import { commands, decisions, deliveries, effects, installations, labels, runs } from '../schema/index.ts';

export type Overview = Record<
  'installations' | 'deliveries' | 'commands' | 'runs' | 'decisions' | 'effects' | 'labels',
  Record<string, number>
>;

/** How many rows of each kind are in which state. */
export async function overview(db: Db): Promise<Overview> {
  return {
    installations: await countBy(db, installations, installations.status),
    deliveries: await countBy(db, deliveries, deliveries.state),
    commands: await countBy(db, commands, commands.state),
    runs: await countBy(db, runs, runs.state),
    decisions: await countBy(db, decisions, decisions.state),
    effects: await countBy(db, effects, effects.state),
    labels: await countBy(db, labels, labels.verdict),
  };
}

async function countBy(db: Db, table: PgTable, column: PgColumn): Promise<Record<string, number>> {
  const rows = await db
    .select({ state: sql<string>`${column}`, count: sql<number>`count(*)::int` })
    .from(table)
    .groupBy(column)
    .orderBy(column);
  return Object.fromEntries(rows.map((row) => [row.state, row.count]));
}
