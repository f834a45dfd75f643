import { castVotes } from '../judge/cast.ts';
import type { IdeaTimelineEntry } from '../judge/types.ts';
import { code, fold, login, numbers, sections, sentence, utc } from './parts.ts';
import type { AcceptedIdeaView, ProposalView, VerdictView } from './views.ts';

/** What `explain` adds: who had which idea first, which were accepted, how each vote went, what would decide it. */

const MAX_IDEAS = 20;
const MAX_VOTES = 20;

const ROLES = { cause: 'root cause', change: 'change' } as const;

/** "proposal 2 (ann), 2026-01-31 12:00 UTC, revision `0a1b2c3`" */
function origin(
  from: { number: number; at: string | null; revision: string | null | undefined },
  proposals: readonly ProposalView[],
): string {
  const author = proposals.find(({ number }) => number === from.number)?.authorLogin;
  const by = author === undefined ? '' : ` (${login(author)})`;
  // As code: GitHub would link bare hex digits to a commit.
  const revision = from.revision ? `, revision ${code(from.revision.slice(0, 7))}` : '';
  return `proposal ${from.number}${by}, ${utc(from.at)}${revision}`;
}

function idea(
  entry: IdeaTimelineEntry,
  proposals: readonly ProposalView[],
  accepted: readonly AcceptedIdeaView[],
): string {
  const shown = entry.alsoIn.slice(0, 10).map(({ number, at }) => `${number} (${utc(at)})`);
  const left = entry.alsoIn.length - shown.length;
  const later =
    shown.length === 0 ? '' : `; later in ${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
  const first = { number: entry.firstNumber, at: entry.firstAt, revision: entry.firstRevision };
  const roles = accepted.filter((one) => one.idea === entry.idea).map(({ role }) => ROLES[role]);
  const mark = roles.length > 0 ? `**accepted ${roles.join(' and ')}**, ` : '';
  return `- ${mark}${sentence(entry.idea, 240)}: first in ${origin(first, proposals)}${later}`;
}

/** Which may not be in the timeline: that has the ideas that many hold. */
function acceptedOrigins(
  accepted: readonly AcceptedIdeaView[],
  proposals: readonly ProposalView[],
): string | null {
  if (accepted.length === 0) return null;
  const lines = accepted.map(({ role, idea: words, proposalNumber, at, revisionHash }) => {
    const from = origin({ number: proposalNumber, at, revision: revisionHash }, proposals);
    return `- ${ROLES[role]}: first in ${from}: ${sentence(words, 240)}`;
  });
  return sections(['**What was accepted, by who had it first**', lines.join('\n')]);
}

function timeline(
  verdict: VerdictView,
  proposals: readonly ProposalView[],
  accepted: readonly AcceptedIdeaView[],
): string | null {
  if (verdict.ideas.length === 0) return null;
  const shown = verdict.ideas.slice(0, MAX_IDEAS).map((entry) => idea(entry, proposals, accepted));
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

export function renderExplanation(
  verdict: VerdictView,
  proposals: readonly ProposalView[],
  accepted: readonly AcceptedIdeaView[] = [],
): string {
  const would = verdict.wouldDecide;
  const body = sections([
    acceptedOrigins(accepted, proposals),
    timeline(verdict, proposals, accepted),
    voteList(verdict),
    would === null ? null : `**What would decide it:** ${sentence(would, 600)}`,
  ]);
  return fold('Explanation', body === '' ? 'The judge left nothing more to explain.' : body, true);
}
