/**
 * Sampled answers with their rewards, as the trainer logs them: a line a step, each column a list over the samples
 * (`log_completions` of ms-swift).
 */
import * as z from 'zod';
import { findObjects } from '../judge/model/scan.ts';

export interface Rollout {
  readonly step: number;
  /** By name; null where the trainer had none. */
  readonly rewards: Readonly<Record<string, number | null>>;
  readonly advantage: number | null;
  /** The id it chose; null for none acceptable, undefined when it cannot be read. */
  readonly chosen: number | null | undefined;
  readonly completion: string;
}

const numbers = z.array(z.union([z.number(), z.string().transform(Number), z.null()]));
const lineSchema = z.looseObject({
  step: z.array(z.coerce.number()),
  completion: z.array(z.string()),
  advantages: numbers.optional(),
});
/** Columns that are no rewards. */
const OTHERS = new Set(['step', 'prompt', 'completion', 'advantages', 'entropy']);
const CLOSE = '</think>';

/** In the order of the lines, with the samples that several updates were made of once; broken lines are passed over. */
export function readRollouts(lines: readonly string[]): Rollout[] {
  const rollouts: Rollout[] = [];
  let before: readonly string[] = [];
  for (const line of lines) {
    const table = parseLine(line);
    if (table === null || isSame(table.completion, before)) continue;
    before = table.completion;
    rollouts.push(...rowsOf(table));
  }
  return rollouts;
}

type Table = z.output<typeof lineSchema>;

function parseLine(line: string): Table | null {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return null; // It is being written.
  }
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}

function rowsOf(table: Table): Rollout[] {
  const columns = Object.entries(table).flatMap(([name, values]) => {
    const parsed = OTHERS.has(name) ? null : numbers.safeParse(values);
    return parsed?.success ? [[name, parsed.data] as const] : [];
  });
  return table.completion.map((completion, index) => ({
    step: table.step[index] ?? 0,
    rewards: Object.fromEntries(columns.map(([name, values]) => [name, finite(values[index])])),
    advantage: finite(table.advantages?.[index]),
    chosen: chosenIn(completion),
    completion,
  }));
}

function finite(value: number | null | undefined): number | null {
  return value !== undefined && value !== null && Number.isFinite(value) ? value : null;
}

/** What the answer says it chose; whether it may is for the rewards to say. */
function chosenIn(completion: string): number | null | undefined {
  const closedAt = completion.lastIndexOf(CLOSE);
  const answer = closedAt < 0 ? completion : completion.slice(closedAt + CLOSE.length);
  const [object] = findObjects(answer);
  if (!object || object.end === null) return undefined;
  try {
    const { best_proposal_id: id } = JSON.parse(answer.slice(object.start, object.end));
    return id === null || Number.isInteger(id) ? id : undefined;
  } catch {
    return undefined;
  }
}
