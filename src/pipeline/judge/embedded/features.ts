/**
 * From facts to numbers: one raw vector a proposal, before standardising. Units are in the comments; most lie
 * between 0 and 1. The reasons stand with the weights (weights.ts).
 */
import type { JudgeInput } from '../types.ts';
import { type ReadCandidate, type ReadProposal, readThread } from './authorship.ts';
import { type Facts, factsOf } from './facts.ts';
import { findIdeas, type Idea, type TermWeights, termWeights } from './ideas.ts';
import { filesIn, nameKey } from './identifiers.ts';
import { modelIssue } from './issue-model.ts';
import { standardise } from './logit.ts';
import { persuades } from './persuasion.ts';
import { cues, hedges } from './sections.ts';
import { effectivePosition, type Standing, standingsOf } from './standing.ts';
import { stuffing } from './stuffing.ts';
import { type FeatureVector, THRESHOLDS } from './weights.ts';

/** One proposal with everything the judge found out about it. */
export interface Analysed {
  readonly read: ReadCandidate;
  readonly facts: Facts;
  readonly standing: Standing;
  readonly raw: FeatureVector;
  /** Standardised within the thread. */
  readonly vector: FeatureVector;
  /** Absolute quality, 0 to 1, which does not depend on the other proposals. */
  readonly merit: number;
}

export interface AnalysedThread {
  readonly proposals: readonly Analysed[];
  readonly ideas: readonly Idea[];
  readonly terms: TermWeights;
}

/** Reads and measures a thread. Pure; the cost grows with the text, bounded per proposal. */
export function analyse(whole: JudgeInput, read?: ReadProposal): AnalysedThread {
  const input = { ...whole, issue: bounded(whole.issue) };
  const thread = readThread(input, read);
  const issue = modelIssue(input, thread);
  const terms = termWeights(thread, `${input.issue.title} ${input.issue.body.slice(0, 20_000)}`);
  const ideas = findIdeas(thread, terms);
  const standings = standingsOf(thread, ideas, terms);
  const measured = thread.map((read, index) => {
    const facts = factsOf(read, issue);
    const standing = standings[index] as Standing;
    return {
      read,
      facts,
      standing,
      raw: measure(read, facts, standing, effectivePosition(read, thread)),
      merit: meritOf(facts),
    };
  });
  const vectors = standardise(measured.map(({ raw }) => raw));
  const proposals = measured.map((one, index) => ({ ...one, vector: vectors[index] as FeatureVector }));
  return { proposals, ideas, terms };
}

/** Characters of an issue that are read: more than GitHub lets anybody write, but a benchmark's file may hold it. */
const ISSUE = { title: 1_024, body: 65_536 } as const;

function bounded({ number, title, body }: JudgeInput['issue']): JudgeInput['issue'] {
  return { number, title: title.slice(0, ISSUE.title), body: body.slice(0, ISSUE.body) };
}

/** 0 to 1, reaching 1 at `full`. */
function upTo(value: number, full: number): number {
  return Math.min(value, full) / full;
}

function measure(read: ReadCandidate, facts: Facts, standing: Standing, position: number): FeatureVector {
  return {
    rootCause: rootCause(facts),
    causeToChange: causeToChange(facts),
    evidence: evidence(facts),
    concreteness: concreteness(facts),
    coverage: facts.issueTerms === 0 ? 0 : facts.coveredTerms / facts.issueTerms,
    edgeCases: edgeCases(facts),
    alternatives: alternatives(facts),
    substance: Math.log(1 + facts.informativeTerms / 10),
    hedging: hedging(facts),
    emptySections: upTo(read.document.emptySections.length, 3),
    stuffing: stuffing(read, facts),
    persuasion: persuasion(read),
    workaround: workaround(facts),
    order: -Math.log(position),
    ...standing,
  };
}

/** 0.4 for a cause about this issue, 0.3 for naming code, 0.3 for a mechanism. */
function rootCause({ cause }: Facts): number {
  if (cause.length === 0) return 0;
  const named = cause.some(({ identifiers }) => identifiers.length > 0);
  return 0.4 + (named ? 0.3 : 0) + (cause.some(({ text }) => cues.cause(text)) ? 0.3 : 0);
}

/** Names that nothing else in the thread confirms may be invented, so they count for less. */
const UNCONFIRMED = 0.5;

/** Names that cause and change share, up to three. */
function causeToChange({ chain, confirmedChain }: Facts): number {
  const unconfirmed = chain.length - confirmedChain.length;
  return upTo(confirmedChain.length + UNCONFIRMED * unconfirmed, 3);
}

/** Half for up to three linked files, half for up to three blocks; both only as far as sentences talk about them. */
function evidence({ citedFiles, ownCode, credited }: Facts): number {
  const named = new Set(credited.flatMap(({ identifiers }) => identifiers).map(nameKey));
  const blocks = ownCode.filter(
    ({ symbols, lines }) => lines >= 2 && symbols.some((symbol) => named.has(nameKey(symbol))),
  );
  const talk = upTo(credited.length, 3);
  return talk * (0.5 * upTo(citedFiles.length, 3) + 0.5 * upTo(blocks.length, 3));
}

