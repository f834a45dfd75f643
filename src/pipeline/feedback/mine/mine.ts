/**
 * What a reviewer's comment says about the proposals of its issue. Pure and deterministic: it reads the comment's
 * own words sentence by sentence, finds who each one points at, and takes the phrases of `phrases.ts` as said of
 * them unless `doubts.ts` objects. Precision goes before recall: a wrong label teaches the wrong thing, a missed
 * one teaches nothing.
 */
import {
  isAboutSomethingElse,
  isDoubtful,
  isIronic,
  isTurnedAround,
  leadsTo,
  leavesItsObjectOpen,
  speaksOfProposals,
} from './doubts.ts';
import { CHOICES, NONE_ACCEPTABLE, type Phrase, PRAISES, REFUSALS, RITUAL } from './phrases.ts';
import { type Sentence, sentencesOf } from './prose.ts';
import { isSplit, reasonOf } from './reasons.ts';
import { type FindReferences, type Reference, referenceFinder } from './references.ts';
import type { MinedComment, MinedSignal, NamedProposal } from './types.ts';

/** What one sentence says of one proposal. */
interface Remark {
  readonly kind: 'choice' | 'praise' | 'refusal';
  readonly rule: string;
  readonly reference: Reference;
  readonly sentence: string;
}

const STRENGTH = { choice: 0.9, praise: 0.65, refusal: 0.7, none: 0.75 } as const;
/** A name may mean the person and not the proposal. */
const BY_NAME = 0.9;
/** Under the ritual, praise is a choice. */
const UNDER_RITUAL = 0.9;

/**
 * Reads one comment. A comment that is itself a proposal says nothing about others.
 * @param proposals those of the issue that were posted before the comment
 */
export function mineComment(comment: MinedComment, proposals: readonly NamedProposal[]): MinedSignal[] {
  if (proposals.some(({ commentId }) => commentId === comment.id)) return [];
  const sentences = sentencesOf(comment.body);
  if (isIronic(sentences)) return [];
  const reader = createReader(sentences, referenceFinder(proposals, comment.authorLogin));
  if (sentences.some(({ text, isQuestion }) => !isQuestion && NONE_ACCEPTABLE.test(text))) {
    return [noneAcceptable(sentences)];
  }
  const remarks = sentences
    .flatMap((sentence) => reader.remarks(sentence))
    .filter((remark) => reader.isAboutProposals || !isPraiseOfSomebody(remark));
  const hasRitual = sentences.some(({ text }) => RITUAL.test(text));
  if (hasRitual && remarks.length === 0 && reader.only !== null) remarks.push(ritualRemark(reader.only));
  return settle(remarks, sentences, hasRitual);
}

/** "Sounds good @X" answers a person where nothing in the comment speaks of proposals. */
function isPraiseOfSomebody({ kind, reference }: Remark): boolean {
  return kind === 'praise' && reference.pointedBy === 'author';
}

/** The bows alone approve the one proposal that the comment points at. */
function ritualRemark(reference: Reference): Remark {
  return { kind: 'choice', rule: 'ritual', reference, sentence: '' };
}

function createReader(sentences: readonly Sentence[], find: FindReferences) {
  const all = sentences.flatMap(({ text }) => find(text));
  const distinct = new Set(all.map(({ proposal }) => proposal.number));
  const isAboutProposals = sentences.some(({ text }) => speaksOfProposals(text) || RITUAL.test(text));
  const only = distinct.size === 1 && isAboutProposals ? (all[0] ?? null) : null;
  let paragraph = -1;
  let subject: Reference | null = null;
  return {
    /** The one proposal that the whole comment is about, null when it is about several or something else. */
    only,
    isAboutProposals,
    remarks(sentence: Sentence): Remark[] {
      if (sentence.paragraph !== paragraph) {
        paragraph = sentence.paragraph;
        subject = null;
      }
      const references = find(sentence.text);
      const earlier = subject;
      subject = references.at(-1) ?? subject;
      if (references.length === 0) {
        const meant = earlier ?? only;
        return meant === null ? [] : remarksOf(sentence, references, meant);
      }
      // "Thanks @X. Your proposal repeats what @Y wrote": "your" is X's.
      return remarksOf(sentence, references, /\byour\b/u.test(sentence.text) ? earlier : null);
    },
  };
}

