/** A comment as a person names it: by its address, or by `issuecomment-N` alone. */
export interface CommentReference {
  readonly commentId: number;
  /** The address as written, null for a bare `issuecomment-N`. */
  readonly url: string | null;
}

/** What is needed to find a proposal by what a person calls it. */
export interface NamedProposal {
  readonly number: number;
  readonly authorLogin: string;
  readonly commentId: number;
  readonly url: string;
}

export type ResolvedWhich<P extends NamedProposal> =
  | { readonly ok: true; readonly proposal: P }
  | { readonly ok: false; readonly error: string };

/** At most 15 digits, so that the id is an exact number. */
const REFERENCE = /^<?(https?:\/\/[^\s<>#]{1,500})?#?issuecomment-(\d{1,15})>?$/i;
const LOGIN = /^@?([a-z\d][a-z\d_-]{0,99}(?:\[bot\])?)$/i;

/** Reads a comment's address or a bare `issuecomment-N`; null when it is neither. The host is not checked. */
export function parseCommentReference(text: string): CommentReference | null {
  const match = REFERENCE.exec(text);
  if (match === null || (match[1] !== undefined && !text.includes('#'))) {
    return null;
  }
  const url = match[1] === undefined ? null : text.replace(/^<|>$/g, '');
  return { commentId: Number(match[2]), url };
}

/**
 * Finds the proposal that WHICH names: its number (`2`, `#2`), its author's login (`@login`, `login`), or its
 * comment (address or `issuecomment-N`; ids are unique on a GitHub instance, so the rest of the address does not
 * matter and may be from before a rename). The error is a sentence for the person who asked.
 */
export function resolveWhich<P extends NamedProposal>(
  which: string,
  proposals: readonly P[],
): ResolvedWhich<P> {
  if (proposals.length === 0) {
    return { ok: false, error: 'There are no proposals on this issue yet.' };
  }
  const wanted = which.trim();
  const number = /^#?(\d{1,9})$/.exec(wanted)?.[1];
  if (number !== undefined) {
    return found(
      proposals.find((proposal) => proposal.number === Number(number)),
      `There is no proposal ${Number(number)} here: ${choices(proposals)}.`,
    );
  }
  const reference = parseCommentReference(wanted);
  if (reference !== null) {
    return found(
      proposals.find(({ commentId }) => commentId === reference.commentId),
      `Comment ${reference.commentId} is not one of the proposals: ${choices(proposals)}.`,
    );
  }
  return resolveLogin(LOGIN.exec(wanted)?.[1], proposals);
}

function resolveLogin<P extends NamedProposal>(
  login: string | undefined,
  proposals: readonly P[],
): ResolvedWhich<P> {
  if (login === undefined) {
    return {
      ok: false,
      error: `Name a proposal by its number, its author’s login or its comment’s address: ${choices(proposals)}.`,
    };
  }
  const theirs = proposals.filter(({ authorLogin }) => bare(authorLogin) === bare(login));
  return theirs.length > 1
    ? { ok: false, error: `${login} has several proposals: choose one of ${numbers(theirs)} by its number.` }
    : found(theirs[0], `${login} has no proposal here: ${choices(proposals)}.`);
}

function found<P extends NamedProposal>(proposal: P | undefined, error: string): ResolvedWhich<P> {
  return proposal === undefined ? { ok: false, error } : { ok: true, proposal };
}

/** GitHub shows a bot's login with `[bot]` in its API and without it on the page. */
function bare(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '');
}

const MAX_CHOICES = 30;

function choices(proposals: readonly NamedProposal[]): string {
  return `choose one of ${numbers(proposals)}`;
}

function numbers(proposals: readonly NamedProposal[]): string {
  const all = proposals.map(({ number, authorLogin }) => `${number} (${authorLogin})`);
  return all.length > MAX_CHOICES ? `${all.slice(0, MAX_CHOICES).join(', ')}, …` : all.join(', ');
}
