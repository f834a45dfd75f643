import { and, asc, desc, eq, inArray, isNotNull, isNull } from 'drizzle-orm';
import type { CastVote } from '../pipeline/judge/types.ts';
import type { Db } from '../ports.ts';
import { decisions, labels, votes } from '../schema/index.ts';

export interface DecisionKey {
  readonly model: string;
  readonly promptVersion: string;
  readonly votePolicy: string;
}

/** A decision of the model that a label tells right from wrong. */
export interface LabelledDecision {
  readonly id: string;
  readonly chosen: number | null;
  readonly correct: boolean;
  /** In the order they were cast. */
  readonly votes: readonly CastVote[];
}

/**
 * The last `limit` decisions of one model, prompt and vote policy that chose, with labels whose authors could not
 * have seen the choice. Labels in conflict, or for a proposal that nobody could choose, say nothing.
 */
export async function labelledDecisions(
  db: Db,
  key: DecisionKey,
  limit: number,
): Promise<LabelledDecision[]> {
  const found = await db
    .select({ id: decisions.id, chosen: decisions.chosen, label: labels })
    .from(decisions)
    .innerJoin(labels, eq(labels.snapshotId, decisions.snapshotId))
    .where(
      and(
        eq(decisions.judge, 'model'),
        eq(decisions.model, key.model),
        eq(decisions.promptVersion, key.promptVersion),
        eq(decisions.votePolicy, key.votePolicy),
        isNotNull(decisions.chosen),
        isNull(labels.supersededAt),
        eq(labels.exposed, false),
        eq(labels.conflict, false),
        eq(labels.outsideSnapshot, false),
      ),
    )
    .orderBy(desc(decisions.decidedAt))
    .limit(limit);
  const cast = await votesOf(
    db,
    found.map(({ id }) => id),
  );
  return found.map(({ id, chosen, label }) => ({
    id,
    chosen,
    correct: label.verdict === 'proposal' && label.proposalNumber === chosen,
    votes: cast.get(id) ?? [],
  }));
}

/** Without the texts, which are long. */
async function votesOf(db: Db, ids: readonly string[]): Promise<Map<string, CastVote[]>> {
  const rows =
    ids.length === 0
      ? []
      : await db
          .select({
            decisionId: votes.decisionId,
            kind: votes.kind,
            label: votes.label,
            attempt: votes.attempt,
            order: votes.shownOrder,
            chosen: votes.chosen,
            error: votes.error,
          })
          .from(votes)
          .where(and(inArray(votes.decisionId, [...ids]), eq(votes.kind, 'vote')))
          .orderBy(asc(votes.ordinal));
  const byDecision = new Map<string, CastVote[]>();
  for (const { decisionId, ...vote } of rows) {
    byDecision.set(decisionId, [...(byDecision.get(decisionId) ?? []), vote]);
  }
  return byDecision;
}
