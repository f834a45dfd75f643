/**
 * Explanation and golden proposal are written once, for the outcome of the votes: the first pass's own text where
 * it voted for the outcome, a last full pass otherwise.
 */

import { issueText } from '../prompt/messages.ts';
import { passOrder, restoreNumbers } from '../prompt/order.ts';
import type { JudgeInput } from '../types.ts';
import { findUngrounded, isMisleading, markUngrounded, ungroundedNames } from './grounding.ts';
import type { Outcome } from './outcome.ts';
import { type PassResult, runNeededPass, type Session } from './pass.ts';
import type { Choice } from './posterior.ts';

export interface Written {
  readonly explanation: string;
  /** For an abstention: what would decide it. */
  readonly golden: string;
  /** By proposal number. */
  readonly assessments: ReadonlyMap<number, { readonly strength: string; readonly weakness: string }>;
}

const NOTHING: Written = { explanation: '', golden: '', assessments: new Map() };

/** `numbers` are the proposals of the last round. A text that cannot be written says so in its place. */
export async function write(
  session: Session,
  input: JudgeInput,
  numbers: readonly number[],
  outcome: Outcome,
  first: PassResult | null,
): Promise<Written> {
  if (!session.parts.explanation && !session.parts.goldenProposal) return NOTHING;
  const target = outcome.kind === 'chosen' ? outcome.number : null;
  const fits = outcome.kind !== 'close' && first?.choice === target && first.answer !== null;
  const result = fits && first !== null ? first : await writePass(session, numbers, outcome, null);
  const written = wordsOf(result);
  if (written === null) return { ...NOTHING, explanation: apology(target) };
  if (target === null) return written;
  return ground(session, input, numbers, outcome, written);
}

function writePass(
  session: Session,
  numbers: readonly number[],
  outcome: Outcome,
  complaint: string | null,
): Promise<PassResult> {
  const target = outcome.kind === 'chosen' ? outcome.number : null;
  const label = complaint === null ? 'writer' : 'writer again';
  return runNeededPass(session, {
    kind: 'writer',
    label,
    order: session.settings.switches.shuffling ? passOrder(numbers, `${session.seed}/writer`, 0) : numbers,
    choices: target === null ? [] : [target],
    allowNull: target === null,
    full: true,
    note: (shown) => {
      const id = (choice: Choice) => (choice === null ? 'none at all' : `proposal ${shown.idOf(choice)}`);
      return [instruction(outcome, id), complaint].filter((line) => line !== null).join(' ');
    },
  });
}

function instruction(outcome: Outcome, id: (choice: Choice) => string): string {
  switch (outcome.kind) {
    case 'chosen':
      return `The choice is made: ${id(outcome.number)}. Write the verdict for it.`;
    case 'none':
      return 'The choice is made: none is acceptable, the id is null. Explain why, and as golden_proposal say what would decide it.';
    case 'close': {
      const [one, other] = outcome.between.map(id);
      return `Between ${one} and ${other} it is too close, the id is null. Explain what speaks for each, and as golden_proposal say in one sentence what would decide it.`;
    }
    default:
      return outcome satisfies never;
  }
}

/** The pass's words with the proposals' own numbers in them; null when it has none. */
function wordsOf({ answer, shown }: PassResult): Written | null {
  if (answer === null) return null;
  const restore = (text: string) => restoreNumbers(text.trim(), shown);
  const assessments = (answer.assessments ?? []).flatMap(({ id, strength, weakness }) => {
    const number = shown.numberOf(id);
    return number === null
      ? []
      : [[number, { strength: restore(strength), weakness: restore(weakness) }] as const];
  });
  return {
    explanation: restore(answer.explanation),
    golden: restore(answer.golden_proposal),
    assessments: new Map(assessments),
  };
}

/** Redoes the text once when it leads to places nobody named, then marks what is left. */
async function ground(
  session: Session,
  input: JudgeInput,
  numbers: readonly number[],
  outcome: Outcome,
  written: Written,
): Promise<Written> {
  const { grounding } = session.settings.policy;
  if (grounding === 'off') return written;
  const sources = { texts: [issueText(input), ...input.candidates.map(({ body }) => body)] };
  const found = findUngrounded(written.golden, sources);
  if (grounding === 'mark' || !isMisleading(found)) return marked(written, sources);
  const names = ungroundedNames(found).slice(0, 5).join(', ').slice(0, 200);
  const complaint = `Your last golden proposal named ${names}, which nobody mentioned: use only what occurs above.`;
  const again = wordsOf(await writePass(session, numbers, outcome, complaint));
  return marked(again ?? written, sources);
}

function marked(written: Written, sources: { readonly texts: readonly string[] }): Written {
  return { ...written, golden: markUngrounded(written.golden, findUngrounded(written.golden, sources)) };
}

function apology(target: number | null): string {
  const what = target === null ? 'abstention' : `choice of proposal ${target}`;
  return `The votes settled the ${what}, but the model's explanation of it could not be read.`;
}