/** Files 0.3, symbols 0.25, code of the change 0.2, before and after 0.1, sentences that say what to do 0.15. */
function concreteness(facts: Facts): number {
  const { changeIdentifiers, change, changeCode, citedFiles } = facts;
  if (change.length === 0 && changeCode.length === 0) return 0;
  const files = changeIdentifiers.filter((name) => filesIn(name).length > 0).length;
  const linked = citedFiles.filter(({ role }) => role === 'change').length;
  const symbols = changeIdentifiers.length - files;
  const actions = change.filter(({ text }) => cues.startsWithVerb(text) || cues.change(text)).length;
  const code = changeCode.length > 0 && change.length > 0 ? 1 : changeCode.length > 0 ? 0.5 : 0;
  const place = 0.3 * upTo(files + linked, 2) + 0.25 * upTo(symbols, 4);
  return place + 0.2 * code + (showsBeforeAndAfter(facts) ? 0.1 : 0) + 0.15 * upTo(actions, 3);
}

const FROM_TO =
  /\b(?:replac|chang|renam|mov|convert|switch)\w*\b.{1,120}\b(?:with|by|to|into)\b|\binstead of\b|\bfrom\b.{1,80}\bto\b/i;

function showsBeforeAndAfter({ change, changeCode }: Facts): boolean {
  return (
    changeCode.some(({ isDiff }) => isDiff) ||
    change.some(({ text, identifiers }) => identifiers.length > 0 && FROM_TO.test(text))
  );
}

/** 0.5 for up to three cases, 0.2 for platforms, 0.3 for tests. */
function edgeCases({ edge, platforms, tests }: Facts): number {
  return 0.5 * upTo(edge.length, 3) + 0.2 * upTo(platforms.length, 1) + 0.3 * upTo(tests.length, 2);
}

function alternatives({ alternatives: sentences, change, changeCode }: Facts): number {
  if (sentences.length === 0 || change.length + changeCode.length === 0) return 0;
  const weighed = sentences.some(({ text }) =>
    /\b(?:but|however|because|would|downside|drawback|simpler|instead)\b/i.test(text),
  );
  const definite = sentences.some(({ identifiers }) => identifiers.length > 0);
  return 0.4 + (weighed ? 0.3 : 0) + (definite ? 0.3 : 0);
}

/** Share of the sentences of cause and change that hedge; at least four are assumed, so one "I think" is cheap. */
function hedging({ cause, change }: Facts): number {
  const sentences = [...cause, ...change];
  return sentences.filter(({ text }) => hedges(text)).length / Math.max(4, sentences.length);
}

/** 1 - exp(-hits / 1.5): the first counts most. */
function persuasion({ document }: ReadCandidate): number {
  const headings = document.sections.map(({ heading }) => heading ?? '');
  const hits = [...document.sentences.map(({ text }) => text), ...headings].filter((text) =>
    persuades(text),
  ).length;
  return 1 - Math.exp(-hits / 1.5);
}

const WORKAROUND =
  /\b(?:setTimeout|setInterval|sleep\(|requestAnimationFrame|force ?(?:a )?(?:re-?render|update|refresh|reload)|forceUpdate|!important|work-?around|hack|quick fix|temporary|hard-?cod|suppress|swallow|eslint-disable|@ts-ignore|increase the (?:timeout|delay)|add a (?:small )?delay|restart the|reload the page|try ?\/ ?catch|just (?:hide|ignore|disable|catch))/i;
const NEGATED =
  /\b(?:not?|never|without|instead of|avoid\w*|rather than|remov\w+|drop\w*|replac\w+|no longer|get rid of|isn't|don't|stop\w*)\b/i;

/** Own change sentences and code that hide the symptom, 0 to 1 at two. A workaround that is argued against is none. */
function workaround({ change, changeCode }: Facts): number {
  const said = change.filter(({ text }) => WORKAROUND.test(text) && !NEGATED.test(text)).length;
  const coded = changeCode.filter(({ code }) =>
    /^(?!-).*\b(?:setTimeout\(|!important|eslint-disable|@ts-ignore|sleep\()/m.test(code),
  ).length;
  return upTo(said + coded, 2);
}

/** Whether it is a proposal at all, whatever the others are: cause, change, place, substance. */
function meritOf(facts: Facts): number {
  const { cause, change, changeCode, changeIdentifiers, informativeTerms } = facts;
  const plan = change.length > 0 || changeCode.length > 0 ? 0.35 : 0;
  const place = changeIdentifiers.length > 0 || changeCode.length > 0 ? 0.2 : 0;
  return (cause.length > 0 ? 0.2 : 0) + plan + place + 0.25 * upTo(informativeTerms, 40);
}

/** Whether it says enough to be chosen at all. */
export function isPlan({ merit }: Pick<Analysed, 'merit'>): boolean {
  return merit >= THRESHOLDS.floor;
}
