/** Why the accepted one was accepted, as far as the signals tell. */
import type { ReasonClass, SignalSource } from '../../schema/feedback.ts';
import type { LabelSignal, ResolvedLabel } from './label.ts';

/** A rule of the project decides whatever the code is worth, so it goes before what was said about the code. */
const STRONGEST_FIRST: readonly ReasonClass[] = ['policy', 'split', 'priority', 'technical'];
/** Two authors who hold the issue at once share it. */
const SHARED_BY: ReadonlySet<SignalSource> = new Set(['assignment']);

/** Classes whose labels teach which proposal is better; the others were decided by something else. */
const TRAINING_CLASSES: ReadonlySet<ReasonClass> = new Set(['technical', 'none', 'unknown']);

export function classOf(resolution: {
  readonly verdict: ResolvedLabel['verdict'];
  readonly deciding: LabelSignal;
  readonly agreeing: readonly LabelSignal[];
  readonly evidence: readonly LabelSignal[];
}): ReasonClass {
  const { verdict, deciding, agreeing, evidence } = resolution;
  if (deciding.source === 'review' && deciding.reasonClass) return deciding.reasonClass;
  if (verdict === 'none-acceptable') return 'none';
  if (isShared(deciding, evidence)) return 'split';
  // Why the others lost is as good a reason as why this one won.
  const refusals = evidence.filter(
    ({ polarity, proposalNumber }) => polarity === 'reject' && proposalNumber !== deciding.proposalNumber,
  );
  const given = new Set([...agreeing, ...refusals].map(({ reasonClass }) => reasonClass));
  return STRONGEST_FIRST.find((one) => given.has(one)) ?? 'unknown';
}

function isShared(deciding: LabelSignal, evidence: readonly LabelSignal[]): boolean {
  if (!SHARED_BY.has(deciding.source)) return false;
  const holders = evidence.filter(({ source }) => source === deciding.source);
  return new Set(holders.map(({ proposalNumber }) => proposalNumber)).size > 1;
}

/** Whether a label of this class trains the selection reward by default. */
export function trainsSelection(reasonClass: ReasonClass): boolean {
  return TRAINING_CLASSES.has(reasonClass);
}
