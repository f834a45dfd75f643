/** Samples answers to the labelled threads that a version would train on, and reports how far they cover them. */
import type { Contamination } from '../../pipeline/dataset/decontaminate.ts';
import { checkAnswer, type DistilledAnswer, distillQuestions } from '../../pipeline/dataset/distill.ts';
import { splitOf } from '../../pipeline/dataset/holdout.ts';
import type { LabelledThread } from '../../pipeline/dataset/labelled-thread.ts';
import { prepareThread } from '../../pipeline/dataset/prepare-thread.ts';
import { leaveOut, type SelectionRules } from '../../pipeline/dataset/selection.ts';
import type { InferenceClient } from '../../pipeline/judge/model/port.ts';
import { PROMPT_VERSION } from '../../pipeline/judge/prompt/messages.ts';
import { loadQwen3Tokens } from '../../pipeline/judge/prompt/tokens.ts';
import type { Db } from '../../ports.ts';
import { distilledAnswerStore } from '../../store/index.ts';
import { type LabelledItem, readLabelled } from './read-labelled.ts';

export interface DistillTaskOptions {
  readonly samples: number;
  readonly model: string | null;
  /** Threads to ask about at most. */
  readonly limit: number;
  /** Threads that are asked about at the same time. */
  readonly concurrency: number;
  readonly operatorConsent: boolean;
  readonly rules: SelectionRules;
  readonly touches: (input: LabelledThread['input']) => Contamination[];
  readonly at: Date;
  readonly onThread?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Of the threads with so many proposals. */
export interface Coverage {
  readonly proposals: number;
  readonly threads: number;
  /** Threads with an answer that was kept. */
  readonly covered: number;
  readonly samples: number;
  readonly kept: number;
}

export interface DistillReport {
  /** Threads asked about in this run. */
  readonly asked: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Over all threads to train on, those of earlier runs included. */
  readonly coverage: readonly Coverage[];
}

/**
 * Threads that have answers already are not asked about again, so an interrupted run goes on where it ended. Answers
 * from before the label changed to another one do not count.
 * @throws JudgeError when the service cannot be reached or refuses.
 */
export async function distill(
  db: Db,
  client: InferenceClient,
  options: DistillTaskOptions,
): Promise<DistillReport> {
  const outcomes: Record<string, number> = {};
  const coverage = createCoverage();
  const items = trainable(readLabelled(db, options.operatorConsent, options.signal), options);
  let asked = 0;
  const work = async () => {
    for (let next = await items.next(); !next.done; next = await items.next()) {
      const { thread } = next.value;
      const known = thread.distilled.filter(({ sampledFor }) => sampledFor === thread.label.best);
      if (known.length > 0)
        coverage.add(
          thread,
          known.map(({ outcome }) => outcome === 'kept'),
        );
      else if (asked < options.limit) {
        asked += 1;
        const answers = await askAbout(db, client, thread, options);
        for (const { outcome } of answers) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        coverage.add(
          thread,
          answers.map(({ outcome }) => outcome === 'kept'),
        );
        options.onThread?.(asked);
      } else coverage.add(thread, []);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return { asked, outcomes, coverage: coverage.finish() };
}

/** The holdout is for comparing models: nothing is learned from it, not even how to answer. */
async function* trainable(
  items: AsyncIterable<LabelledItem>,
  { rules, touches }: DistillTaskOptions,
): AsyncGenerator<LabelledItem> {
  for await (const item of items) {
    const { thread, facts, issue } = item;
    if (splitOf(issue.repositoryId, issue.number) === 'holdout') continue;
    if (leaveOut(thread, facts, rules) !== null || touches(thread.input).length > 0) continue;
    yield item;
  }
}

async function askAbout(
  db: Db,
  client: InferenceClient,
  raw: LabelledThread,
  { samples, model, at, signal }: DistillTaskOptions,
): Promise<DistilledAnswer[]> {
  const { thread } = await prepareThread(raw);
  const questions = await distillQuestions(thread, { samples, model, counter: await loadQwen3Tokens() });
  const answered = await Promise.all(
    questions.map(async (question) => {
      const completion = await client.complete(question.request, signal ? { signal } : {});
      return { question, completion, answer: checkAnswer(thread, question, completion) };
    }),
  );
  await distilledAnswerStore.insertDistilledAnswers(
    db,
    raw.snapshotId,
    answered.map(({ question, completion, answer }) => ({
      snapshotId: raw.snapshotId,
      labelId: raw.label.id,
      model: completion.model,
      promptVersion: PROMPT_VERSION,
      shownOrder: [...question.order],
      chosen: answer.chosen,
      outcome: answer.outcome,
      explanation: answer.explanation,
      goldenProposal: answer.golden,
      thinking: answer.thinking,
      createdAt: at,
    })),
  );
  return answered.map(({ answer }) => answer);
}

function createCoverage() {
  const counts = new Map<number, { threads: number; covered: number; samples: number; kept: number }>();
  return {
    add({ input }: LabelledThread, kept: readonly boolean[]): void {
      const proposals = input.candidates.length;
      const count = counts.get(proposals) ?? { threads: 0, covered: 0, samples: 0, kept: 0 };
      const good = kept.filter(Boolean).length;
      count.threads += 1;
      count.covered += good > 0 ? 1 : 0;
      count.samples += kept.length;
      count.kept += good;
      counts.set(proposals, count);
    },
    finish: (): Coverage[] =>
      [...counts]
        .map(([proposals, count]) => ({ proposals, ...count }))
        .sort((a, b) => a.proposals - b.proposals),
  };
}
