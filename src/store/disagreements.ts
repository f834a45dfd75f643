/** What two judges answered to the same snapshots, beside what the maintainers decided. */
import { and, eq, isNull } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { SharedDecision } from '../pipeline/promotion/types.ts';
import type { Db } from '../ports.ts';
import { evaluations, issues, labels, repositories, snapshots } from '../schema/index.ts';

/** Erased snapshots, and labels in conflict, are left out: there is nothing to look at, or nobody to believe. */
export async function sharedDecisions(db: Db, a: string, b: string): Promise<SharedDecision[]> {
  const [ours, theirs] = [alias(evaluations, 'ours'), alias(evaluations, 'theirs')];
  const rows = await db
    .select({ ours, theirs, snapshot: snapshots, issue: issues, repository: repositories, label: labels })
    .from(ours)
    .innerJoin(theirs, and(eq(theirs.snapshotId, ours.snapshotId), eq(theirs.model, b)))
    .innerJoin(snapshots, eq(snapshots.id, ours.snapshotId))
    .innerJoin(issues, eq(issues.id, snapshots.issueId))
    .innerJoin(repositories, eq(repositories.id, issues.repositoryId))
    .leftJoin(
      labels,
      and(eq(labels.snapshotId, snapshots.id), isNull(labels.supersededAt), eq(labels.conflict, false)),
    )
    .where(and(eq(ours.model, a), isNull(snapshots.erasedAt)));
  return rows.map(({ ours: one, theirs: other, snapshot, issue, repository, label }) => ({
    snapshotId: snapshot.id,
    repository: `${repository.owner}/${repository.name}`,
    issue: issue.number,
    title: snapshot.input.issue.title,
    proposals: snapshot.input.candidates.length,
    a: { chosen: one.chosen, abstained: one.abstained },
    b: { chosen: other.chosen, abstained: other.abstained },
    label: label && {
      verdict: label.verdict,
      proposalNumber: label.proposalNumber,
      reasonClass: label.reasonClass,
      confidence: label.confidence,
      exposed: label.exposed,
    },
  }));
}

/** Everybody who ever answered a snapshot that nobody saw the answer to. */
export async function judgesOnRecord(db: Db): Promise<string[]> {
  const rows = await db.selectDistinct({ model: evaluations.model }).from(evaluations);
  return rows.map(({ model }) => model).sort();
}
