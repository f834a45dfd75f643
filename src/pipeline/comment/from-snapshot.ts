import { parseMarkdown } from '../../markdown/parse.ts';
import { links } from '../../markdown/query.ts';
import type { JudgeInput } from '../judge/types.ts';
import type { ProposalView } from './views.ts';

/** The proposals of a snapshot as the comment shows them. */
export function proposalViews(input: JudgeInput): ProposalView[] {
  return input.candidates.map((candidate) => ({
    number: candidate.number,
    authorLogin: candidate.authorLogin,
    url: candidate.url,
    revisionHash: candidate.revisions.at(-1)?.hash ?? '',
  }));
}

/** The judge may only repeat links that stood in the thread. */
export function linksOf(input: JudgeInput): Set<string> {
  const texts = [input.issue.body, ...input.candidates.map((candidate) => candidate.body)];
  const found = texts.flatMap((text) => links(parseMarkdown(text)).map((link) => link.url));
  return new Set([...found, ...input.candidates.map((candidate) => candidate.url)]);
}
