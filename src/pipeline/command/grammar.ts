import { type CommentReference, parseCommentReference } from './which.ts';

/** Where a command stood in its comment. */
export interface CommandPlace {
  /** From 1. */
  readonly line: number;
  /** The request as written, for quoting: trimmed and at most `MAX_QUOTE` characters. Untrusted text. */
  readonly text: string;
}

export type CommandRequest =
  | { readonly verb: 'choose'; readonly dryRun: boolean; readonly comments: readonly CommentReference[] }
  | { readonly verb: 'override'; readonly which: string; readonly reason: string | null }
  | { readonly verb: 'reject'; readonly reason: string | null }
  | { [V in PlainVerb]: { readonly verb: V } }[PlainVerb]
  | { readonly verb: 'unknown'; readonly word: string };

export type PlainVerb = 'accept' | 'explain' | 'status' | 'help' | 'cancel' | 'pause' | 'resume';

export type Verb = CommandRequest['verb'];
export type KnownVerb = Exclude<Verb, 'unknown'>;

/** A known verb with arguments that make no sense; `error` is a sentence that says what to write instead. */
export interface InvalidCommand {
  readonly verb: KnownVerb;
  readonly error: string;
}

export type ParsedCommand = ((CommandRequest & { readonly error?: never }) | InvalidCommand) & CommandPlace;

export const VERBS: readonly KnownVerb[] = [
  'choose',
  'accept',
  'override',
  'reject',
  'explain',
  'status',
  'help',
  'cancel',
  'pause',
  'resume',
];

export const MAX_QUOTE = 500;
/** Longer reasons are cut. */
export const MAX_REASON = 2_000;
/** Comments that one `choose` can add. */
export const MAX_COMMENTS = 20;

const EXCERPT = 60;

/** Understands what follows `/manager` on its line. Nothing at all asks for help. */
export function parseRequest(words: string): CommandRequest | InvalidCommand {
  const [first, rest] = splitFirst(words.trim());
  const word = first.replace(/[.,:;!?]+$/, '');
  if (word === '') {
    return { verb: 'help' };
  }
  const verb = VERBS.find((known) => known === word.toLowerCase());
  return verb === undefined ? { verb: 'unknown', word: excerpt(word) } : parseArguments(verb, rest);
}

function parseArguments(verb: KnownVerb, rest: string): CommandRequest | InvalidCommand {
  switch (verb) {
    case 'choose':
      return parseChoose(rest);
    case 'override':
      return parseOverride(rest);
    case 'reject':
      return { verb, reason: toReason(rest) };
    case 'accept':
      return rest === ''
        ? { verb }
        : invalid(
            verb,
            '`/manager accept` accepts the posted choice and takes no argument; to choose another proposal ' +
              'write `/manager override` and its number, and put remarks on a line of their own.',
          );
    case 'help':
      return { verb };
    case 'explain':
    case 'status':
    case 'cancel':
    case 'pause':
    case 'resume':
      return rest === '' ? plain(verb) : takesNothing(verb);
    default:
      return verb satisfies never;
  }
}

/** A literal per verb, so that the union stays discriminated. */
function plain<V extends PlainVerb>(verb: V): { [K in PlainVerb]: { readonly verb: K } }[V] {
  return { verb } as { [K in PlainVerb]: { readonly verb: K } }[V];
}

function takesNothing(verb: PlainVerb): InvalidCommand {
  return invalid(
    verb,
    `\`/manager ${verb}\` takes no argument; write it alone and put remarks on a line of their own.`,
  );
}

function parseChoose(rest: string): CommandRequest | InvalidCommand {
  const comments: CommentReference[] = [];
  let dryRun = false;
  for (const word of rest.split(/[\s,]+/).filter(Boolean)) {
    const reference = parseCommentReference(word);
    if (/^(?:--|[–—])dry-?run$/i.test(word)) {
      dryRun = true;
    } else if (reference === null) {
      return invalid(
        'choose',
        `I do not understand “${excerpt(word)}”: \`/manager choose\` takes \`--dry-run\` and addresses of ` +
          'comments on this issue, such as `…#issuecomment-123`.',
      );
    } else if (!comments.some(({ commentId }) => commentId === reference.commentId)) {
      comments.push(reference);
    }
  }
  return comments.length > MAX_COMMENTS
    ? invalid('choose', `\`/manager choose\` takes at most ${MAX_COMMENTS} comment addresses; name fewer.`)
    : { verb: 'choose', dryRun, comments };
}

function parseOverride(rest: string): CommandRequest | InvalidCommand {
  const [first, reason] = splitFirst(rest);
  const which = first.replace(/[.,:;!?]+$/, '');
  return which === ''
    ? invalid(
        'override',
        'Say which proposal: `/manager override 2 your reason`; its author’s login or its comment’s address works too.',
      )
    : { verb: 'override', which, reason: toReason(reason) };
}

function invalid(verb: KnownVerb, error: string): InvalidCommand {
  return { verb, error };
}

/** The first word, and what follows it without surrounding space. */
function splitFirst(text: string): [string, string] {
  const end = text.search(/\s/);
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end).trim()];
}

/** A separator before the reason ("override 2: simpler", "reject - too broad") is no part of it. */
function toReason(text: string): string | null {
  const reason = text.replace(/^[-–—:,]+\s*/, '');
  return reason === '' ? null : reason.slice(0, MAX_REASON).toWellFormed();
}

function excerpt(text: string): string {
  const safe = text.replaceAll('`', '').toWellFormed();
  return safe.length > EXCERPT ? `${safe.slice(0, EXCERPT).toWellFormed()}…` : safe;
}
