/**
 * Answers to learn from, sampled from a model or teacher that is asked exactly as the judge is: nothing tells it
 * which proposal the maintainers chose. An answer is kept when it chooses the same and passes the checks that the
 * training's rewards make: it can be read, and it names nothing that nobody wrote.
 */
import { wellFormed } from '../../markdown/invisible.ts';
import { answerJsonSchema } from '../judge/model/answer.ts';
import { findUngrounded, isGrounded } from '../judge/model/grounding.ts';
import { QWEN3_SAMPLING } from '../judge/model/policy.ts';
import type { Completion, CompletionRequest } from '../judge/model/port.ts';
import { readAnswer } from '../judge/model/reader.ts';
import { issueText } from '../judge/prompt/messages.ts';
import { restoreNumbers, type ShownIds, seedNumber } from '../judge/prompt/order.ts';
import { createPacker, DEFAULT_BUDGET } from '../judge/prompt/pack.ts';
import type { TokenCounter } from '../judge/prompt/tokens.ts';
import type { JudgeInput } from '../judge/types.ts';
import type { DistillOutcome, LabelledThread } from './labelled-thread.ts';
import { ordersOf } from './row.ts';

/** One question to ask, and how its answer's ids are read. */
export interface DistillQuestion {
  readonly order: readonly number[];
  readonly shown: ShownIds;
  readonly request: CompletionRequest;
}

export interface DistillOptions {
  /** Questions a thread is asked, each in another order where there are that many. */
  readonly samples: number;
  /** Served model; null takes the service's own. */
  readonly model: string | null;
  readonly counter: TokenCounter;
}

/** Texts call proposals by their numbers; all null for an answer that could not be read. */
export interface DistilledAnswer {
  readonly outcome: DistillOutcome;
  readonly chosen: number | null;
  readonly explanation: string | null;
  readonly golden: string | null;
  readonly thinking: string | null;
}

/** @param thread prepared for export: a teacher may stand elsewhere */
export async function distillQuestions(
  thread: LabelledThread,
  { samples, model, counter }: DistillOptions,
): Promise<DistillQuestion[]> {
  const packer = await createPacker(thread.input, { counter });
  const orders = ordersOf(thread, packer, samples);
  return Array.from({ length: orders.length === 0 ? 0 : samples }, (_, index) => {
    const order = orders[index % orders.length] ?? [];
    const { messages, shown } = packer.pack(order);
    const ids = [...shown.ids].sort((a, b) => a - b);
    return {
      order,
      shown,
      request: {
        messages,
        ...(model === null ? {} : { model }),
        maxTokens: DEFAULT_BUDGET.answer + DEFAULT_BUDGET.thinking,
        ...QWEN3_SAMPLING.thinking,
        seed: seedNumber(`${thread.snapshotId}/distill/${index}`),
        thinking: { enabled: true, budgetTokens: DEFAULT_BUDGET.thinking },
        schema: answerJsonSchema({ ids, allowNull: true, assess: shown.ids }),
      },
    };
  });
}

export function checkAnswer(
  thread: LabelledThread,
  { shown }: DistillQuestion,
  completion: Pick<Completion, 'answer' | 'thinking'>,
): DistilledAnswer {
  const read = readAnswer(completion.answer, { ids: shown.ids, shown: shown.ids });
  if (!read.valid) {
    return { outcome: 'unreadable', chosen: null, explanation: null, golden: null, thinking: null };
  }
  const { best_proposal_id: id, explanation, golden_proposal: golden } = read.answer;
  const restore = (text: string) => restoreNumbers(wellFormed(text.trim()), shown);
  const answer = {
    chosen: id === null ? null : shown.numberOf(id),
    explanation: restore(explanation),
    golden: restore(golden),
    thinking: restore(completion.thinking ?? read.thinking ?? ''),
  };
  return { ...answer, outcome: outcomeOf(thread, answer) };
}

function outcomeOf(
  { input, label }: LabelledThread,
  answer: { readonly chosen: number | null; readonly explanation: string; readonly golden: string },
): DistillOutcome {
  if (answer.explanation === '' || answer.golden === '') return 'unreadable';
  if (answer.chosen !== label.best) return 'chose-otherwise';
  const sources = { texts: textsOf(input) };
  const grounded = [answer.explanation, answer.golden].every((text) =>
    isGrounded(findUngrounded(text, sources)),
  );
  return grounded ? 'kept' : 'ungrounded';
}

function textsOf(input: JudgeInput): string[] {
  return [issueText(input), ...input.candidates.map(({ body }) => body)];
}
