/** What the issue is about, and who names what: by this a sentence is told from padding, and a name from an invented one. */
import type { JudgeInput } from '../types.ts';
import type { ReadCandidate } from './authorship.ts';
import type { Sentence } from './document.ts';
import { nameKey, symbolsInCode } from './identifiers.ts';
import { contentStems } from './text.ts';

/** Stands for the issue among the voices. */
const ISSUE = -1;

export interface IssueModel {
  /** Stems of title and expected result. */
  readonly expected: ReadonlySet<string>;
  /** Stems that show what a sentence is about: the issue's, and those that several authors use. */
  readonly topic: ReadonlySet<string>;
  readonly repository: string;
  /** For each name in issue and proposals, the voices that mention it; -1 is the issue. */
  readonly mentions: ReadonlyMap<string, ReadonlySet<number>>;
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

/** Words of reports and proposals in general, which show nothing about the topic. */
const GENERIC: ReadonlySet<string> = new Set(
  contentStems(
    'problem issue change changes solution solve fix code test tests root cause case cases update correct correctly work works ' +
      'handle make makes user users propose proposal alternative action performed expected actual result results platform ' +
      'platforms version versions step steps open implementation implement different approach need needs new line lines ' +
      'file files function component important best good better add remove use way current state sure prevent',
  ),
);

export function modelIssue(input: JudgeInput, thread: readonly ReadCandidate[]): IssueModel {
  const { title, body } = input.issue;
  const text = body.slice(0, 20_000);
  const expected = EXPECTED.exec(text)?.[1] ?? '';
  const stems = contentStems(`${title.replace(/\[[^\]]*\]/g, ' ')} ${expected}`);
  return {
    expected: new Set(stems.filter((stem) => !TITLE_NOISE.has(stem)).slice(0, 60)),
    mentions: mentionsOf(text, thread),
    topic: topicOf(contentStems(`${title} ${text}`), thread),
    repository: input.repository.toLowerCase(),
  };
}

function mentionsOf(issue: string, thread: readonly ReadCandidate[]): Map<string, Set<number>> {
  const mentions = new Map<string, Set<number>>();
  const add = (name: string, who: number) => {
    const key = nameKey(name);
    mentions.set(key, (mentions.get(key) ?? new Set()).add(who));
  };
  for (const name of symbolsInCode(issue)) add(name, ISSUE);
  for (const { document, voice } of thread) {
    for (const { identifiers } of document.sentences) for (const name of identifiers) add(name, voice);
    for (const { symbols } of document.codes) for (const name of symbols) add(name, voice);
  }
  return mentions;
}

function topicOf(issue: readonly string[], thread: readonly ReadCandidate[]): Set<string> {
  const users = new Map<string, Set<number>>();
  for (const { claims, voice } of thread) {
    const argued = claims.filter(
      ({ sentence, copiedFrom }) => ARGUING.has(sentence.role) && copiedFrom === null,
    );
    const stems = new Set(argued.flatMap(({ sentence }) => sentence.stems));
    for (const stem of stems) users.set(stem, (users.get(stem) ?? new Set()).add(voice));
  }
  const shared = [...users].filter(([, voices]) => voices.size >= 2).map(([stem]) => stem);
  return new Set([...issue, ...shared].filter((stem) => !GENERIC.has(stem)));
}

/** Roles whose sentences are about the issue as soon as they name code or one of its words. */
export const ARGUING: ReadonlySet<Sentence['role']> = new Set(['cause', 'change', 'edge', 'tests']);
