/**
 * What a proposal shows, in countable facts that a reader can check: the features are computed from them and the
 * sentences of the explanation name them. Only credited sentences count: the author's own, about this issue.
 */
import type { Claim, ReadCandidate } from './authorship.ts';
import type { CitedLink, CodeBlock, Sentence } from './document.ts';
import { baseName, nameKey } from './identifiers.ts';
import { ARGUING, type IssueModel } from './issue-model.ts';
import { cues } from './sections.ts';
import { isStopWord, wordsOf } from './text.ts';

export interface Facts {
  /** Own sentences about this issue, by what they are for. */
  readonly cause: readonly Sentence[];
  readonly change: readonly Sentence[];
  readonly edge: readonly Sentence[];
  readonly tests: readonly Sentence[];
  readonly platforms: readonly Sentence[];
  readonly alternatives: readonly Sentence[];
  /** All of them and the problem's. */
  readonly credited: readonly Sentence[];
  /** Identifiers named both in the cause and in the change, own ones first. */
  readonly chain: readonly string[];
  /** Those of them that the issue, a cited file or another author names too; the others may be invented. */
  readonly confirmedChain: readonly string[];
  readonly changeIdentifiers: readonly string[];
  readonly ownCode: readonly CodeBlock[];
  readonly changeCode: readonly CodeBlock[];
  /** Distinct files linked with lines. */
  readonly citedFiles: readonly CitedLink[];
  readonly unexplainedLinks: number;
  readonly coveredTerms: number;
  readonly issueTerms: number;
  readonly informativeTerms: number;
  readonly offTopic: number;
  readonly keywordLists: number;
}

/** Identifiers in one sentence from which it is a list, unless more words than identifiers stand around them. */
const MANY_IDENTIFIERS = 8;

/**
 * A sentence that is a list of names, or of eight words or more with hardly a function word (that only for Latin
 * script, with English function words and words of one or two letters, of which most such languages have many).
 * A line of code in backticks and an address are no words.
 */
