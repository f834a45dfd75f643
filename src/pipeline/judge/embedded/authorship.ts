/**
 * Who said what first. Every sentence gets the moment from which its author's text held it, so that an idea
 * edited in later counts from then; a sentence that an earlier text of somebody else already held is copied.
 */
import type { Candidate, JudgeInput } from '../types.ts';
import { type CodeBlock, type ProposalDocument, readProposal, type Sentence } from './document.ts';
import { shinglesOf, textKey } from './text.ts';

/**
 * A point in the thread's order: the posting position for a first text, and something between two positions
 * for an edit. Ids and clocks do not matter, only what came before what.
 */
export interface Moment {
  readonly order: number;
  /** ISO 8601, null when unknown. */
  readonly at: string | null;
}

export interface Claim {
  readonly sentence: Sentence;
  readonly since: Moment;
  /** Index of the other candidate whose earlier text holds nearly the same words, null when they are its own. */
  readonly copiedFrom: number | null;
  /** Nearly the same words stand in the issue. */
  readonly restatesIssue: boolean;
}

export interface CodeClaim {
  readonly block: CodeBlock;
  readonly copiedFrom: number | null;
}

export interface ReadCandidate {
  readonly candidate: Candidate;
  /** Index of its author's first proposal in the thread: whoever posts several is still one voice. */
  readonly voice: number;
  readonly document: ProposalDocument;
  readonly posted: Moment;
  readonly claims: readonly Claim[];
  readonly codes: readonly CodeClaim[];
}

/** Texts of one proposal that are compared; in between, the newest are kept. */
const MAX_REVISIONS = 8;
/** Share of a sentence's shingles that must stand elsewhere before it counts as the same sentence. */
const SAME_SENTENCE = 0.7;
/** Lower for one author's own texts: fixing a typo does not make a sentence new. */
const SAME_AUTHOR = 0.5;

/** How one text is read; whoever reads the same texts many times passes a reader that remembers them. */
export type ReadProposal = (body: string) => ProposalDocument;

/** Reads all proposals of a thread and settles who said what first. */
export function readThread(input: JudgeInput, read: ReadProposal = readProposal): ReadCandidate[] {
  const texts = input.candidates.map((candidate) => textsOf(candidate, read));
  const moments = momentsOf(input.candidates, texts);
  const first = firstHolders(texts, moments);
  const issue = new Set(shinglesOf(textKey(`${input.issue.title}\n${input.issue.body}`)));
  return input.candidates.map((candidate, index) => {
    const own = texts[index] ?? [];
    const document = own.at(-1)?.document ?? read(candidate.body);
    const times = moments[index] ?? [];
    const claims = document.sentences.map((sentence) => {
      const since = sinceWhen(sentence, own, times);
      const copiedFrom = copiedSentence(sentence, index, since, first);
      return { sentence, since, copiedFrom, restatesIssue: shareIn(sentence, issue) >= SAME_SENTENCE };
    });
    const codes = document.codes.map((block) => ({
      block,
      copiedFrom: copiedCode(block, index, own, times, first),
    }));
    const posted = times[0] ?? { order: index, at: null };
    return { candidate, voice: voiceOf(index, input.candidates), document, posted, claims, codes };
  });
}

/** Stands for every account that is gone, and in saved threads for every author who was not recorded. */
const UNKNOWN_AUTHORS: ReadonlySet<string> = new Set(['', 'ghost']);

function voiceOf(index: number, candidates: readonly Candidate[]): number {
  const login = candidates[index]?.authorLogin.toLowerCase() ?? '';
  if (UNKNOWN_AUTHORS.has(login)) return index;
  return candidates.findIndex(({ authorLogin }) => authorLogin.toLowerCase() === login);
}

interface RevisionText {
  readonly at: string | null;
  readonly document: ProposalDocument;
  readonly shingles: ReadonlySet<string>;
}

function textsOf(candidate: Candidate, read: ReadProposal): RevisionText[] {
  const all =
    candidate.revisions.length > 0
      ? candidate.revisions
      : [{ body: candidate.body, at: candidate.createdAt }];
  const kept = all.length <= MAX_REVISIONS ? all : [...all.slice(0, 1), ...all.slice(1 - MAX_REVISIONS)];
  const bodies = kept.at(-1)?.body === candidate.body ? kept : [...kept, { body: candidate.body, at: null }];
  return bodies.map(({ body, at }, index) => {
    const document = read(body);
    return {
      at: index === 0 ? (candidate.createdAt ?? at) : at,
      document,
      shingles: shinglesOfDocument(document),
    };
  });
}

