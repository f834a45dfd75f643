/** Which proposals a sentence points at, and where in the sentence. */
import type { NamedProposal, PointedBy } from './types.ts';

export interface Reference {
  readonly proposal: NamedProposal;
  /** Offsets in the sentence. */
  readonly at: number;
  readonly end: number;
  readonly pointedBy: Exclude<PointedBy, 'all'>;
}

const OWN = '\\bmy (?:own |updated |original )?(?:proposal|solution|approach|fix)\\b';

export type FindReferences = (sentence: string) => Reference[];

/** A bare first name or login must be this long to be no ordinary word. */
const SHORTEST_BARE_NAME = 4;

/**
 * @param writer login of the comment's author: "my proposal" is theirs
 * @returns a function that finds the references of a lower-case sentence, in reading order
 */
export function referenceFinder(proposals: readonly NamedProposal[], writer: string): FindReferences {
  const byComment = new Map(proposals.map((proposal) => [String(proposal.commentId), proposal]));
  const byName = namesOf(proposals);
  const own = byName.get(writer.toLowerCase());
  const names = [...byName.keys()].sort((a, b) => b.length - a.length).map(literal);
  const pattern = new RegExp(
    `⟦comment:(\\d+)⟧${names.length === 0 ? '' : `|(?<![\\w@/.-])(@?(?:${names.join('|')}))(?![\\w-])`}|${OWN}`,
    'gu',
  );
  return (sentence) =>
    [...sentence.matchAll(pattern)].flatMap((match): Reference[] => {
      const [whole, comment, name] = match;
      const place = { at: match.index, end: match.index + whole.length };
      if (comment !== undefined) {
        const proposal = byComment.get(comment);
        return proposal ? [{ proposal, ...place, pointedBy: 'link' }] : [];
      }
      const proposal = name === undefined ? own : byName.get(name.replace('@', ''));
      const isBareAndShort = name !== undefined && !name.startsWith('@') && name.length < SHORTEST_BARE_NAME;
      return proposal && !isBareAndShort ? [{ proposal, ...place, pointedBy: 'author' }] : [];
    });
}

/**
 * Logins, and the part of a login before its first separator where it belongs to one author. An author of several
 * proposals stands for the latest one.
 */
function namesOf(proposals: readonly NamedProposal[]): Map<string, NamedProposal> {
  const names = new Map<string, NamedProposal>();
  const owners = new Map<string, Set<string>>();
  for (const proposal of proposals) {
    const login = proposal.authorLogin.toLowerCase().replace(/\[bot\]$/, '');
    if (login === 'ghost' || login === '') continue;
    names.set(login, proposal);
    const first = login.split(/[-_\d]/)[0] ?? '';
    if (first.length >= SHORTEST_BARE_NAME) owners.set(first, (owners.get(first) ?? new Set()).add(login));
  }
  for (const [first, logins] of owners) {
    const [only] = logins;
    const proposal = logins.size === 1 && only !== undefined ? names.get(only) : undefined;
    if (proposal && !names.has(first)) names.set(first, proposal);
  }
  return names;
}

function literal(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