function isKeywordList(sentence: Sentence): boolean {
  const prose = sentence.text.replace(/`[^`]*`|https?:\/\/\S+/g, ' ');
  const words = wordsOf(prose);
  const isCode = /^`[^`]+`?\W*$/.test(sentence.text);
  const names = sentence.identifiers.length;
  if (!isCode && names >= MANY_IDENTIFIERS && words.length < names) return true;
  if (words.length < 8 || !/^[\p{Script=Latin}\P{L}]*$/u.test(prose)) return false;
  return words.filter((word) => isStopWord(word) || word.length <= 2).length / words.length < 0.1;
}

const SHORTEST_ARGUMENT = 5;

function isAbout(sentence: Sentence, issue: IssueModel, known: ReadonlySet<string>): boolean {
  const argues = ARGUING.has(sentence.role);
  if (sentence.identifiers.some((identifier) => argues || known.has(nameKey(identifier)))) return true;
  const shared = new Set(sentence.stems.filter((stem) => issue.topic.has(stem))).size;
  return shared >= 2 || (shared === 1 && argues && sentence.key.split(' ').length >= SHORTEST_ARGUMENT);
}

function isCredited({ copiedFrom, restatesIssue }: Claim): boolean {
  return copiedFrom === null && !restatesIssue;
}

export function factsOf(read: ReadCandidate, issue: IssueModel): Facts {
  const own = read.claims.filter(isCredited).map(({ sentence }) => sentence);
  const ownCode = read.codes.filter(({ copiedFrom }) => copiedFrom === null).map(({ block }) => block);
  const keywordLists = own.filter(isKeywordList);
  const known = knownIdentifiers(own, ownCode, issue);
  const prose = own.filter((sentence) => !isKeywordList(sentence));
  const credited = prose.filter((sentence) => isAbout(sentence, issue, known));
  const cause = credited.filter(({ role }) => role === 'cause');
  const change = credited.filter(({ role }) => role === 'change');
  const links = citedFiles(read.document.links, issue);
  const changeCode = ownCode.filter(({ role }) => role === 'change');
  const terms = informativeTerms(credited);
  const chain = chainOf(cause, change, ownCode, links);
  return {
    cause,
    change,
    edge: credited.filter(({ role, text }) => role === 'edge' || (role !== 'problem' && cues.edge(text))),
    tests: credited.filter(({ role, text }) => role === 'tests' || (role !== 'problem' && cues.test(text))),
    platforms: credited.filter(({ role, text }) => role !== 'problem' && cues.platform(text)),
    alternatives: prose.filter(({ role }) => role === 'alternatives'),
    credited,
    chain,
    confirmedChain: chain.filter((name) => isConfirmed(name, read.voice, links, issue)),
    changeIdentifiers: distinct(change.flatMap(({ identifiers }) => identifiers)),
    ownCode,
    changeCode,
    citedFiles: links,
    unexplainedLinks: Math.max(0, read.document.links.length - 2 * credited.length),
    coveredTerms: coveredTerms(credited, issue),
    issueTerms: issue.expected.size,
    informativeTerms: terms,
    offTopic: prose.length - credited.length,
    keywordLists: keywordLists.length,
  };
}

/** Identifiers that are more than dropped names: in the issue, in own code, or in two sentences. */
function knownIdentifiers(
  own: readonly Sentence[],
  codes: readonly CodeBlock[],
  issue: IssueModel,
): Set<string> {
  const counts = new Map<string, number>();
  for (const { identifiers } of own) {
    for (const key of identifiers.map(nameKey)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const known = new Set(
    [...counts].filter(([key, count]) => count >= 2 || issue.topic.has(key)).map(([key]) => key),
  );
  for (const { symbols } of codes) for (const symbol of symbols) known.add(nameKey(symbol));
  return known;
}

/** Each name once, as first written. */
function distinct(names: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const name of names) if (!byKey.has(nameKey(name))) byKey.set(nameKey(name), name);
  return [...byKey.values()];
}

/** What the cause names (in words, or in a link that stands with it) and the change takes up. */
function chainOf(
  cause: readonly Sentence[],
  change: readonly Sentence[],
  codes: readonly CodeBlock[],
  links: readonly CitedLink[],
): string[] {
  if (cause.length === 0) return [];
  const named = cause.flatMap(({ identifiers }) => identifiers);
  const cited = links.filter(({ role }) => role === 'cause').map(({ path }) => baseName(path));
  const quoted = codes.filter(({ role }) => role === 'cause').flatMap(({ symbols }) => symbols);
  const said = new Set(change.flatMap(({ identifiers }) => identifiers).map(nameKey));
  const coded = codes.filter(({ role }) => role === 'change').flatMap(({ symbols }) => symbols);
  const linked = links.filter(({ role }) => role === 'change').map(({ path }) => baseName(path));
  const touched = new Set([...said, ...[...coded, ...linked].map(nameKey)]);
  const strong = [...named, ...cited].filter((name) => touched.has(nameKey(name)));
  return distinct([...strong, ...quoted.filter((name) => said.has(nameKey(name)))]);
}

/** A linked path says where the reader can look a name up: `src/useSearch.ts` confirms `useSearch`. */
function isConfirmed(name: string, voice: number, links: readonly CitedLink[], issue: IssueModel): boolean {
  const key = nameKey(name);
  const others = issue.mentions.get(key) ?? new Set();
  return (
    [...others].some((who) => who !== voice) || links.some(({ path }) => path.toLowerCase().includes(key))
  );
}

function citedFiles(links: readonly CitedLink[], issue: IssueModel): CitedLink[] {
  const byPath = new Map<string, CitedLink>();
  for (const link of links) {
    const sameRepository =
      issue.repository === '' || link.repository.split('/')[1] === issue.repository.split('/')[1];
    if (link.lines !== null && sameRepository && !byPath.has(link.path)) byPath.set(link.path, link);
  }
  return [...byPath.values()];
}

/** A sentence can cover this many of the issue's words: more in one sentence is a list. */
const TERMS_A_SENTENCE = 4;

function coveredTerms(sentences: readonly Sentence[], issue: IssueModel): number {
  const covered = new Set<string>();
  for (const { stems } of sentences) {
    const fresh = [...new Set(stems)].filter((stem) => issue.expected.has(stem) && !covered.has(stem));
    for (const stem of fresh.slice(0, TERMS_A_SENTENCE)) covered.add(stem);
  }
  return covered.size;
}

const STEMS_A_SENTENCE = 12;
const MAX_IDENTIFIERS = 40;

function informativeTerms(sentences: readonly Sentence[]): number {
  const stems = new Set<string>();
  const identifiers = new Set<string>();
  for (const sentence of sentences) {
    for (const stem of sentence.stems.slice(0, STEMS_A_SENTENCE)) stems.add(stem);
    for (const identifier of sentence.identifiers.slice(0, 5)) identifiers.add(identifier);
  }
  return Math.min(stems.size, 250) + 2 * Math.min(identifiers.size, MAX_IDENTIFIERS);
}
