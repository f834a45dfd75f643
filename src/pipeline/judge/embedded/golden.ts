/**
 * The golden proposal: the chosen plan in the order in which one would implement it, in its author's words and
 * code, and after it what the others add to it (cases, tests, another way), each with the number it comes from.
 */
import type { JudgeInput } from '../types.ts';
import type { Block, ProposalDocument, Sentence } from './document.ts';
import type { Analysed } from './features.ts';
import { type TermWeights, termsOf } from './ideas.ts';
import { nameKey } from './identifiers.ts';
import { cues, type Role } from './sections.ts';

/** Characters of the golden proposal: the comment that holds it must stay under 65,536. */
const MAX_GOLDEN = 16_000;
const MAX_PART = 9_000;

const PARTS: readonly { readonly role: Role; readonly title: string }[] = [
  { role: 'problem', title: 'Problem' },
  { role: 'cause', title: 'Root cause' },
  { role: 'change', title: 'Changes' },
  { role: 'edge', title: 'Edge cases' },
  { role: 'tests', title: 'Tests' },
  { role: 'alternatives', title: 'Alternatives' },
];

export function goldenProposal(
  input: JudgeInput,
  chosen: Analysed,
  thread: readonly Analysed[],
  terms: TermWeights,
): string {
  const added = contributions(chosen, thread, terms);
  const parts = PARTS.flatMap(({ role, title }) => {
    const own = planPart(chosen.read.document, role, input);
    const others = added.filter((contribution) => contribution.role === role).map(({ line }) => line);
    const body = [own, others.join('\n')].filter((text) => text !== '').join('\n\n');
    return body === '' ? [] : [`### ${title}\n\n${body}`];
  });
  return cut(parts.join('\n\n'), MAX_GOLDEN);
}

/** The blocks of one part, in order, cut where a reader would have stopped. */
function planPart(document: ProposalDocument, role: Role, input: JudgeInput): string {
  const blocks = document.sections
    .flatMap(({ blocks: all }) => all)
    .filter((block) => partOf(block, document) === role);
  if (blocks.length === 0) return role === 'problem' ? problemFromIssue(input) : '';
  const kept: string[] = [];
  let length = 0;
  for (const { markdown } of blocks) {
    if (length > 0 && length + markdown.length > MAX_PART) break;
    kept.push(cut(markdown, MAX_PART));
    length += markdown.length;
  }
  return kept.join('\n\n');
}

/** Text under no known heading is part of the plan when it says nothing else. */
function partOf(block: Block, document: ProposalDocument): Role {
  if (block.role !== 'other') return block.role;
  const hasPlan = document.sections.some(({ blocks }) => blocks.some(({ role }) => role === 'change'));
  return hasPlan ? 'other' : 'change';
}

function problemFromIssue({ issue }: JudgeInput): string {
  const title = issue.title
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return title === '' ? '' : `${title}${/[.!?]$/.test(title) ? '' : '.'}`;
}

interface Contribution {
  readonly role: Role;
  readonly line: string;
}

/** Share of a contribution's terms, by weight, in one sentence or in all of the plan from which it says nothing new. */
const ALREADY_SAID = { inOne: 0.6, inAll: 0.85 } as const;
const MAX_CONTRIBUTIONS = { edge: 4, tests: 3, alternatives: 2 } as const;
type ContributedRole = keyof typeof MAX_CONTRIBUTIONS;

