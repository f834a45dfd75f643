import { stripInvisible } from '../../markdown/invisible.ts';

/**
 * Phrases by which the three headings of the proposal template are known. Case, punctuation, emoji and articles
 * do not matter. A phrase of several words counts anywhere in a heading; a single word must be the whole heading,
 * for "Problem" is a template heading and "No problem on staging" is not.
 */
export interface TemplateHeadings {
  readonly problem: readonly string[];
  readonly rootCause: readonly string[];
  readonly changes: readonly string[];
}

export type TemplateHeading = keyof TemplateHeadings;

export const DEFAULT_HEADINGS: TemplateHeadings = {
  problem: [
    'problem',
    'problem statement',
    'problem that we are trying to solve',
    'restate problem',
    're-state the problem',
    'restating problem',
    're-stating the problem',
  ],
  rootCause: ['root cause', 'RCA', 'cause'],
  changes: [
    'changes',
    'what changes',
    'changes do you think we should make',
    'proposed changes',
    'suggested changes',
    'solution',
    'proposed solution',
    'suggested solution',
    'fix',
    'proposed fix',
  ],
};

/** "What is the root cause of that problem?" names two of them: the more telling one is asked first. */
const ORDER: readonly TemplateHeading[] = ['rootCause', 'changes', 'problem'];

const PROPOSAL_QUALIFIERS: ReadonlySet<string> = new Set(['updated', 'update', 'revised', 'edited', 'new']);

/** True for "Proposal", "📣 PROPOSAL:", "Proposal 2", "Updated proposal" and "Proposal (v2)", not for "Proposal review". */
export function isProposalTitle(title: string): boolean {
  const words = normalise(title).split(' ');
  const others = words.filter((word) => word !== 'proposal');
  return (
    others.length === words.length - 1 &&
    others.length <= 2 &&
    others.every((word) => PROPOSAL_QUALIFIERS.has(word) || /^v?\d{1,3}$/.test(word))
  );
}

export type TitleMatcher = (title: string) => TemplateHeading | null;

/** Prepares the phrases once; the matcher says which heading of the template a title is, null for none. */
export function templateMatcher(headings: TemplateHeadings): TitleMatcher {
  const phrases = ORDER.map((kind) => ({ kind, phrases: headings[kind].map(normalise).filter(Boolean) }));
  return (title) => {
    const text = normalise(title);
    return phrases.find((entry) => entry.phrases.some((phrase) => matches(text, phrase)))?.kind ?? null;
  };
}

function matches(title: string, phrase: string): boolean {
  if (!phrase.includes(' ')) {
    return title.replace(/^\d+ | \d+$/g, '') === phrase;
  }
  return ` ${title} `.includes(` ${phrase} `);
}

/** Lower-case words separated by one space: emoji, shortcodes, punctuation and articles are gone. */
function normalise(title: string): string {
  return stripInvisible(title)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/:[a-z0-9_+-]{1,40}:/g, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .split(' ')
    .filter((word) => word !== '' && word !== 'the' && word !== 'a' && word !== 'an')
    .join(' ');
}
