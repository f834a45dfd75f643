import { randomUUID } from 'node:crypto';
import { and, desc, eq, isNull, ne, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { type Channel, channels, type JudgeKind, modelVersions, trainingRuns } from '../schema/index.ts';

export type ModelVersion = typeof modelVersions.$inferSelect;
export type ChannelPeriod = typeof channels.$inferSelect;

export async function insertModelVersion(tx: Db, version: typeof modelVersions.$inferInsert): Promise<void> {
  await tx.insert(modelVersions).values(version);
}

/**
 * Whoever changes the state of a version, who decides, or an epoch, holds this until its transaction ends, and reads
 * what it rests on after taking it: an evaluation can last for hours, and what was read before it is no longer true.
 */
export async function lockRegistry(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('model-registry'))`);
}

/** The version as it is now. */
export async function getModelVersion(db: Db, id: string): Promise<ModelVersion> {
  const [row] = await db.select().from(modelVersions).where(eq(modelVersions.id, id));
  if (!row) throw new Error(`there is no model version ${id}`);
  return row;
}

export async function findModelVersion(db: Db, name: string): Promise<ModelVersion | null> {
  const [row] = await db.select().from(modelVersions).where(eq(modelVersions.name, name));
  return row ?? null;
}

/** The SFT model that was registered last and may be built upon. */
export async function latestSftModel(db: Db): Promise<ModelVersion | null> {
  const [row] = await db
    .select({ version: modelVersions })
    .from(modelVersions)
    .innerJoin(trainingRuns, eq(trainingRuns.id, modelVersions.trainingRunId))
    .where(and(eq(trainingRuns.stage, 'sft'), ne(modelVersions.state, 'retracted')))
    .orderBy(desc(modelVersions.createdAt))
    .limit(1);
  return row?.version ?? null;
}

/** What waits for the gate, oldest first. An SFT model is no candidate of its own: it is what DAPO starts from. */
export async function listCandidates(db: Db, kind: JudgeKind): Promise<ModelVersion[]> {
  const rows = await db
    .select({ version: modelVersions })
    .from(modelVersions)
    .innerJoin(trainingRuns, eq(trainingRuns.id, modelVersions.trainingRunId))
    .where(
      and(eq(modelVersions.kind, kind), eq(modelVersions.state, 'candidate'), ne(trainingRuns.stage, 'sft')),
    )
    .orderBy(modelVersions.createdAt);
  return rows.map(({ version }) => version);
}

/** The stage of the run that made a version; null for one that was registered by hand. */
export async function stageOf(db: Db, version: ModelVersion): Promise<'sft' | 'dapo' | 'embedded' | null> {
  if (version.trainingRunId === null) return null;
  const [row] = await db
    .select({ stage: trainingRuns.stage })
    .from(trainingRuns)
    .where(eq(trainingRuns.id, version.trainingRunId));
  return row?.stage ?? null;
}

/** Newest first. */
export async function listModelVersions(db: Db, kind?: JudgeKind): Promise<ModelVersion[]> {
  return db
    .select()
    .from(modelVersions)
    .where(kind === undefined ? undefined : eq(modelVersions.kind, kind))
    .orderBy(desc(modelVersions.createdAt));
}

export async function setModelState(
  tx: Db,
  id: string,
  state: ModelVersion['state'],
  reason: string | null,
): Promise<void> {
  await tx.update(modelVersions).set({ state, stateReason: reason }).where(eq(modelVersions.id, id));
}

/** Retracted versions whose decision comments do not say so yet. */
export async function unmarkedRetractions(db: Db): Promise<ModelVersion[]> {
  return db
    .select()
    .from(modelVersions)
    .where(and(eq(modelVersions.state, 'retracted'), isNull(modelVersions.commentsMarkedAt)));
}

/** @param at null: their comments have to be looked at again */
export async function setCommentsMarked(db: Db, id: string, at: Date | null): Promise<void> {
  await db.update(modelVersions).set({ commentsMarkedAt: at }).where(eq(modelVersions.id, id));
}

export interface Served {
  readonly period: ChannelPeriod | null;
  /** Null: the judge that the configuration names. */
  readonly version: ModelVersion | null;
}

/** Who has the channel now. */
export async function servedOn(db: Db, kind: JudgeKind, channel: Channel): Promise<Served> {
  const [row] = await db
    .select({ period: channels, version: modelVersions })
    .from(channels)
    .leftJoin(modelVersions, eq(modelVersions.id, channels.modelVersionId))
    .where(and(eq(channels.kind, kind), eq(channels.channel, channel), isNull(channels.until)));
  return row ?? { period: null, version: null };
}

/** The periods of a channel, newest first: what a rollback goes back through. */
export async function channelHistory(db: Db, kind: JudgeKind, channel: Channel): Promise<Served[]> {
  return db
    .select({ period: channels, version: modelVersions })
    .from(channels)
    .leftJoin(modelVersions, eq(modelVersions.id, channels.modelVersionId))
    .where(and(eq(channels.kind, kind), eq(channels.channel, channel)))
    .orderBy(desc(channels.since));
}

/**
 * Gives the channel to a version, or back to the judge of the configuration (null); the history stays.
 * @param tx holds the registry's lock: two at a time would leave two rows without an end
 */
export async function point(
  tx: Db,
  to: Pick<ChannelPeriod, 'kind' | 'channel' | 'modelVersionId' | 'reason' | 'by'> & { readonly at: Date },
): Promise<void> {
  const { at, ...period } = to;
  await tx
    .update(channels)
    .set({ until: at })
    .where(and(eq(channels.kind, to.kind), eq(channels.channel, to.channel), isNull(channels.until)));
  await tx.insert(channels).values({ id: randomUUID(), since: at, ...period });
}