function contributions(chosen: Analysed, thread: readonly Analysed[], terms: TermWeights): Contribution[] {
  const said = chosen.read.claims.map((claim) => new Set(termsOf(claim)));
  const found: Contribution[] = [];
  const counts = { edge: 0, tests: 0, alternatives: 0 };
  for (const { proposal, sentence, role } of offers(chosen, thread)) {
    const claim = proposal.read.claims.find((one) => one.sentence === sentence);
    if (claim === undefined || counts[role] >= MAX_CONTRIBUTIONS[role]) continue;
    const offered = termsOf(claim);
    if (isSaid(offered, said, terms)) continue;
    said.push(new Set(offered));
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
  if (share((term) => said.some((terms) => terms.has(term))) >= ALREADY_SAID.inAll) return true;
  return said.some((one) => share((term) => one.has(term)) >= ALREADY_SAID.inOne);
}

interface Offer {
  readonly proposal: Analysed;
  readonly sentence: Sentence;
  readonly role: ContributedRole;
}

/** What the other proposals could add, in posting order, cases before tests before other ways. */
function offers(chosen: Analysed, thread: readonly Analysed[]): Offer[] {
  const others = thread.filter(
    (proposal) => proposal !== chosen && proposal.raw.persuasion === 0 && proposal.raw.stuffing < 0.3,
  );
  return others
    .flatMap((proposal) => [
      ...proposal.facts.edge.map((sentence) => ({ proposal, sentence, role: 'edge' as const })),
      ...proposal.facts.tests.map((sentence) => ({ proposal, sentence, role: 'tests' as const })),
      ...otherWay(proposal, chosen).map((sentence) => ({
        proposal,
        sentence,
        role: 'alternatives' as const,
      })),
    ])
    .filter(({ sentence }) => isQuotable(sentence));
}

/**
 * The sentence that sums up another proposal's plan: its first change at a named place. Only of a proposal that
 * argues about as well as the chosen one and does not hide the symptom: a weak one is no alternative.
 */
function otherWay({ facts, raw }: Analysed, chosen: Analysed): Sentence[] {
  const serious =
    raw.rootCause >= 0.7 && raw.workaround === 0 && raw.hedging < 0.25 && raw.lateDuplicate < 0.5;
  if (!serious || raw.substance < 0.6 * chosen.raw.substance) return [];
  const planned = new Set(
    chosen.read.document.sentences.flatMap(({ identifiers }) => identifiers).map(nameKey),
  );
  const isOther = (sentence: Sentence) => sentence.identifiers.some((name) => !planned.has(nameKey(name)));
  return facts.change.filter((sentence) => isOther(sentence) && cues.change(sentence.text)).slice(0, 1);
}

/** Whole sentences that stand on their own: no questions, no fragments that end in a colon. */
function isQuotable({ text }: Sentence): boolean {
  return (
    text.length >= 25 &&
    text.length <= 400 &&
    !/[:?]$/.test(text) &&
    !/^(?:this|that|it|these|those|here|above)\b/i.test(text)
  );
}

/** The sentence without the author's throat-clearing. */
function tidy(text: string): string {
  const bare = text
    .replace(
      /^(?:\W*)(?:(?:also|so|and|but|then|additionally|moreover|furthermore|optionally|note that|btw|edge cases?|alternatively|alternative(?: solution)?s?(?: \d)?|tests?)[,:]? )+/i,
      '',
    )
    .replace(/^(?:i (?:think|believe|guess|would suggest|suggest|propose)(?: that)? )/i, '')
    .replace(/\s+/g, ' ')
    .trim();
  const capital = /^[a-z]+\b(?![.(_])/.test(bare) ? bare.charAt(0).toUpperCase() + bare.slice(1) : bare;
  return /[.!?]$/.test(capital) ? capital.replace(/[.]$/, '') : capital;
}

/** Cuts Markdown at a line, closing an open fence, and says so. */
function cut(markdown: string, limit: number): string {
  if (markdown.length <= limit) return markdown;
  const head = markdown.slice(0, limit - 40);
  const lines = head.slice(0, Math.max(head.lastIndexOf('\n'), 200)).trimEnd();
  const fences = lines.match(/^\s*`{3,}/gm) ?? [];
  const closed = fences.length % 2 === 0 ? lines : `${lines}\n${fences.at(-1)?.trim()}`;
  return `${closed}\n\n… (shortened)`;
}
