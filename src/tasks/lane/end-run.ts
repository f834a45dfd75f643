/** A run that ends without a decision: why, and who hears of it. */
import type { AppContext, Db } from '../../ports.ts';
import { commandStore, effectStore, issueStore, runStore } from '../../store/index.ts';
import { wantRunNotice } from '../support/decision-comment.ts';
import { finishCommands, type Outcome } from '../support/finish.ts';
import { wantDryRunEnd } from '../support/notices.ts';
import { commentKey } from '../support/want.ts';
import { hold } from './hold-run.ts';
import { isShown } from './is-shown.ts';

/** Why a run ends without a decision. */
export type RunEnd =
  | { readonly kind: 'cancelled'; readonly by: string }
  | { readonly kind: 'no-proposals' }
  | { readonly kind: 'over-quota'; readonly perDay: number }
  | { readonly kind: 'gone' }
  /** An automatic run on an issue that is closed or paused. */
  | { readonly kind: 'unwelcome' }
  | { readonly kind: 'failed'; readonly reason: string };

const OUTCOMES: Record<RunEnd['kind'], Outcome['outcome']> = {
  cancelled: 'cancelled',
  'no-proposals': 'no-proposals',
  'over-quota': 'over-budget',
  gone: 'gone',
  unwelcome: 'cancelled',
  failed: 'failed',
};

const STATE_AFTER: Partial<Record<RunEnd['kind'], 'cancelled' | 'failed'>> = {
  cancelled: 'cancelled',
  unwelcome: 'cancelled',
  failed: 'failed',
};

export async function endWithoutDecision(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  run: runStore.Run,
  end: RunEnd,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await issueStore.lockIssue(tx, issue.id);
    await hold(tx, run);
    // Nobody asked for an automatic run, so nobody needs to hear that it came to nothing, unless they see it waiting.
    const isExpected = isShown(run) && (isAsked(run) || (await hasComment(tx, run.id)));
    if (isExpected && end.kind !== 'gone') await wantRunNotice(ctx, tx, issue, run, end);
    const commands = await commandStore.commandsOfRun(tx, run.id);
    const outcome = { outcome: OUTCOMES[end.kind], detail: detailOf(end) };
    const asker = commands.at(-1);
    if (run.dryRun && asker && end.kind !== 'gone') await wantDryRunEnd(ctx, tx, issue, asker, outcome);
    await finishCommands(ctx, tx, issue, commands, outcome);
    await runStore.finishRun(tx, run.id, {
      state: STATE_AFTER[end.kind] ?? 'finished',
      ...(end.kind === 'failed' ? { error: end.reason } : {}),
      at: ctx.clock.now(),
    });
  });
  await ctx.failpoint('run.ended');
}

function detailOf(end: RunEnd): string {
  switch (end.kind) {
    case 'cancelled':
      return `cancelled by ${end.by}`;
    case 'no-proposals':
      return 'no proposal was found on this issue';
    case 'over-quota':
      return `the installation used its ${end.perDay} judge calls of the last 24 hours`;
    case 'gone':
      return 'the issue is gone';
    case 'unwelcome':
      return 'the issue is closed or paused';
    case 'failed':
      return end.reason;
    default:
      return end satisfies never;
  }
}

function isAsked({ trigger }: runStore.Run): boolean {
  return trigger === 'command' || trigger === 'label';
}

/** Whether the run has a comment, which then promises a decision. */
export async function hasComment(db: Db, runId: string): Promise<boolean> {
  return (await effectStore.findEffect(db, commentKey('decision', runId))) !== null;
}