function shinglesOfDocument(document: ProposalDocument): Set<string> {
  const shingles = new Set<string>();
  for (const sentence of document.sentences) for (const shingle of sentence.shingles) shingles.add(shingle);
  for (const { code } of document.codes) for (const line of codeLines(code)) shingles.add(line);
  return shingles;
}

/** Code lines that are long enough to be somebody's, with blanks folded. */
function codeLines(code: string): string[] {
  return code
    .split('\n')
    .map((line) => `code ${line.replace(/^[+-]/, '').replace(/\s+/g, '')}`)
    .filter((line) => line.length >= 17);
}

/**
 * The order of all texts. First texts stand in posting order. An edit stands after the last proposal that was
 * posted before it, edits among themselves by time; an edit of unknown time stands after everything, because
 * its author may have read everything.
 */
function momentsOf(
  candidates: readonly Candidate[],
  texts: readonly (readonly RevisionText[])[],
): Moment[][] {
  const edits = texts.flatMap((own) => own.slice(1).map(({ at }) => at ?? '~')).sort();
  return texts.map((own, index) =>
    own.map(({ at }, revision) => {
      if (revision === 0) return { order: index, at };
      const before = at === null ? candidates.length - 1 : lastPostedBy(candidates, at, index);
      const rank = (edits.indexOf(at ?? '~') + revision / (own.length + 1) + 1) / (edits.length + 2);
      return { order: before + Math.min(0.99, rank), at };
    }),
  );
}

function lastPostedBy(candidates: readonly Candidate[], at: string, index: number): number {
  const time = Date.parse(at);
  let last = index;
  for (const [other, { createdAt }] of candidates.entries()) {
    if (other > last && createdAt !== null && Date.parse(createdAt) <= time) last = other;
  }
  return last;
}

interface Holder {
  readonly index: number;
  readonly order: number;
}

/** For every shingle, who held it first and who was the first other to hold it. */
type FirstHolders = ReadonlyMap<string, readonly Holder[]>;

function firstHolders(
  texts: readonly (readonly RevisionText[])[],
  moments: readonly Moment[][],
): FirstHolders {
  const holders = new Map<string, Holder[]>();
  for (const [index, own] of texts.entries()) {
    const seen = new Set<string>();
    for (const [revision, { shingles }] of own.entries()) {
      const order = moments[index]?.[revision]?.order ?? index;
      for (const shingle of shingles) {
        if (seen.has(shingle)) continue;
        seen.add(shingle);
        insertHolder(holders, shingle, { index, order });
      }
    }
  }
  return holders;
}

function insertHolder(holders: Map<string, Holder[]>, shingle: string, holder: Holder): void {
  const list = holders.get(shingle);
  if (list === undefined) holders.set(shingle, [holder]);
  else {
    list.push(holder);
    list.sort((a, b) => a.order - b.order);
    if (list.length > 2) list.pop();
  }
}

function shareIn({ shingles }: Sentence, others: ReadonlySet<string>): number {
  return shingles.filter((shingle) => others.has(shingle)).length / shingles.length;
}

function sinceWhen(sentence: Sentence, texts: readonly RevisionText[], times: readonly Moment[]): Moment {
  const revision = texts.findIndex(({ shingles }) => shareIn(sentence, shingles) >= SAME_AUTHOR);
  return times[Math.max(0, revision)] ?? { order: 0, at: null };
}

/** Short sentences are nobody's: `This fixes the issue` is not copied. */
const SHORTEST_COPY = 6;

function copiedSentence(
  { key, shingles }: Sentence,
  index: number,
  since: Moment,
  first: FirstHolders,
): number | null {
  if (key.split(' ').length < SHORTEST_COPY) return null;
  return mostlyHeldBy(shingles, index, since.order, first);
}

function copiedCode(
  block: CodeBlock,
  index: number,
  texts: readonly RevisionText[],
  times: readonly Moment[],
  first: FirstHolders,
): number | null {
  const lines = codeLines(block.code);
  if (lines.length === 0) return null;
  const revision = texts.findIndex(({ shingles }) => lines.every((line) => shingles.has(line)));
  return mostlyHeldBy(lines, index, times[Math.max(0, revision)]?.order ?? index, first);
}

function mostlyHeldBy(
  units: readonly string[],
  index: number,
  order: number,
  first: FirstHolders,
): number | null {
  const earlier = new Map<number, number>();
  let held = 0;
  for (const unit of units) {
    const holder = first.get(unit)?.find((candidate) => candidate.index !== index && candidate.order < order);
    if (holder === undefined) continue;
    held += 1;
    earlier.set(holder.index, (earlier.get(holder.index) ?? 0) + 1);
  }
  if (held / units.length < SAME_SENTENCE) return null;
  return [...earlier].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? null;
}
