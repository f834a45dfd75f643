/**
 * One training row, in the project's data contract. Python and trainers see these rows only, never the database.
 */
import { buildMessages, type Message, PROMPT_VERSION } from '../judge/prompt/messages.ts';
import type { JudgeInput } from '../judge/types.ts';
import { createAnonymiser } from './anonymise.ts';

export type DatasetFormat = 'sft' | 'grpo';

/** What is known about a labelled decision. */
export interface LabelledDecision {
  readonly decisionId: string;
  readonly snapshotId: string;
  readonly snapshotHash: string;
  readonly input: JudgeInput;
  /** The right proposal; null when none is acceptable. */
  readonly best: number | null;
  readonly reasonClass: string;
  /** 0 to 1, the label's confidence. */
  readonly weight: number;
  readonly exposed: boolean;
  readonly labelId: string;
  readonly signalIds: readonly string[];
  /** The judge's own words; used only where the label agrees with its choice. */
  readonly judged: {
    readonly chosen: number | null;
    readonly explanation: string;
    readonly goldenProposal: string;
    readonly thinking: string;
    readonly model: string;
  };
  /** The maintainer's reason, where one was given. */
  readonly reason: string | null;
  /** US dollars read from the issue, 0 where there is none. */
  readonly price: number;
}

export interface DatasetRow {
  readonly id: string;
  readonly messages: readonly Message[];
  readonly best_proposal_id: number | null;
  readonly golden_proposal: string;
  readonly explanation: string;
  readonly cot: string;
  readonly price: number;
  readonly weight: number;
  readonly reason_class: string;
  readonly exposed: boolean;
  readonly provenance: {
    readonly decision: string;
    readonly snapshot: string;
    readonly snapshot_hash: string;
    readonly label: string;
    readonly signals: readonly string[];
    readonly model: string;
    readonly prompt_version: string;
  };
}

/** Builds the row; SFT rows end with the assistant's answer, GRPO rows with the user's message. */
export function buildRow(decision: LabelledDecision, format: DatasetFormat): DatasetRow {
  const anonymise = createAnonymiser(decision.input.candidates.map((candidate) => candidate.authorLogin));
  const target = targetOf(decision);
  const explanation = anonymise(target.explanation);
  const golden = anonymise(target.golden);
  const messages = buildMessages(withoutIdentities(decision.input, anonymise));
  const answer = { best_proposal_id: decision.best, explanation, golden_proposal: golden };
  return {
    id: decision.snapshotId,
    messages:
      format === 'sft' ? [...messages, { role: 'assistant', content: JSON.stringify(answer) }] : messages,
    best_proposal_id: decision.best,
    golden_proposal: golden,
    explanation,
    cot: anonymise(target.thinking),
    price: decision.price,
    weight: decision.weight,
    reason_class: decision.reasonClass,
    exposed: decision.exposed,
    provenance: {
      decision: decision.decisionId,
      snapshot: decision.snapshotId,
      snapshot_hash: decision.snapshotHash,
      label: decision.labelId,
      signals: decision.signalIds,
      model: decision.judged.model,
      prompt_version: PROMPT_VERSION,
    },
  };
}

/** Where the maintainers chose otherwise, the judge's words argue for the wrong proposal and are not a target. */
function targetOf(decision: LabelledDecision): { explanation: string; golden: string; thinking: string } {
  const { judged } = decision;
  if (judged.chosen === decision.best) {
    return {
      explanation: decision.reason ?? judged.explanation,
      golden: judged.goldenProposal,
      thinking: judged.thinking,
    };
  }
  const best = decision.input.candidates.find((candidate) => candidate.number === decision.best);
  const fallback = best
    ? `The maintainers chose proposal ${best.number}.`
    : 'The maintainers found none acceptable.';
  return { explanation: decision.reason ?? fallback, golden: best?.body ?? '', thinking: '' };
}

function withoutIdentities(input: JudgeInput, anonymise: (text: string) => string): JudgeInput {
  return {
    ...input,
    issue: { ...input.issue, title: anonymise(input.issue.title), body: anonymise(input.issue.body) },
    candidates: input.candidates.map((candidate) => ({ ...candidate, body: anonymise(candidate.body) })),
  };
}
