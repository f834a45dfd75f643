/**
 * After a promotion the old judge goes on in the shadow: both answer every snapshot, nobody sees it, and where
 * maintainers decided without having seen a choice the two are compared. An alarm gives the channel back.
 */

import type { Judge } from '../../pipeline/judge/types.ts';
import { type AlarmState, watchPromotion } from '../../pipeline/promotion/alarm.ts';
import { isRight } from '../../pipeline/promotion/is-right.ts';
import { holdoutStore, modelStore } from '../../store/index.ts';
import { evaluate } from './evaluate.ts';
import { rollBack } from './serve.ts';
import type { LearningContext } from './types.ts';

/** Snapshots a turn, so that a turn stays short. */
const SNAPSHOTS_A_TURN = 50;

export interface Comparison extends AlarmState {
  readonly stable: string;
  readonly shadow: string;
  /** Unexposed decisions since the promotion, and how many each got right. */
  readonly decisions: number;
  readonly stableRight: number;
  readonly shadowRight: number;
}

/** @returns null while nobody was promoted */
export async function judgeInShadow(ctx: LearningContext, signal?: AbortSignal): Promise<Comparison | null> {
  const { kind } = ctx.judges;
  const { period, version } = await modelStore.servedOn(ctx.db, kind, 'stable');
  if (!period || !version || period.reason !== 'promoted') return null;
  const { version: old } = await modelStore.servedOn(ctx.db, kind, 'shadow');
  const [stable, shadow] = [ctx.judges.open(version), ctx.judges.open(old)];
  for (const judge of [stable, shadow]) await catchUp(ctx, judge, period.since, signal);
  return compareSince(ctx, stable, shadow, period.since);
}

/** Rolls back when the alarm sounds. @returns the comparison that it rests on */
export async function watchStable(ctx: LearningContext, signal?: AbortSignal): Promise<Comparison | null> {
  const comparison = await judgeInShadow(ctx, signal);
  if (comparison && comparison.soundedAt !== null) await rollBack(ctx, ctx.judges.kind, 'the alarm', 'alarm');
  return comparison;
}

async function catchUp(ctx: LearningContext, judge: Judge, since: Date, signal?: AbortSignal): Promise<void> {
  const snapshots = await holdoutStore.unansweredSince(ctx.db, since, judge.name, SNAPSHOTS_A_TURN);
  await evaluate(ctx, { judge, reordered: null }, snapshots, signal);
}

async function compareSince(
  { db }: LearningContext,
  stable: Judge,
  shadow: Judge,
  since: Date,
): Promise<Comparison> {
  const labels = await holdoutStore.labelsSince(db, since);
  const ids = labels.map(({ snapshotId }) => snapshotId);
  const ours = await holdoutStore.evaluationsOf(db, stable.name, ids);
  const theirs = await holdoutStore.evaluationsOf(db, shadow.name, ids);
  const compared = labels
    .filter(({ snapshotId }) => ours.has(snapshotId) && theirs.has(snapshotId))
    .map((label) => ({
      newRight: isRight(label, ours.get(label.snapshotId)),
      oldRight: isRight(label, theirs.get(label.snapshotId)),
    }));
  return {
    ...watchPromotion(compared),
    stable: stable.name,
    shadow: shadow.name,
    decisions: compared.length,
    stableRight: compared.filter(({ newRight }) => newRight).length,
    shadowRight: compared.filter(({ oldRight }) => oldRight).length,
  };
}
