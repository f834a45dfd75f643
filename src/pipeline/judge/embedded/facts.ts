/**
 * What a proposal shows, in countable facts that a reader can check: the features are computed from them and the
 * sentences of the explanation name them. Only credited sentences count: the author's own, about this issue.
 */
import type { JudgeInput } from '../types.ts';
import type { Claim, ReadCandidate } from './authorship.ts';
import type { CitedLink, CodeBlock, Sentence } from './document.ts';
import { baseName } from './identifiers.ts';
import { cues } from './sections.ts';
import { contentStems, isStopWord, wordsOf } from './text.ts';

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

export interface IssueModel {
  /** Stems of title and expected result. */
  readonly expected: ReadonlySet<string>;
  /** Stems of the whole issue. */
  readonly all: ReadonlySet<string>;
  readonly repository: string;
}

const EXPECTED =
  /(?:expected (?:result|behaviou?r|outcome)s?|what should happen|should be)\W*\n?([\s\S]{0,600}?)(?:\n#|\*\*actual|actual (?:result|behaviou?r)|$)/i;
/** Words that any title holds and that say nothing about the issue. */
const TITLE_NOISE: ReadonlySet<string> = new Set([
  'hold',
  'paid',
  'awaiting',
  'payment',
  'due',
  'bug',
  'issue',
  'version',
]);

export function modelIssue(input: JudgeInput): IssueModel {
  const { title, body } = input.issue;
  const text = body.slice(0, 20_000);
  const expected = EXPECTED.exec(text)?.[1] ?? '';
  const stems = contentStems(`${title.replace(/\[[^\]]*\]/g, ' ')} ${expected}`);
  return {
    expected: new Set(stems.filter((stem) => !TITLE_NOISE.has(stem)).slice(0, 60)),
    all: new Set(contentStems(`${title} ${text}`)),
    repository: input.repository.toLowerCase(),
  };
}

/** A sentence of eight words or more with hardly a function word is a list of keywords. English only. */
function isKeywordList(sentence: Sentence): boolean {
  const words = wordsOf(sentence.text);
  if (words.length < 8 || !/^[\p{Script=Latin}\P{L}]*$/u.test(sentence.text)) return false;
  return words.filter((word) => isStopWord(word) || word.length <= 2).length / words.length < 0.1;
}

/** Roles whose sentences are about the issue as soon as they name code or one of its words. */
const ARGUING: ReadonlySet<Sentence['role']> = new Set(['cause', 'change', 'edge', 'tests']);
const SHORTEST_ARGUMENT = 5;

function isAbout(sentence: Sentence, issue: IssueModel, known: ReadonlySet<string>): boolean {
  const argues = ARGUING.has(sentence.role);
  if (sentence.identifiers.some((identifier) => argues || known.has(identifier.toLowerCase()))) return true;
  const shared = new Set(contentStems(sentence.text).filter((stem) => issue.all.has(stem))).size;
  return shared >= 2 || (shared === 1 && argues && wordsOf(sentence.text).length >= SHORTEST_ARGUMENT);
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
  return {
    cause,
    change,
    edge: credited.filter(({ role, text }) => role === 'edge' || (role !== 'problem' && cues.edge(text))),
    tests: credited.filter(({ role, text }) => role === 'tests' || (role !== 'problem' && cues.test(text))),
    platforms: credited.filter(({ role, text }) => role !== 'problem' && cues.platform(text)),
    alternatives: prose.filter(({ role }) => role === 'alternatives'),
    credited,
    chain: chainOf(cause, change, ownCode, links),
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
    for (const identifier of identifiers)
      counts.set(identifier.toLowerCase(), (counts.get(identifier.toLowerCase()) ?? 0) + 1);
  }
  const known = new Set(
    [...counts].filter(([name, count]) => count >= 2 || issue.all.has(name)).map(([name]) => name),
  );
  for (const { symbols } of codes) for (const symbol of symbols) known.add(symbol.toLowerCase());
  return known;
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
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
  const touched = new Set([
    ...change.flatMap(({ identifiers }) => identifiers),
    ...codes.filter(({ role }) => role === 'change').flatMap(({ symbols }) => symbols),
    ...links.filter(({ role }) => role === 'change').map(({ path }) => baseName(path)),
  ]);
  const proseOfChange = new Set(change.flatMap(({ identifiers }) => identifiers));
  const strong = [...named, ...cited].filter((name) => touched.has(name));
  const weak = quoted.filter((name) => proseOfChange.has(name));
  return distinct([...strong, ...weak]);
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
  for (const { text } of sentences) {
    const fresh = distinct(contentStems(text)).filter(
      (stem) => issue.expected.has(stem) && !covered.has(stem),
    );
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
    for (const stem of contentStems(sentence.text).slice(0, STEMS_A_SENTENCE)) stems.add(stem);
    for (const identifier of sentence.identifiers.slice(0, 5)) identifiers.add(identifier);
  }
  return Math.min(stems.size, 250) + 2 * Math.min(identifiers.size, MAX_IDENTIFIERS);
}
