/**
 * The golden proposal: the chosen plan in the order in which one would implement it, in its author's words and
 * code, and after it what the others add to it (cases, tests, another way), each with the number it comes from.
 */
import type { JudgeInput } from '../types.ts';
import { contributionsTo } from './contributions.ts';
import type { Analysed } from './features.ts';
import type { TermWeights } from './ideas.ts';
import { cutMarkdown, planPart } from './plan-part.ts';
import type { Role } from './sections.ts';

/** Characters of the golden proposal: the comment that holds it must stay under 65,536. */
const MAX_GOLDEN = 16_000;

const PARTS: readonly { readonly role: Role; readonly title: string }[] = [
  { role: 'problem', title: 'Problem' },
  { role: 'cause', title: 'Root cause' },
  { role: 'change', title: 'Changes' },
  { role: 'edge', title: 'Edge cases' },
  { role: 'tests', title: 'Tests' },
  { role: 'alternatives', title: 'Alternatives' },
];

/** Markdown, untrusted like the texts it quotes. */
export function goldenProposal(
  input: JudgeInput,
  chosen: Analysed,
  thread: readonly Analysed[],
  terms: TermWeights,
): string {
  const added = contributionsTo(chosen, thread, terms);
  const parts = PARTS.flatMap(({ role, title }) => {
    const own = planPart(chosen.read.document, role) || (role === 'problem' ? problemFromIssue(input) : '');
    const others = added.filter((contribution) => contribution.role === role).map(({ line }) => line);
    const body = [own, others.join('\n')].filter((text) => text !== '').join('\n\n');
    return body === '' ? [] : [`### ${title}\n\n${body}`];
  });
  return cutMarkdown(parts.join('\n\n'), MAX_GOLDEN);
}

function problemFromIssue({ issue }: JudgeInput): string {
  const title = issue.title
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return title === '' ? '' : `${title}${/[.!?]$/.test(title) ? '' : '.'}`;
}