function remarksOf(
  sentence: Sentence,
  references: readonly Reference[],
  fallback: Reference | null,
): Remark[] {
  const { text } = sentence;
  if (sentence.isQuestion) return [];
  const say = (kind: Remark['kind'], rule: string, some: readonly Reference[]): Remark[] =>
    some.map((reference) => ({ kind, rule, reference, sentence: text }));
  if (isSplit(text) && references.length > 1) return say('choice', 'split', references);
  const compared = comparison(text, references);
  if (compared) {
    return [
      ...say('choice', compared.rule, [compared.better]),
      ...say('refusal', compared.rule, compared.worse),
    ];
  }
  const refused = firstMatches(REFUSALS, text).flatMap(({ phrase, at, end }) =>
    say('refusal', phrase.rule, refusalTargets(text, references, fallback, { phrase, at, end })),
  );
  if (isDoubtful(sentence) || isAboutSomethingElse(withoutStart(text))) return refused;
  const approved = (['choice', 'praise'] as const).flatMap((kind) =>
    firstMatches(kind === 'choice' ? CHOICES : PRAISES, text)
      .filter(({ at }) => !isTurnedAround(text.slice(0, at)))
      .flatMap((match) => say(kind, match.phrase.rule, approvalTargets(text, references, fallback, match))),
  );
  return [...refused, ...approved];
}

/** "Please raise the PR" is about a proposal although it names a pull request. */
function withoutStart(text: string): string {
  const start = CHOICES.find(({ rule }) => rule === 'start-the-pr');
  return start ? text.replaceAll(start.pattern, ' proposal ') : text;
}

interface Match {
  readonly phrase: Phrase;
  readonly at: number;
  readonly end: number;
}

function firstMatches(phrases: readonly Phrase[], text: string): Match[] {
  return phrases.flatMap((phrase) =>
    [...text.matchAll(phrase.pattern)].map((match) => ({
      phrase,
      at: match.index,
      end: match.index + match[0].length,
    })),
  );
}

/** "A over B", "A better than B": the first is chosen, the others are not. */
function comparison(
  text: string,
  references: readonly Reference[],
): { rule: string; better: Reference; worse: Reference[] } | null {
  const match = /\b(?:over|rather than|instead of|than)\b/u.exec(text);
  const isPreference = /\b(?:prefer|choose|pick|go with|better than|favou?r)\b/u.test(text);
  if (match === null || !isPreference) return null;
  const better = references.filter(({ end }) => end <= match.index).at(-1);
  const worse = references.filter(
    ({ at, proposal }) => at > match.index && proposal.number !== better?.proposal.number,
  );
  return better && worse.length > 0 ? { rule: 'prefer-over', better, worse } : null;
}

/** The clause of the phrase: from the last "but" before it to the next one after it. */
function clauseAround(text: string, { at, end }: Match): { from: number; to: number } {
  const borders = [
    ...text.matchAll(/\b(?:but|however|although|though|while|whereas)\b|(?<=[^\d]), (?=only|so|@|they)|: /gu),
  ];
  const from = borders.filter((border) => border.index + border[0].length <= at).at(-1);
  const to = borders.find((border) => border.index >= end);
  return { from: from ? from.index + from[0].length : 0, to: to?.index ?? text.length };
}

function approvalTargets(
  text: string,
  references: readonly Reference[],
  fallback: Reference | null,
  match: Match,
): Reference[] {
  const clause = clauseAround(text, match);
  const inClause = references.filter(({ at, end }) => at >= clause.from && end <= clause.to);
  const before = inClause.filter(({ end }) => end <= match.at);
  const after = inClause.filter(({ at }) => at >= match.end);
  if (match.phrase.proposal === 'after' && !hasFittingObject(text, references, match)) return [];
  const outside = references.filter(({ end }) => end <= match.at);
  const laterInSentence = references.filter(({ at }) => at >= match.end);
  const nearest =
    match.phrase.proposal === 'after'
      ? (after[0] ?? before.at(-1) ?? laterInSentence[0] ?? outside.at(-1))
      : (before.at(-1) ?? after[0] ?? outside.at(-1) ?? laterInSentence[0]);
  if (nearest === undefined) return fallback ? [fallback] : [];
  return /\bboth\b/u.test(text) && match.phrase.proposal === 'before' ? [...before] : [nearest];
}

