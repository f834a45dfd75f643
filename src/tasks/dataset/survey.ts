/**
 * The first of two readings: which snapshots a version takes, before any row is made. What two threads have to do
 * with each other (copies, repetitions) can only be told when all of them were seen.
 */
import type { Contamination } from '../../pipeline/dataset/decontaminate.ts';
import type { SplitRule } from '../../pipeline/dataset/holdout.ts';
import {
  createDuplicateIndex,
  type Signature,
  signaturesOf,
} from '../../pipeline/dataset/near-duplicates.ts';
import { type LeftOutReason, leaveOut, type SelectionRules } from '../../pipeline/dataset/selection.ts';
import type { Split } from '../../schema/index.ts';
import type { LabelledItem } from './read-labelled.ts';

export interface Survey {
  /** By snapshot id: the split, for those that are taken. */
  readonly selected: ReadonlyMap<string, { readonly split: Split; readonly labelId: string }>;
  readonly contaminated: ReadonlySet<string>;
  readonly leftOut: ReadonlyMap<string, LeftOutReason>;
}

export interface SurveyOptions {
  readonly rules: SelectionRules;
  readonly touches: (thread: LabelledItem['thread']['input']) => Contamination[];
  /** False keeps what touches a benchmark. */
  readonly decontaminate: boolean;
  readonly splitOf: SplitRule;
  /** Snapshots that an earlier version trained on. */
  readonly trainedBefore: ReadonlySet<string>;
  readonly onContaminated: (item: LabelledItem, found: readonly Contamination[]) => Promise<void>;
  readonly onRead: () => void;
}

interface Candidate {
  readonly id: string;
  readonly labelId: string;
  readonly split: Split;
  readonly exposed: boolean;
  readonly signatures: readonly Signature[];
}

export async function survey(items: AsyncIterable<LabelledItem>, options: SurveyOptions): Promise<Survey> {
  const leftOut = new Map<string, LeftOutReason>();
  const contaminated = new Set<string>();
  const candidates = new Map<string, Candidate>();
  for await (const item of items) {
    options.onRead();
    const { thread } = item;
    const reason = leaveOut(thread, item.facts, options.rules);
    const touched = reason === null ? options.touches(thread.input) : [];
    if (touched.length > 0) {
      contaminated.add(thread.snapshotId);
      await options.onContaminated(item, touched);
    }
    if (reason !== null) leftOut.set(thread.snapshotId, reason);
    else if (touched.length > 0 && options.decontaminate) leftOut.set(thread.snapshotId, 'benchmark');
    else takeOnce(candidates, leftOut, item, options.splitOf);
  }
  const taken = [...candidates.values()];
  for (const id of crossing(taken, options.trainedBefore)) leftOut.set(id, 'near-duplicate');
  const selected = taken
    .filter(({ id }) => !leftOut.has(id))
    .map(({ id, split, labelId }) => [id, { split, labelId }] as const);
  return { selected: new Map(selected), contaminated, leftOut };
}

/** The same texts of the same issue count once; an answer given before ours could be seen is worth more. */
function takeOnce(
  candidates: Map<string, Candidate>,
  leftOut: Map<string, LeftOutReason>,
  { thread, issue }: LabelledItem,
  splitOf: SplitRule,
): void {
  const key = `${issue.id}:${thread.snapshotHash}`;
  const earlier = candidates.get(key);
  if (earlier && (thread.label.exposed || !earlier.exposed)) {
    leftOut.set(thread.snapshotId, 'repeated-snapshot');
    return;
  }
  if (earlier) leftOut.set(earlier.id, 'repeated-snapshot');
  candidates.set(key, {
    id: thread.snapshotId,
    labelId: thread.label.id,
    split: splitOf(issue.repositoryId, issue.number),
    exposed: thread.label.exposed,
    signatures: signaturesOf(thread.input),
  });
}

/**
 * One side of every pair of near-duplicates with one thread in each split. The holdout stays, unless a model may
 * have learned the other thread from an earlier version: then it is no fair question any more.
 */
function crossing(candidates: readonly Candidate[], trainedBefore: ReadonlySet<string>): Set<string> {
  const holdout = createDuplicateIndex();
  for (const { id, split, signatures } of candidates) if (split === 'holdout') holdout.add(id, signatures);
  const training = candidates.filter(({ split }) => split === 'train');
  const out = new Set<string>();
  for (const { signatures } of training.filter(({ id }) => trainedBefore.has(id))) {
    for (const id of holdout.find(signatures)) out.add(id);
  }
  for (const { id, signatures } of training.filter((one) => !trainedBefore.has(one.id))) {
    if (holdout.find(signatures).some((other) => !out.has(other))) out.add(id);
  }
  return out;
}
