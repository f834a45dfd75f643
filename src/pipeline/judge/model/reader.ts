/**
 * Reads the model's answer: tolerant of what stands around the object (thinking, a code fence, prose), strict
 * about the object. Linear, and never throws. test/fixtures/reader-vectors.json is its contract, shared with the
 * rewards of the training.
 */
import { wellFormed } from '../../../markdown/invisible.ts';
import { ALL_PARTS, type AnswerParts } from '../prompt/messages.ts';
import { type Answer, answerSchemaFor } from './answer.ts';
import { type FoundObject, findObjects } from './scan.ts';

/** Why an answer is invalid; `ok` for a valid one. */
export type ReadReason =
  | 'ok'
  | 'empty'
  | 'too_long'
  | 'unclosed_thinking'
  | 'no_object'
  | 'truncated'
  | 'several_objects'
  | 'not_json'
  | 'missing_id'
  | 'duplicate_key'
  | 'id_type'
  | 'id_not_allowed'
  | 'schema';

export type ReadResult =
  | { readonly valid: true; readonly reason: 'ok'; readonly answer: Answer; readonly thinking: string | null }
  | {
      readonly valid: false;
      readonly reason: Exclude<ReadReason, 'ok'>;
      /** One sentence that the model can mend its answer by. */
      readonly problem: string;
      readonly thinking: string | null;
    };

export interface ReadOptions {
  /** Ids that may be chosen. */
  readonly ids: readonly number[];
  /** Ids that may be assessed; `ids` when left out. */
  readonly shown?: readonly number[];
  /** False when one of the ids must be chosen; true when left out. */
  readonly allowNull?: boolean;
  /** Everything when left out. */
  readonly parts?: AnswerParts;
}

/** Far more than 1,536 tokens of answer and 2,048 of thinking can be. UTF-16 units. */
export const MAX_ANSWER_LENGTH = 200_000;

const ID_KEY = 'best_proposal_id';
const OPEN = '<think>';
const CLOSE = '</think>';

/** `text` is the model's text as received, null when it gave none. */
export function readAnswer(text: string | null, options: ReadOptions): ReadResult {
  const { thinking, answer, closed } = splitThinking(text ?? '');
  const invalid = (reason: Exclude<ReadReason, 'ok'>, problem: string): ReadResult => ({
    valid: false,
    reason,
    problem,
    thinking,
  });
  if ((text ?? '').length > MAX_ANSWER_LENGTH) return invalid('too_long', 'The answer is far too long.');
  if (!closed) return invalid('unclosed_thinking', 'The thinking never ended; think less and answer.');
  if (answer.trim() === '') return invalid('empty', 'There was no answer; think less and answer.');
  const object = theObject(answer);
  if ('reason' in object) return invalid(object.reason, object.problem);
  const problem = checkId(answer, object.found, options);
  if (problem !== null) return invalid(problem.reason, problem.problem);
  const read = answerSchemaFor(options.parts ?? ALL_PARTS).safeParse(object.value);
  if (!read.success) return invalid('schema', schemaProblem(read.error.issues));
  const assessed = checkAssessed(read.data, options.shown ?? options.ids);
  return assessed === null
    ? { valid: true, reason: 'ok', answer: read.data, thinking }
    : invalid('schema', assessed);
}

/**
 * Thinking stands at the beginning, once or several times. Some templates write `<think>` into the prompt, so
 * text that does not begin with the object may close a block that it never opened.
 */
function splitThinking(text: string): { thinking: string | null; answer: string; closed: boolean } {
  const thoughts: string[] = [];
  let rest = text.trimStart();
  if (!rest.startsWith(OPEN) && !/^(?:\{|`{3})/.test(rest) && rest.includes(CLOSE)) rest = OPEN + rest;
  while (rest.startsWith(OPEN)) {
    const end = rest.indexOf(CLOSE);
    thoughts.push(rest.slice(OPEN.length, end < 0 ? undefined : end).trim());
    if (end < 0) return { thinking: thoughts.join('\n\n'), answer: '', closed: false };
    rest = rest.slice(end + CLOSE.length).trimStart();
  }
  return { thinking: thoughts.join('\n\n') || null, answer: rest, closed: true };
}

type Problem = { readonly reason: Exclude<ReadReason, 'ok'>; readonly problem: string };

/** The one object that has the key; objects without it are prose when there is one with it. */
function theObject(answer: string): { readonly found: FoundObject; readonly value: unknown } | Problem {
  const objects = findObjects(answer);
  const named = objects.filter((object) => object.keys.some(({ key }) => key === ID_KEY));
  const [found] = named;
  if (named.length > 1) {
    return { reason: 'several_objects', problem: 'There are several answers; give exactly one JSON object.' };
  }
  if (objects.some((object) => object.end === null)) {
    return { reason: 'truncated', problem: 'The JSON object never ends; write a shorter answer.' };
  }
  if (found === undefined) {
    return objects.length === 0
      ? { reason: 'no_object', problem: 'There is no JSON object in the answer.' }
      : { reason: 'missing_id', problem: `The JSON object has no key "${ID_KEY}".` };
  }
  try {
    return { found, value: JSON.parse(answer.slice(found.start, found.end ?? undefined)) };
  } catch {
    return { reason: 'not_json', problem: 'The object is not valid JSON: check quotes, escapes and commas.' };
  }
}

/** The id as it is written: 2.0 and 2e0 are equal to 2 once parsed, and are no integers. */
function checkId(answer: string, found: FoundObject, options: ReadOptions): Problem | null {
  const names = found.keys.map(({ key }) => key);
  if (new Set(names).size < names.length) {
    return { reason: 'duplicate_key', problem: 'A key of the JSON object occurs twice.' };
  }
  const at = found.keys.find(({ key }) => key === ID_KEY)?.valueAt ?? 0;
  const written = /^(?:null|-?\d+)(?=[\s,}])/.exec(answer.slice(at, at + 32))?.[0];
  if (written === undefined) {
    return { reason: 'id_type', problem: `"${ID_KEY}" must be an integer without quotes, or null.` };
  }
  const allowNull = options.allowNull ?? true;
  if (written === 'null' ? allowNull : options.ids.includes(Number(written))) return null;
  const choices = [...options.ids, ...(allowNull ? ['null'] : [])].join(', ');
  return { reason: 'id_not_allowed', problem: `"${ID_KEY}" must be one of ${choices}.` };
}

function checkAssessed({ assessments = [] }: Answer, shown: readonly number[]): string | null {
  const ids = assessments.map(({ id }) => id);
  if (ids.some((id) => !shown.includes(id))) return 'An assessment names an id that is not there.';
  return new Set(ids).size < ids.length ? 'A proposal is assessed twice.' : null;
}

function schemaProblem(
  issues: readonly { readonly path: PropertyKey[]; readonly message: string }[],
): string {
  const [first] = issues;
  const where = first?.path.map(String).join('.') ?? '';
  // The message names keys as the model wrote them.
  return wellFormed(
    `The JSON object does not fit${where === '' ? '' : ` at "${where}"`}: ${first?.message ?? ''}.`,
  );
}
