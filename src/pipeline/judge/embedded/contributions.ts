/** What other proposals add to the chosen plan: cases, tests and other ways that it does not already hold. */
import type { Sentence } from './document.ts';
import type { Analysed } from './features.ts';
import type { TermWeights } from './ideas.ts';
import { nameKey } from './identifiers.ts';
import { isChatter, type Role, saysWhatToDo } from './sections.ts';

export interface Contribution {
  readonly role: Role;
  /** One item of a Markdown list, with the number of the proposal it comes from. */
  readonly line: string;
}

/** Share of a contribution's terms, by weight, in one sentence or in all of the plan from which it says nothing new. */
const ALREADY_SAID = { inOne: 0.6, inAll: 0.85 } as const;
const MAX_CONTRIBUTIONS = { edge: 4, tests: 3, alternatives: 2 } as const;
type ContributedRole = keyof typeof MAX_CONTRIBUTIONS;

/** In the order in which the proposals were posted. */
export function contributionsTo(
  chosen: Analysed,
  thread: readonly Analysed[],
  terms: TermWeights,
): Contribution[] {
  const said = chosen.read.claims.map(({ sentence }) => new Set(sentence.terms));
  const found: Contribution[] = [];
  const counts = { edge: 0, tests: 0, alternatives: 0 };
  for (const { proposal, sentence, role } of offers(chosen, thread)) {
    if (counts[role] >= MAX_CONTRIBUTIONS[role] || isSaid(sentence.terms, said, terms)) continue;
    said.push(new Set(sentence.terms));
    counts[role] += 1;
    found.push({ role, line: `- ${tidy(sentence.text)} (from proposal ${proposal.read.candidate.number}).` });
  }
  return found;
}

function isSaid(
  offered: readonly string[],
  said: readonly ReadonlySet<string>[],
  terms: TermWeights,
): boolean {
  const distinct = [...new Set(offered)];
  const weight = (list: readonly string[]) => list.reduce((sum, term) => sum + terms.weightOf(term), 0);
  const total = weight(distinct) || 1;
  const share = (known: (term: string) => boolean) => weight(distinct.filter(known)) / total;
  if (share((term) => said.some((one) => one.has(term))) >= ALREADY_SAID.inAll) return true;
  return said.some((one) => share((term) => one.has(term)) >= ALREADY_SAID.inOne);
}

interface Offer {
  readonly proposal: Analysed;
  readonly sentence: Sentence;
  readonly role: ContributedRole;
}

/** What the other proposals could add, in posting order, cases before tests before other ways. */
function offers(chosen: Analysed, thread: readonly Analysed[]): Offer[] {
  const honest = ({ raw }: Analysed) => raw.persuasion === 0 && raw.stuffing < 0.3;
  return thread
    .filter((proposal) => proposal !== chosen && honest(proposal))
    .flatMap((proposal) => {
      const { edge, tests } = proposal.facts;
      const offer = (role: ContributedRole) => (sentence: Sentence) => ({ proposal, sentence, role });
      return [
        ...edge.map(offer('edge')),
        ...tests.map(offer('tests')),
        ...otherWay(proposal, chosen).map(offer('alternatives')),
      ];
    })
    .filter(({ sentence }) => isQuotable(sentence));
}

/**
 * The sentence that sums up another proposal's plan: its first change that is mostly at places which the
 * chosen plan does not name.
 * Only of a proposal that argues about as well as the chosen one and does not hide the symptom: a weak one is no
 * alternative.
 */
function otherWay({ facts, raw }: Analysed, chosen: Analysed): Sentence[] {
  const serious =
    raw.rootCause >= 0.7 && raw.workaround === 0 && raw.hedging < 0.25 && raw.lateDuplicate < 0.5;
  if (!serious || raw.substance < 0.6 * chosen.raw.substance) return [];
  const planned = new Set(
    chosen.read.document.sentences.flatMap(({ identifiers }) => identifiers).map(placeKey),
  );
  const isOther = ({ identifiers }: Sentence) =>
    identifiers.filter((name) => !planned.has(placeKey(name))).length > identifiers.length / 2;
  return facts.change.filter((sentence) => isOther(sentence) && saysWhatToDo(sentence.text)).slice(0, 1);
}

/** A component and the file that holds it are one place: `AuthScreens` and `AuthScreens.js`. */
function placeKey(name: string): string {
  return nameKey(name).replace(/\.\w{1,6}$/, '');
}

/** What points out of the sentence cannot be understood where it is quoted. */
const POINTS_ELSEWHERE =
  /^\W*(?:this|that|it|these|those|they|here|above|he|she)\b|\b(?:here|above|below|as follows|following|like (?:this|so|that)|aforementioned|(?:this|that|these|those) (?:code|lines?|function|method|component|file|change|fix|solution|approach|way|prop|value|logic|check|condition|snippet|block|is|was|will|would|can|should))\b/i;
/** Ends in the middle of a thought, because code or a link followed. */
const UNFINISHED =
  /\b(?:become|becomes|is|are|be|to|with|like|as|by|using|from|for|of|in|on|at|the|an?|and|or|this|that|will|should)\W*$|[:?,]\W*$/i;

/** Whole sentences that stand on their own: no questions, no fragments, nothing about the author. */
function isQuotable({ text }: Sentence): boolean {
  if (text.length < 25 || text.length > 400) return false;
  return !POINTS_ELSEWHERE.test(text) && !UNFINISHED.test(text) && !isChatter(text);
}

const THROAT_CLEARING =
  /^\W*(?:(?:also|so|and|but|then|additionally|moreover|furthermore|optionally|because|since|note that|note|btw|edge cases?|alternatively|(?:alternative|solution|option|approach|step)(?: solution)?s?(?: (?:\d|[a-d]\b))?|tests?)\s*[,:.)-]?\s+)+/i;

/** The sentence without the author's throat-clearing, capitalised, without its full stop. */
function tidy(text: string): string {
  const bare = text
    .replace(THROAT_CLEARING, '')
    .replace(/^i (?:think|believe|guess|would suggest|suggest|propose)(?: that)? /i, '')
    .replace(
      /^(?:i|we)(?:'d|'ll| would| will| could| can| should)(?: also)? (?!not\b|be\b|have\b|like\b|also\b)/i,
      '',
    )
    .replace(/\s+/g, ' ')
    .trim();
  const capital = /^[a-z]+\b(?![.(_])/.test(bare) ? bare.charAt(0).toUpperCase() + bare.slice(1) : bare;
  return capital.replace(/\.$/, '');
}
