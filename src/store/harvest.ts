/** Issues of the past: what was read of which, and the rows they become. */
import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import {
  decisions,
  type HarvestOutcome,
  harvests,
  installations,
  issues,
  repositories,
  snapshots,
} from '../schema/index.ts';

export type Harvest = typeof harvests.$inferSelect;

/** The installation that holds repositories where the App is not installed. */
export const ABSENT_INSTALLATION = 0;

/** Makes a repository known that no webhook told of; a known one keeps its installation. */
export async function knowRepository(
  tx: Db,
  facts: { readonly id: number; readonly owner: string; readonly name: string; readonly isPrivate: boolean },
): Promise<void> {
  await tx.insert(installations).values({ id: ABSENT_INSTALLATION, status: 'absent' }).onConflictDoNothing();
  await tx
    .insert(repositories)
    .values({ ...facts, installationId: ABSENT_INSTALLATION })
    .onConflictDoUpdate({
      target: repositories.id,
      set: { owner: facts.owner, name: facts.name, isPrivate: facts.isPrivate, updatedAt: sql`now()` },
    });
}

export async function findRepository(
  db: Db,
  owner: string,
  name: string,
): Promise<typeof repositories.$inferSelect | null> {
  const [row] = await db
    .select()
    .from(repositories)
    .where(
      and(
        eq(sql`lower(${repositories.owner})`, owner.toLowerCase()),
        eq(sql`lower(${repositories.name})`, name.toLowerCase()),
      ),
    );
  return row ?? null;
}

/** The last harvest of each issue, by its number. */
export async function harvestedIssues(db: Db, repositoryId: number): Promise<ReadonlyMap<number, Harvest>> {
  const rows = await db.select().from(harvests).where(eq(harvests.repositoryId, repositoryId));
  return new Map(rows.map((row) => [row.issueNumber, row]));
}

export async function noteHarvest(
  tx: Db,
  harvest: {
    readonly repositoryId: number;
    readonly issueNumber: number;
    readonly issueUpdatedAt: Date;
    readonly commentCount: number;
    readonly outcome: HarvestOutcome;
    readonly apiCalls: number;
  },
): Promise<void> {
  await tx
    .insert(harvests)
    .values(harvest)
    .onConflictDoUpdate({
      target: [harvests.repositoryId, harvests.issueNumber],
      set: { ...harvest, harvestedAt: sql`now()` },
    });
}

/** Whether the App decided on the issue itself. */
export async function hasDecision(db: Db, issueId: number): Promise<boolean> {
  const [row] = await db
    .select({ id: decisions.id })
    .from(decisions)
    .where(eq(decisions.issueId, issueId))
    .limit(1);
  return row !== undefined;
}

export async function hasSnapshot(db: Db, issueId: number, hash: string): Promise<boolean> {
  const [row] = await db
    .select({ id: snapshots.id })
    .from(snapshots)
    .where(and(eq(snapshots.issueId, issueId), eq(snapshots.hash, hash)))
    .limit(1);
  return row !== undefined;
}

export async function knowIssue(
  tx: Db,
  facts: Pick<
    typeof issues.$inferInsert,
    'id' | 'repositoryId' | 'number' | 'title' | 'authorLogin' | 'state'
  >,
): Promise<void> {
  await tx
    .insert(issues)
    .values(facts)
    .onConflictDoUpdate({
      target: issues.id,
      set: { title: facts.title ?? '', state: facts.state ?? 'closed' },
    });
}
