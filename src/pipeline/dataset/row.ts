/**
 * Training rows in the project's data contract: what the served model is shown, packed into the same budget, with
 * the proposals in several orders. Python and trainers see these rows only, never the database.
 */
import { createHash } from 'node:crypto';
import type { Split } from '../../schema/index.ts';
import { cleanText } from '../judge/prompt/clean.ts';
import { prepareText } from '../judge/prompt/cut.ts';
import { type Message, PROMPT_VERSION } from '../judge/prompt/messages.ts';
import { passOrder, restoreNumbers, type ShownIds, seededRandom } from '../judge/prompt/order.ts';
import { createPacker, type Packer } from '../judge/prompt/pack.ts';
import { planGroups } from '../judge/prompt/rounds.ts';
import type { TokenCounter } from '../judge/prompt/tokens.ts';
import type { LabelledThread, Words } from './labelled-thread.ts';
import { rejectedOf, type Target, targetOf } from './target.ts';

export interface RowOptions {
  /** Orders of the proposals a snapshot is shown in, at most. */
  readonly permutations: number;
  readonly counter: TokenCounter;
  readonly split: Split;
  readonly contaminated: boolean;
}

/** One row; ids in it are positions in the order shown, from 1, as the model is asked. */
export interface TrainingRow {
  readonly id: string;
  readonly permutation: number;
  /** Proposal numbers. */
  readonly shownOrder: readonly number[];
  readonly targetKind: Target['kind'];
  /** The system's and the user's message. */
  readonly messages: readonly Message[];
  /** The assistant's answer as text. */
  readonly answer: string;
  /** An answer that chose otherwise; null where none is known. */
  readonly rejected: string | null;
  readonly columns: RowColumns;
}

/** What stands beside the messages. Trainers remap columns named answer, output, text, content, solution or prompt. */
export interface RowColumns {
  readonly id: string;
  readonly best_proposal_id: number | null;
  readonly golden_proposal: string;
  readonly explanation: string;
  readonly cot: string;
  readonly price: number;
  readonly changed_names: readonly string[] | null;
  readonly weight: number;
  readonly reason_class: string;
  readonly exposed: boolean;
  readonly contaminated: boolean;
  readonly split: Split;
  readonly provenance: {
    readonly snapshot: string;
    readonly snapshot_hash: string;
    readonly origin: string;
    readonly flags: readonly string[];
    readonly label: string;
    readonly signals: readonly string[];
    readonly decision: string | null;
    readonly model: string | null;
    readonly target: Target['kind'];
    readonly prompt_version: string;
  };
}

/** Tokens a golden proposal may take of the answer's 1,536; the rest is for the explanation and the braces. */
const GOLDEN_TOKENS = 1_024;
const EXPLANATION_TOKENS = 384;

/** @param thread prepared for export. No rows come of a thread without proposals. */
export async function buildRows(thread: LabelledThread, options: RowOptions): Promise<TrainingRow[]> {
  if (thread.input.candidates.length === 0) return [];
  const packer = await createPacker(thread.input, { counter: options.counter });
  const target = targetOf(thread);
  const rejected = rejectedOf(thread);
  const orders = ordersOf(thread, packer, options.permutations);
  return orders.map((order, permutation) => {
    const { messages, shown } = packer.pack(order);
    const toShown = (words: Words) => shownWords(words, order, shown, options.counter);
    const taught = toShown(target);
    const id = `${thread.snapshotId}:${permutation}`;
    return {
      id,
      permutation,
      shownOrder: order,
      targetKind: target.kind,
      messages,
      answer: answerText(taught),
      rejected: rejected === null || !isShown(rejected, order) ? null : answerText(toShown(rejected)),
      columns: columnsOf(id, thread, target, taught, options),
    };
  });
}

/**
 * Distinct orders of the proposals, in pairs of a shuffle and its reverse. Of a thread that no prompt can hold, the
 * group with the right proposal is shown, grouped as the judge would.
 */
export function ordersOf(
  { snapshotId, input, label }: LabelledThread,
  packer: Packer,
  most: number,
): number[][] {
  const numbers = input.candidates.map(({ number }) => number);
  const groups = planGroups(numbers, packer, seededRandom(snapshotId));
  const group = groups.find((members) => label.best !== null && members.includes(label.best)) ?? groups[0];
  const orders = new Map<string, number[]>();
  // Small groups have few orders and draw the same ones again.
  for (let pass = 0; pass < most * 8 && orders.size < most; pass += 1) {
    const order = passOrder(group ?? [], snapshotId, pass);
    orders.set(order.join(), order);
  }
  return [...orders.values()];
}

interface ShownWords {
  readonly id: number | null;
  readonly explanation: string;
  readonly golden: string;
  readonly thinking: string;
}

function isShown({ chosen }: Words, order: readonly number[]): boolean {
  return chosen === null || order.includes(chosen);
}

/** "Proposal 7" becomes the id that proposal 7 is shown under; texts are cut to what the answer may hold. */
function shownWords(
  words: Words,
  order: readonly number[],
  shown: ShownIds,
  counter: TokenCounter,
): ShownWords {
  const ids: ShownIds = { ids: order, numberOf: shown.idOf, idOf: shown.numberOf };
  const say = (text: string, tokens: number) =>
    prepareText(restoreNumbers(cleanText(text), ids), 0, { counter, marked: false }).cutTo(tokens).text;
  return {
    id: words.chosen === null ? null : shown.idOf(words.chosen),
    explanation: say(words.explanation, EXPLANATION_TOKENS),
    golden: say(words.golden, GOLDEN_TOKENS),
    thinking: restoreNumbers(words.thinking, ids),
  };
}

function answerText({ id, explanation, golden }: ShownWords): string {
  return JSON.stringify({ best_proposal_id: id, explanation, golden_proposal: golden });
}

function columnsOf(
  id: string,
  thread: LabelledThread,
  target: Target,
  taught: ShownWords,
  { split, contaminated }: RowOptions,
): RowColumns {
  const { label, decision } = thread;
  return {
    id,
    best_proposal_id: taught.id,
    golden_proposal: taught.golden,
    explanation: taught.explanation,
    cot: taught.thinking,
    price: thread.price,
    changed_names: thread.changedNames,
    weight: label.confidence,
    reason_class: label.reasonClass,
    exposed: label.exposed,
    contaminated,
    split,
    provenance: {
      snapshot: thread.snapshotId,
      snapshot_hash: thread.snapshotHash,
      origin: thread.origin,
      flags: thread.flags,
      label: label.id,
      signals: label.signalIds,
      decision: decision?.id ?? null,
      model: decision?.model ?? null,
      target: target.kind,
      prompt_version: PROMPT_VERSION,
    },
  };
}

/** The row's parts as JSON texts: what is stored, hashed, and put together by exports. */
export interface RowTexts {
  readonly messages: string;
  readonly answer: string;
  readonly rejected: string | null;
  /** A JSON object without its braces. */
  readonly columns: string;
}

export function rowTexts(row: TrainingRow): RowTexts {
  return {
    messages: JSON.stringify(row.messages),
    answer: JSON.stringify(row.answer),
    rejected: row.rejected === null ? null : JSON.stringify(row.rejected),
    columns: JSON.stringify(row.columns).slice(1, -1),
  };
}

/** SHA-256, hex. */
export function rowHash({ messages, answer, rejected, columns }: RowTexts): string {
  return createHash('sha256')
    .update(JSON.stringify([messages, answer, rejected, columns]))
    .digest('hex');
}
