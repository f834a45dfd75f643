import { parseMarkdown } from '../../markdown/parse.ts';
import { links, plainText, sections, titles } from '../../markdown/query.ts';
import type { Thread, ThreadComment } from '../thread/types.ts';
import { isProposalTitle, type TemplateHeadings, templateMatcher } from './headings.ts';

/**
 * How a proposal was found: by a Proposal heading, by two headings of the template, because the thread lists it,
 * or because a manager named it.
 */
export type ProposalSource = 'heading' | 'template' | 'listed' | 'manual';

export interface DetectedProposal {
  readonly comment: ThreadComment;
  readonly source: ProposalSource;
}

export interface DetectOptions {
  readonly headings: TemplateHeadings;
  /** Our own App's id: its comments are never proposals. Null when there is no App (benchmarks). */
  readonly ownAppId: number | null;
  /** Comments that a manager added by hand. */
  readonly addedCommentIds?: readonly number[];
}

export type CommentClass = 'proposal' | 'pointer' | 'other';

/** A pointer says at most this many words besides its headings and links. */
const POINTER_WORDS = 20;

/**
 * The deterministic rule. A comment is a proposal if it has a Proposal title, or at least two different titles of
 * the template; titles are headings and lines that are bold and nothing else, outside quotes, code and HTML.
 * A pointer has a Proposal title and nothing but a link to another comment below it.
 */
export function classifyComment(body: string, headings: TemplateHeadings): CommentClass {
  const match = matchRule(body, headings);
  return match === 'heading' || match === 'template' ? 'proposal' : match;
}

/**
 * The proposals of a thread in posting order. Listed candidates are taken as given and switch detection off.
 * Comments by other bots count; our own App's never do, and hidden ones only where the thread lists them.
 */
export function detectProposals(thread: Thread, options: DetectOptions): DetectedProposal[] {
  const listed = thread.listedCandidateIds === null ? null : new Set(thread.listedCandidateIds);
  const added = new Set(options.addedCommentIds ?? []);
  return thread.comments
    .filter((comment) => options.ownAppId === null || comment.appId !== options.ownAppId)
    .flatMap((comment): DetectedProposal[] => {
      const source = sourceOf(comment, listed, added, options.headings);
      return source === null ? [] : [{ comment, source }];
    })
    .sort((a, b) => a.comment.id - b.comment.id);
}

function sourceOf(
  comment: ThreadComment,
  listed: ReadonlySet<number> | null,
  added: ReadonlySet<number>,
  headings: TemplateHeadings,
): ProposalSource | null {
  if (listed?.has(comment.id)) {
    return 'listed';
  }
  if (comment.minimized) {
    return null;
  }
  if (listed === null) {
    const match = matchRule(comment.body, headings);
    if (match === 'heading' || match === 'template') {
      return match;
    }
  }
  return added.has(comment.id) ? 'manual' : null;
}

function matchRule(body: string, headings: TemplateHeadings): 'heading' | 'template' | 'pointer' | 'other' {
  const root = parseMarkdown(body);
  const found = titles(root).map(({ text }) => text);
  const matcher = templateMatcher(headings);
  const kinds = new Set(found.flatMap((title) => matcher(title) ?? []));
  const hasProposalTitle = found.some(isProposalTitle);
  if (kinds.size >= 2) {
    return hasProposalTitle ? 'heading' : 'template';
  }
  if (!hasProposalTitle) {
    return 'other';
  }
  return kinds.size === 0 && isPointer(root) ? 'pointer' : 'heading';
}

/** A link in the Proposal title, or one to a comment below it, and next to no text of its own. */
function isPointer(root: ReturnType<typeof parseMarkdown>): boolean {
  if (!links(root).some(({ url }) => url.includes('#issuecomment-')) && !hasLinkedTitle(root)) {
    return false;
  }
  const content = sections(root).flatMap(({ nodes }) => nodes);
  if (content.some(({ type }) => type === 'code' || type === 'list' || type === 'table')) {
    return false;
  }
  const words = plainText(content).match(/[\p{L}\p{N}][^\s]*/gu) ?? [];
  return words.length <= POINTER_WORDS;
}

function hasLinkedTitle(root: ReturnType<typeof parseMarkdown>): boolean {
  return root.children.some(
    (node) => node.type === 'heading' && links({ type: 'root', children: [node] }).length > 0,
  );
}
