/** Overwriting text: a mark takes its place that holds the text's hash, by which it can still be recognised. */
import { createHash } from 'node:crypto';
import type { Candidate, JudgeInput } from '../judge/types.ts';

const MARK = /^\[erased, SHA-256 [\da-f]{64}\]$/;

export function isErased(text: string): boolean {
  return MARK.test(text);
}

/** Empty text and marks stay what they are. */
export function eraseText(text: string): string {
  if (text === '' || isErased(text)) return text;
  return `[erased, SHA-256 ${createHash('sha256').update(text).digest('hex')}]`;
}

/**
 * @param numbers of the proposals whose text goes; null takes all of them and the issue's too
 */
export function eraseInput(input: JudgeInput, numbers: ReadonlySet<number> | null): JudgeInput {
  const { issue, candidates } = input;
  return {
    ...input,
    issue:
      numbers === null ? { ...issue, title: eraseText(issue.title), body: eraseText(issue.body) } : issue,
    candidates: candidates.map((candidate) =>
      numbers === null || numbers.has(candidate.number) ? eraseCandidate(candidate) : candidate,
    ),
  };
}

function eraseCandidate(candidate: Candidate): Candidate {
  return {
    ...candidate,
    body: eraseText(candidate.body),
    revisions: candidate.revisions.map((revision) => ({ ...revision, body: eraseText(revision.body) })),
  };
}

/** Keys of a webhook's payload that hold what somebody wrote. */
const TEXT_KEYS: ReadonlySet<string> = new Set(['body', 'body_html', 'body_text', 'title', 'from']);

/** Overwrites every text that people wrote in a part of a payload, however deep. */
export function eraseWritten(value: unknown): unknown {
  return mapStrings(value, (text, key) => (key !== null && TEXT_KEYS.has(key) ? eraseText(text) : text));
}

/** Of a comment's webhook, the comment and what it was before. */
export function eraseCommentPayload(payload: unknown): unknown {
  if (!isRecord(payload)) return payload;
  return { ...payload, comment: eraseWritten(payload.comment), changes: eraseWritten(payload.changes) };
}

/** The words of a command: its verb and what it points to stay, so that its outcome can be understood. */
export function eraseCommand(parsed: unknown): unknown {
  const words = new Set(['text', 'reason', 'error', 'word']);
  return mapStrings(parsed, (text, key) => (key !== null && words.has(key) ? eraseText(text) : text));
}

/**
 * A person's traces in somebody else's data: the login as a whole value, as a mention and as a profile link, and
 * the account's other facts where an object names the login.
 * @param pseudonym what stands there instead
 */
export function forgetLogin(value: unknown, login: string, pseudonym: string): unknown {
  const forget = forgetInText(login, pseudonym);
  const replace = (some: unknown): unknown => {
    if (typeof some === 'string') return forget(some);
    if (Array.isArray(some)) return some.map(replace);
    if (!isRecord(some)) return some;
    if (isLogin(some.login, login)) return { login: pseudonym, id: 0, type: some.type };
    return Object.fromEntries(Object.entries(some).map(([key, inner]) => [key, replace(inner)]));
  };
  return replace(value);
}

/** The same for one text. Other words that are spelled like the login stay. */
export function forgetInText(login: string, pseudonym: string): (text: string) => string {
  const name = login.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const mention = new RegExp(`(@|github\\.com/|[?&]u=)${name}(?![\\w-])`, 'gi');
  return (text) => (isLogin(text, login) ? pseudonym : text.replace(mention, `$1${pseudonym}`));
}

function isLogin(value: unknown, login: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === login.toLowerCase();
}

function mapStrings(value: unknown, change: (text: string, key: string | null) => string): unknown {
  const walk = (some: unknown, key: string | null): unknown => {
    if (typeof some === 'string') return change(some, key);
    if (Array.isArray(some)) return some.map((inner) => walk(inner, key));
    if (!isRecord(some)) return some;
    return Object.fromEntries(Object.entries(some).map(([name, inner]) => [name, walk(inner, name)]));
  };
  return walk(value, null);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
