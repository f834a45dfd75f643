/**
 * The answer that a row teaches. In this order:
 *
 * - `distilled`: sampled from a model that was not shown the label, chose it all the same, and passed the checks;
 * - `accepted`: the embedded judge's extractive words, where the maintainers chose as it did;
 * - `maintainers`: their own reason, and the text of the proposal they chose.
 *
 * What the served model said is never the target of its own training, however often it was accepted.
 */
import type { TargetKind } from '../../schema/index.ts';
import type { LabelledThread, Words } from './labelled-thread.ts';

export interface Target extends Words {
  readonly kind: TargetKind;
}

export function targetOf(thread: LabelledThread): Target {
  const { decision, distilled, label } = thread;
  const kept = distilled.find((words) => words.outcome === 'kept' && words.chosen === label.best);
  if (kept) return { ...wordsOf(kept), kind: 'distilled' };
  const agreed = decision !== null && decision.chosen === label.best;
  // The thinking of the vote that won is kept beside the target, where it led to the label.
  const thinking = agreed ? decision.thinking : '';
  if (agreed && decision.judge === 'embedded') {
    const explanation = thread.reason ?? decision.explanation;
    return { ...wordsOf(decision), explanation, kind: 'accepted' };
  }
  return { ...maintainersWords(thread), thinking, kind: 'maintainers' };
}

/**
 * Words that argued for something else than the label: the worse half of a preference pair; null without any. Who
 * abstained, or could not be read, argued for nothing.
 */
export function rejectedOf({ decision, distilled, label }: LabelledThread): Words | null {
  if (decision !== null && decision.chosen !== null && decision.chosen !== label.best)
    return wordsOf(decision);
  const wrong = distilled.find(
    ({ outcome, chosen }) => outcome === 'chose-otherwise' && chosen !== label.best,
  );
  return wrong ? wordsOf(wrong) : null;
}

function maintainersWords({ input, label, reason }: LabelledThread): Omit<Words, 'thinking'> {
  const best = input.candidates.find(({ number }) => number === label.best);
  const plain = best
    ? `The maintainers chose proposal ${best.number}.`
    : 'The maintainers found none acceptable.';
  return { chosen: label.best, explanation: reason ?? plain, golden: best?.body ?? '' };
}

function wordsOf({ chosen, explanation, golden, thinking }: Words): Words {
  return { chosen, explanation, golden, thinking };
}
