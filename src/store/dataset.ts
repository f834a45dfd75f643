/** Labelled snapshots in pages: a build reads them in the order of their labels' ids and holds one page at a time. */
import { and, asc, desc, eq, getTableColumns, gt, inArray, isNotNull, isNull } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import {
  decisions,
  distilledAnswers,
  installations,
  issues,
  labels,
  proposals,
  repositories,
  signals,
  snapshots,
  votes,
} from '../schema/index.ts';
import { changesOf } from './changes.ts';

export interface LabelledRecord {
  readonly label: typeof labels.$inferSelect;
  readonly snapshot: typeof snapshots.$inferSelect;
  readonly issue: typeof issues.$inferSelect;
  readonly repository: typeof repositories.$inferSelect;
  /** Consent of the installation; null where it says nothing or there is none. */
  readonly installationConsent: boolean | null;
  /** The latest decision on the snapshot, with the first vote that voted as it did. */
  readonly decision: typeof decisions.$inferSelect | null;
  readonly winningVote: typeof votes.$inferSelect | null;
  readonly signals: readonly (typeof signals.$inferSelect)[];
  /** Oldest first. */
  readonly distilled: readonly SampledAnswer[];
  /** What the merged pull requests that speak for the label touched, by pull request. */
  readonly changes: ReadonlyMap<number, readonly string[]>;
  /** Numbers of proposals whose comment is deleted or hidden by now. */
  readonly droppedNumbers: readonly number[];
}

export type SampledAnswer = typeof distilledAnswers.$inferSelect & {
  /** What the label of that time said, as a proposal's number. */
  readonly sampledFor: number | null;
};

/** Erased snapshots have no texts and are no part of it. */
const isCurrent = and(isNull(labels.supersededAt), isNull(snapshots.erasedAt));

/** How many labelled snapshots there are to read. */
export async function countLabelled(db: Db): Promise<number> {
  const [row] = await db
    .select({ count: db.$count(labels, isNull(labels.supersededAt)) })
    .from(labels)
    .limit(1);
  return row?.count ?? 0;
}

/** The next page after `afterId` (a label's id); an empty page is the end. */
export async function labelledPage(db: Db, afterId: string | null, size: number): Promise<LabelledRecord[]> {
  const page = await db
    .select({
      label: labels,
      snapshot: snapshots,
      issue: issues,
      repository: repositories,
      installationConsent: installations.trainingConsent,
    })
    .from(labels)
    .innerJoin(snapshots, eq(labels.snapshotId, snapshots.id))
    .innerJoin(issues, eq(snapshots.issueId, issues.id))
    .innerJoin(repositories, eq(issues.repositoryId, repositories.id))
    .leftJoin(installations, eq(repositories.installationId, installations.id))
    .where(and(isCurrent, afterId === null ? undefined : gt(labels.id, afterId)))
    .orderBy(asc(labels.id))
    .limit(size);
  if (page.length === 0) return [];
  const snapshotIds = page.map(({ snapshot }) => snapshot.id);
  const dropped = await droppedNumbers(
    db,
    page.map(({ issue }) => issue.id),
  );
  const decided = await latestDecisions(db, snapshotIds);
  const won = await winningVotes(db, [...decided.values()]);
  const given = await signalsOf(
    db,
    page.flatMap(({ label }) => label.signalIds),
  );
  const distilled = await distilledOf(db, snapshotIds);
  const changes = await changesBehind(
    db,
    page.map(({ repository }) => repository.id),
    [...given.values()],
  );
  return page.map((row) => {
    const decision = decided.get(row.snapshot.id) ?? null;
    return {
      ...row,
      decision,
      winningVote: (decision && won.get(decision.id)) ?? null,
      signals: row.label.signalIds.flatMap((id) => given.get(id) ?? []),
      changes: changes.get(row.repository.id) ?? new Map(),
      distilled: distilled.get(row.snapshot.id) ?? [],
      droppedNumbers: dropped.get(row.issue.id) ?? [],
    };
  });
}

async function droppedNumbers(db: Db, issueIds: number[]): Promise<Map<number, number[]>> {
  const rows = await db
    .select({ issueId: proposals.issueId, number: proposals.number })
    .from(proposals)
    .where(and(inArray(proposals.issueId, issueIds), isNotNull(proposals.droppedAt)));
  return groupBy(
    rows,
    (row) => row.issueId,
    (row) => row.number,
  );
}

async function latestDecisions(
  db: Db,
  snapshotIds: string[],
): Promise<Map<string, typeof decisions.$inferSelect>> {
  const rows = await db
    .select()
    .from(decisions)
    .where(inArray(decisions.snapshotId, snapshotIds))
    .orderBy(asc(decisions.decidedAt));
  return new Map(rows.map((row) => [row.snapshotId, row]));
}

async function winningVotes(
  db: Db,
  decided: readonly (typeof decisions.$inferSelect)[],
): Promise<Map<string, typeof votes.$inferSelect>> {
  const ids = decided.map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const chosen = new Map(decided.map((decision) => [decision.id, decision.chosen]));
  const rows = await db
    .select()
    .from(votes)
    .where(and(inArray(votes.decisionId, ids), isNull(votes.error), isNotNull(votes.thinking)))
    .orderBy(desc(votes.ordinal));
  return new Map(
    rows.filter((vote) => vote.chosen === chosen.get(vote.decisionId)).map((vote) => [vote.decisionId, vote]),
  );
}

async function signalsOf(db: Db, ids: string[]): Promise<Map<string, typeof signals.$inferSelect>> {
  if (ids.length === 0) return new Map();
  const rows = await db.select().from(signals).where(inArray(signals.id, ids));
  return new Map(rows.map((row) => [row.id, row]));
}

/** Names by repository and pull request. */
async function changesBehind(
  db: Db,
  repositoryIds: readonly number[],
  given: readonly (typeof signals.$inferSelect)[],
): Promise<Map<number, Map<number, readonly string[]>>> {
  const pulls = given.flatMap(({ pullNumber }) => pullNumber ?? []);
  const found = new Map<number, Map<number, readonly string[]>>();
  for (const { repositoryId, pullNumber, names } of await changesOf(db, repositoryIds, pulls)) {
    const own = found.get(repositoryId) ?? new Map<number, readonly string[]>();
    found.set(repositoryId, own.set(pullNumber, names ?? []));
  }
  return found;
}

async function distilledOf(db: Db, snapshotIds: string[]): Promise<Map<string, SampledAnswer[]>> {
  const rows = await db
    .select({ ...getTableColumns(distilledAnswers), sampledFor: labels.proposalNumber })
    .from(distilledAnswers)
    .innerJoin(labels, eq(distilledAnswers.labelId, labels.id))
    .where(and(inArray(distilledAnswers.snapshotId, snapshotIds), isNull(distilledAnswers.erasedAt)))
    .orderBy(asc(distilledAnswers.createdAt), asc(distilledAnswers.id));
  return groupBy(
    rows,
    (row) => row.snapshotId,
    (row) => row,
  );
}

function groupBy<T, K, V>(rows: readonly T[], key: (row: T) => K, value: (row: T) => V): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(value(row));
    else groups.set(key(row), [value(row)]);
  }
  return groups;
}