/** What stands behind "let's go with" is a proposal, or is left open. */
function hasFittingObject(text: string, references: readonly Reference[], { end }: Match): boolean {
  const named = references.find(({ at }) => at >= end);
  return named ? leadsTo(text.slice(end, named.at)) : leavesItsObjectOpen(text.slice(end));
}

/** A refusal is about the one that is addressed, or the first one named before it. */
function refusalTargets(
  text: string,
  references: readonly Reference[],
  fallback: Reference | null,
  match: Match,
): Reference[] {
  if (/\b(?:both|neither)\b/u.test(text) && references.length > 1) return [...references];
  const clause = clauseAround(text, match);
  const before = references.filter(({ end }) => end <= match.at);
  const own = before.filter(({ at }) => at >= clause.from);
  const after = references.filter(({ at }) => at >= match.end);
  const addressed = before.length === 0 ? fallback : null;
  const nearest =
    match.phrase.proposal === 'after'
      ? (after[0] ?? before.at(-1))
      : (addressed ?? own[0] ?? before.at(-1) ?? after[0]);
  return nearest ? [nearest] : fallback ? [fallback] : [];
}

/** One signal a proposal: a choice outweighs praise of others, and a refusal outweighs praise of the same. */
function settle(
  remarks: readonly Remark[],
  sentences: readonly Sentence[],
  hasRitual: boolean,
): MinedSignal[] {
  const chosen = numbersOf(remarks, 'choice');
  const refused = numbersOf(remarks, 'refusal');
  const praised = [...numbersOf(remarks, 'praise')].filter((number) => !refused.has(number));
  const whole = sentences.map(({ text }) => text).join(' ');
  const signals: MinedSignal[] = [];
  for (const number of new Set([...chosen, ...praised, ...refused])) {
    const own = remarks.filter(({ reference }) => reference.proposal.number === number);
    const accepts =
      chosen.has(number) || (chosen.size === 0 && praised.length === 1 && praised[0] === number);
    if (accepts) signals.push(toSignal('accept', own, whole, hasRitual));
    else if (refused.has(number)) signals.push(toSignal('reject', own, whole, hasRitual));
  }
  return signals;
}

function numbersOf(remarks: readonly Remark[], kind: Remark['kind']): Set<number> {
  return new Set(
    remarks.filter((remark) => remark.kind === kind).map(({ reference }) => reference.proposal.number),
  );
}

function toSignal(
  polarity: 'accept' | 'reject',
  own: readonly Remark[],
  whole: string,
  hasRitual: boolean,
): MinedSignal {
  const kinds = polarity === 'accept' ? (['choice', 'praise'] as const) : (['refusal'] as const);
  const deciding = kinds.flatMap((kind) => own.find((remark) => remark.kind === kind) ?? [])[0];
  if (!deciding) throw new Error('a signal needs a remark');
  const { reference, kind, rule } = deciding;
  const pointedBy = own.some((remark) => remark.reference.pointedBy === 'link') ? 'link' : 'author';
  const base = hasRitual && polarity === 'accept' ? UNDER_RITUAL : STRENGTH[kind];
  return {
    polarity,
    proposalNumber: reference.proposal.number,
    targetCommentId: reference.proposal.commentId,
    pointedBy,
    rule,
    strength: pointedBy === 'link' ? base : base * BY_NAME,
    reasonClass: reasonOf(whole),
  };
}

function noneAcceptable(sentences: readonly Sentence[]): MinedSignal {
  return {
    polarity: 'accept',
    proposalNumber: null,
    targetCommentId: null,
    pointedBy: 'all',
    rule: 'none-acceptable',
    strength: STRENGTH.none,
    reasonClass: sentences.length > 0 ? 'none' : null,
  };
}
