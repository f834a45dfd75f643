import { and, eq, inArray, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { commands, effects, installations, issues, repositories } from '../schema/index.ts';

const IN_SIGHT = { removedAt: null, removedReason: null } as const;

export type Repository = typeof repositories.$inferSelect;

export interface RepositoryFacts {
  readonly id: number;
  readonly installationId: number;
  readonly owner: string;
  readonly name: string;
  readonly isPrivate: boolean;
}

/** Inserts the repository or brings its names up to date; ids survive rename and transfer. */
export async function upsertRepository(db: Db, facts: RepositoryFacts): Promise<void> {
  await db
    .insert(repositories)
    .values(facts)
    .onConflictDoUpdate({
      target: repositories.id,
      set: { ...facts, ...IN_SIGHT, updatedAt: sql`now()` },
    });
}

/** Whether the row says these very things already. */
export function isAsKnown(known: Repository, facts: RepositoryFacts): boolean {
  return (
    known.removedAt === null &&
    known.installationId === facts.installationId &&
    known.owner === facts.owner &&
    known.name === facts.name &&
    known.isPrivate === facts.isPrivate
  );
}

export async function getRepository(db: Db, id: number): Promise<Repository | null> {
  const [row] = await db.select().from(repositories).where(eq(repositories.id, id));
  return row ?? null;
}

/** Every repository, with what was recorded for its installation. */
export async function repositoriesWithConsent(
  db: Db,
): Promise<{ repository: Repository; installation: boolean | null }[]> {
  return db
    .select({ repository: repositories, installation: installations.trainingConsent })
    .from(repositories)
    .innerJoin(installations, eq(repositories.installationId, installations.id));
}

/** By its names of now, whatever their case; the one that is not removed where several had the name. */
export async function findRepository(db: Db, owner: string, name: string): Promise<Repository | null> {
  const [row] = await db
    .select()
    .from(repositories)
    .where(
      and(
        sql`lower(${repositories.owner}) = ${owner.toLowerCase()}`,
        sql`lower(${repositories.name}) = ${name.toLowerCase()}`,
      ),
    )
    .orderBy(sql`${repositories.removedAt} nulls first`)
    .limit(1);
  return row ?? null;
}

/** GitHub said that they left this installation, or are deleted. What was recorded of them is erased. */
export async function markRepositoriesRemoved(
  db: Db,
  from: { readonly installationId: number; readonly ids: readonly number[] },
  at: Date,
): Promise<void> {
  if (from.ids.length === 0) return;
  await db
    .update(repositories)
    .set({ removedAt: at, removedReason: 'told' })
    .where(
      and(eq(repositories.installationId, from.installationId), inArray(repositories.id, [...from.ids])),
    );
}

/** GitHub answered that it is not there, which it also says of what is only hidden: nothing is erased. */
export async function markRepositoryUnseen(db: Db, id: number, at: Date): Promise<void> {
  await db
    .update(repositories)
    .set({ removedAt: at, removedReason: 'unseen' })
    .where(and(eq(repositories.id, id), isNull(repositories.removedAt)));
}

export async function saveRepositoryConfig(
  db: Db,
  id: number,
  read: { config: unknown; etag: string | null; problems: string[] | null },
): Promise<void> {
  await db
    .update(repositories)
    .set({
      config: read.config,
      configEtag: read.etag,
      configReadAt: sql`now()`,
      configProblems: read.problems,
      updatedAt: sql`now()`,
    })
    .where(eq(repositories.id, id));
}

/** Out of sight, with something that waits for them to come back; where there are more than `limit`, each gets its turn. */
export async function removedWithWork(db: Db, limit: number): Promise<Repository[]> {
  const rows = await db
    .select({ id: repositories.id })
    .from(repositories)
    .innerJoin(installations, eq(repositories.installationId, installations.id))
    .innerJoin(issues, eq(issues.repositoryId, repositories.id))
    .leftJoin(
      effects,
      and(eq(effects.issueId, issues.id), eq(effects.state, 'parked'), eq(effects.stateReason, 'removed')),
    )
    .leftJoin(commands, and(eq(commands.issueId, issues.id), ne(commands.state, 'finished')))
    .where(
      and(
        isNotNull(repositories.removedAt),
        eq(installations.status, 'active'),
        or(isNotNull(effects.id), isNotNull(commands.id)),
      ),
    )
    .groupBy(repositories.id)
    .orderBy(sql`random()`)
    .limit(limit);
  if (rows.length === 0) return [];
  return db
    .select()
    .from(repositories)
    .where(
      inArray(
        repositories.id,
        rows.map((row) => row.id),
      ),
    );
}

export async function markRepositorySeen(db: Db, id: number): Promise<void> {
  await db.update(repositories).set(IN_SIGHT).where(eq(repositories.id, id));
}
