import { castVotes } from '../judge/cast.ts';
import type { IdeaTimelineEntry } from '../judge/types.ts';
import { code, fold, login, numbers, sections, sentence, utc } from './parts.ts';
import type { ProposalView, VerdictView } from './views.ts';

/** What `explain` adds: who had which idea first, how each vote went, and what would decide it. */

const MAX_IDEAS = 20;
const MAX_VOTES = 20;

function idea(entry: IdeaTimelineEntry, proposals: readonly ProposalView[]): string {
  const author = proposals.find(({ number }) => number === entry.firstNumber)?.authorLogin;
  const first = `proposal ${entry.firstNumber}${author === undefined ? '' : ` (${login(author)})`}`;
  const shown = entry.alsoIn.slice(0, 10).map(({ number, at }) => `${number} (${utc(at)})`);
  const left = entry.alsoIn.length - shown.length;
  const later =
    shown.length === 0 ? '' : `; later in ${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
  // As code: GitHub would link bare hex digits to a commit.
  const revision = entry.firstRevision ? `, revision ${code(entry.firstRevision.slice(0, 7))}` : '';
  return `- ${sentence(entry.idea, 240)}: first in ${first}, ${utc(entry.firstAt)}${revision}${later}`;
}

function timeline(verdict: VerdictView, proposals: readonly ProposalView[]): string | null {
  if (verdict.ideas.length === 0) return null;
  const shown = verdict.ideas.slice(0, MAX_IDEAS).map((entry) => idea(entry, proposals));
  const left = verdict.ideas.length - shown.length;
  return sections([
    '**Ideas, by who had them first**',
    shown.join('\n'),
    left > 0 ? `…and ${left} more.` : null,
  ]);
}

/** The embedded judge looks once, and always sees the same: there is nothing to count. */
function voteList(verdict: VerdictView): string | null {
  if (verdict.judge === 'embedded') return null;
  const votes = castVotes(verdict.votes);
  if (votes.length === 0) return null;
  const lines = votes.slice(0, MAX_VOTES).map((vote) => {
    const result =
      vote.error !== null
        ? `failed (${sentence(vote.error, 160)})`
        : vote.chosen === null
          ? 'none acceptable'
          : `proposal ${vote.chosen}`;
    return `- shown in the order ${numbers(vote.order)}: ${result}`;
  });
  const left = votes.length - lines.length;
  return sections(['**Votes**', lines.join('\n'), left > 0 ? `…and ${left} more.` : null]);
}

export function renderExplanation(verdict: VerdictView, proposals: readonly ProposalView[]): string {
  const would = verdict.wouldDecide;
  const body = sections([
    timeline(verdict, proposals),
    voteList(verdict),
    would === null ? null : `**What would decide it:** ${sentence(would, 600)}`,
  ]);
  return fold('Explanation', body === '' ? 'The judge left nothing more to explain.' : body, true);
}
