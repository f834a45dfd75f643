/**
 * What no webhook tells: reactions on the decision comment, and merged pull requests that the issue's timeline links
 * although their text does not name the issue. Looked at with growing distance while a decision is young.
 */
import { nextLookAt } from '../../pipeline/feedback/look-times.ts';
import { polarityOfReaction } from '../../pipeline/feedback/reactions.ts';
import { weightOf } from '../../pipeline/feedback/weights.ts';
import type { AppContext, GitHub, Reaction } from '../../ports.ts';
import { decisionStore, effectStore, evidenceStore, type issueStore } from '../../store/index.ts';
import { commentKey } from '../support/want.ts';
import { hearMerge } from './hear-merge.ts';
import { recordEvidence, resolveLabels } from './record.ts';

/** @throws GitHubError when GitHub cannot be asked; the look is then still due. */
export async function lookAtDecisions(ctx: AppContext, issue: issueStore.LocatedIssue): Promise<void> {
  const due = await decisionStore.decisionsDue(ctx.db, issue.id, ctx.clock.now());
  if (due.length === 0) return;
  const github = await ctx.github.forInstallation(issue.installationId);
  await hearTimeline(ctx, issue, github);
  for (const decision of due) {
    const effect = await effectStore.findEffect(ctx.db, commentKey('decision', decision.runId));
    const commentId = effect?.state === 'tombstoned' ? null : (effect?.githubId ?? null);
    if (commentId !== null) {
      const ref = { owner: issue.owner, name: issue.repositoryName };
      await hearReactions(ctx, issue, decision, {
        commentId,
        url: effect?.githubUrl ?? null,
        reactions: await github.commentReactions(ref, commentId),
      });
    }
    await planNextLook(ctx, decision);
  }
}

async function hearReactions(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  decision: decisionStore.Decision,
  seen: { commentId: number; url: string | null; reactions: readonly Reaction[] },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const place = { ctx, tx, issue };
    const now = new Set(seen.reactions.map(({ id }) => reactionKey(id)));
    const before = await evidenceStore.reactionsOn(tx, decision.id);
    const gone = before.map(({ key }) => key).filter((key) => !now.has(key));
    await evidenceStore.withdrawKeys(tx, gone, ctx.clock.now());
    const known = new Set(before.map(({ key }) => key));
    for (const reaction of seen.reactions) {
      const polarity = polarityOfReaction(reaction.content);
      if (polarity === null || reaction.author.isBot || known.has(reactionKey(reaction.id))) continue;
      await recordEvidence(place, {
        key: reactionKey(reaction.id),
        decisionId: decision.id,
        snapshotId: decision.snapshotId,
        source: 'reaction',
        polarity,
        proposalNumber: polarity === 'accept' ? decision.chosen : null,
        actorId: reaction.author.id,
        actorLogin: reaction.author.login,
        rule: reaction.content,
        weight: weightOf({ source: 'reaction' }),
        evidenceUrl: seen.url,
        evidenceCommentId: seen.commentId,
        verifiedAt: null,
        createdAt: new Date(reaction.at),
      });
    }
    if (gone.length > 0) await resolveLabels(place);
  });
}

function reactionKey(id: number): string {
  return `reaction:${id}`;
}

async function hearTimeline(ctx: AppContext, issue: issueStore.LocatedIssue, github: GitHub): Promise<void> {
  const name = `${issue.owner}/${issue.repositoryName}`;
  const ref = { owner: issue.owner, name: issue.repositoryName, number: issue.number };
  const repository = { id: issue.repositoryId, owner: issue.owner, name: issue.repositoryName };
  for (const entry of await github.readTimeline(ref)) {
    if (entry.kind !== 'linked-pull' || entry.pull.mergedAt === null) continue;
    const { pull } = entry;
    if (pull.repository.toLowerCase() !== name.toLowerCase()) continue;
    const { mergedAt, mergedBy, author, ...facts } = pull;
    const merged = {
      ...facts,
      authorLogin: author.login,
      mergedAt: new Date(mergedAt ?? entry.at),
      merger: mergedBy,
    };
    await ctx.db.transaction((tx) => hearMerge({ ctx, tx, repository }, merged, issue.id));
  }
}

async function planNextLook(ctx: AppContext, decision: decisionStore.Decision): Promise<void> {
  const looks = decision.looks + 1;
  const lookDueAt = decision.state === 'superseded' ? null : nextLookAt(looks, ctx.clock.now());
  await decisionStore.updateDecision(ctx.db, decision.id, { looks, lookDueAt });
}
