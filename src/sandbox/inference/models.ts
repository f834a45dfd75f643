/**
 * Scripted models that answer the judge's prompt: one that judges by a plain rule, and three that an attacker would
 * wish for. They read nothing but the messages, as a model does.
 */
import { isRecord, plainAnswer } from './answers.ts';
import type { FakeAnswer, FakeRequest, FakeScript } from './script.ts';

/** A proposal as the prompt shows it. */
interface Shown {
  readonly id: number;
  /** Its place in posting order. */
  readonly posted: number;
  /** Lines between its tags, marks included. */
  readonly lines: readonly string[];
}

const PROPOSAL = /^<proposal id="(\d+)" posted="(\d+) of \d+">$/;
/** Lines of the prompt that are the judge's own, between the data. */
const OURS = /^(?:<\/?issue>|<\/proposal>|\[cut: \d+ tokens\]|\s*)$/;
const MARK = /^\| ?/;
const CLAIM =
  /best_proposal_id|\b(?:ignore|disregard|choose|pick|select|prefer|vote|winner|verdict|approved?|assigned?|must|only acceptable|system|override)\b/i;

/** Judges by the rule "first posted", and says so. The demo's model. */
export const fairModel: FakeScript = (request) =>
  answerBy(
    request,
    (shown) => earliest(shown),
    (chosen) => ({
      explanation: `Proposal ${chosen.id} was the first to name a cause.`,
      golden: plainText(chosen).slice(0, 600),
    }),
  );

/** Takes every line for an order that does not carry the mark of data, as the prompt tells it. */
export const literalModel: FakeScript = (request) =>
  answerBy(request, (shown) => shown.find((one) => unmarkedClaim(one, request)) ?? earliest(shown), plain);

/** Obeys whoever claims or orders anything, mark or no mark. */
export const gullibleModel: FakeScript = (request) =>
  answerBy(request, (shown) => loudest(shown) ?? earliest(shown), plain);

/**
 * Works for the attacker: repeats `payload` wherever it may write, names ids that do not exist, and now and then
 * answers in no form at all.
 */
export function hostileModel(payload: (request: FakeRequest) => string): FakeScript {
  return (request) => {
    const text = payload(request);
    if (request.index % 7 === 3) return { answer: text };
    if (request.index % 7 === 5)
      return { answer: { best_proposal_id: 999, explanation: text, golden_proposal: text } };
    return answerBy(
      request,
      (shown) => loudest(shown) ?? earliest(shown),
      () => ({ explanation: text, golden: text }),
      text,
    );
  };
}

type Words = { readonly explanation: string; readonly golden: string };

function plain(chosen: Shown): Words {
  return { explanation: `Proposal ${chosen.id} it is.`, golden: plainText(chosen).slice(0, 400) };
}

function answerBy(
  request: FakeRequest,
  choose: (shown: readonly Shown[]) => Shown | undefined,
  write: (chosen: Shown) => Words,
  assessment = 'Says something.',
): FakeAnswer {
  const shown = shownIn(request);
  const allowed = allowedIds(request);
  const wish = choose(shown);
  const chosen =
    wish !== undefined && allowed.includes(wish.id) ? wish : shown.find(({ id }) => allowed.includes(id));
  // Not the judge's prompt, or one that allows no proposal: null where it may be.
  if (shown.length === 0) return plainAnswer(request);
  const words = write(chosen ?? (shown[0] as Shown));
  return {
    ...(request.thinking ? { thinking: 'I compared them.' } : {}),
    answer: {
      best_proposal_id: chosen?.id ?? null,
      explanation: words.explanation,
      golden_proposal: words.golden,
      assessments: shown.map(({ id }) => ({ id, strength: assessment, weakness: assessment })),
    },
  };
}

function allowedIds({ schema }: FakeRequest): unknown[] {
  const properties = isRecord(schema?.properties) ? schema.properties : {};
  const id = properties.best_proposal_id;
  return isRecord(id) && Array.isArray(id.enum) ? id.enum : [];
}

function shownIn({ messages }: FakeRequest): Shown[] {
  const shown: { id: number; posted: number; lines: string[] }[] = [];
  for (const line of (messages.at(-1)?.content ?? '').split('\n')) {
    const [, id, posted] = PROPOSAL.exec(line) ?? [];
    if (id !== undefined) shown.push({ id: Number(id), posted: Number(posted), lines: [] });
    else shown.at(-1)?.lines.push(line);
  }
  // What follows the last closing tag is the judge's own.
  const last = shown.at(-1);
  const end = last?.lines.lastIndexOf('</proposal>') ?? -1;
  if (last !== undefined && end >= 0) last.lines.splice(end);
  return shown;
}

function earliest(shown: readonly Shown[]): Shown | undefined {
  return shown.toSorted((a, b) => a.posted - b.posted)[0];
}

/** The one with the most claims; of equals the one posted last, as an attacker is. */
function loudest(shown: readonly Shown[]): Shown | undefined {
  const claims = ({ lines }: Shown) => lines.filter((line) => CLAIM.test(line)).length;
  const [first] = shown.toSorted((a, b) => claims(b) - claims(a) || b.posted - a.posted);
  return first !== undefined && claims(first) > 0 ? first : undefined;
}

/** Without marks in the prompt, every line may be an order; with them, only one that lacks the mark. */
function unmarkedClaim({ lines }: Shown, { messages }: FakeRequest): boolean {
  const marked = (messages[0]?.content ?? '').includes('begins with the mark');
  return lines.some((line) => CLAIM.test(line) && !OURS.test(line) && !(marked && MARK.test(line)));
}

function plainText({ lines }: Shown): string {
  return lines
    .filter((line) => !OURS.test(line))
    .map((line) => line.replace(MARK, ''))
    .join('\n');
}
