import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Db } from '../ports.ts';
import {
  commands,
  decisions,
  deliveries,
  effects,
  installations,
  labels,
  runs,
  signals,
} from '../schema/index.ts';

type Counts = Record<string, number>;

export type Overview = Record<
  | 'installations'
  | 'deliveries'
  | 'commands'
  | 'runs'
  | 'decisions'
  | 'effects'
  | 'signals'
  | 'labels'
  | 'exposure'
  | 'agreement',
  Counts
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
    signals: await countBy(db, signals, signals.source, isNull(signals.withdrawnAt)),
    labels: await countBy(db, labels, labels.verdict, isNull(labels.supersededAt)),
    exposure: await countBy(db, labels, exposure, isNull(labels.supersededAt)),
    agreement: await agreement(db),
  };
}

const exposure = sql<string>`case when ${labels.exposed} then 'exposed' else 'unexposed' end`;

async function countBy(db: Db, table: PgTable, column: PgColumn | SQL, where?: SQL): Promise<Counts> {
  const state = sql<string>`${column}`;
  const rows = await db
    .select({ state, count: sql<number>`count(*)::int` })
    .from(table)
    .where(where)
    .groupBy(state)
    .orderBy(state);
  return Object.fromEntries(rows.map((row) => [row.state, row.count]));
}

/**
 * How often decisions named what the maintainers took (`unexposed`, `exposed`) and how often they did not
 * (`unexposed-other`, `exposed-other`). Only the unexposed ones say how good the judge is: the others may be echoes.
 */
async function agreement(db: Db): Promise<Counts> {
  const agrees = sql`${decisions.chosen} is not distinct from ${labels.proposalNumber}`;
  const kind = sql<string>`${exposure} || case when ${agrees} then '' else '-other' end`;
  const rows = await db
    .select({ kind, count: sql<number>`count(*)::int` })
    .from(labels)
    .innerJoin(decisions, eq(decisions.snapshotId, labels.snapshotId))
    .where(and(isNull(labels.supersededAt), sql`${labels.verdict} <> 'not-the-choice'`))
    .groupBy(kind)
    .orderBy(kind);
  return Object.fromEntries(rows.map((row) => [row.kind, row.count]));
}
