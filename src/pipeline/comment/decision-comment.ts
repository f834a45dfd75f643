import { renderBox } from './checkboxes.ts';
import { confidenceText } from './confidence.ts';
import { renderExplanation } from './explain-section.ts';
import { MARKER_ROOM } from './marker.ts';
import { neutralise, neutraliseLine } from './neutralise.ts';
import {
  code,
  fold,
  judgeName,
  link,
  login,
  numbers,
  percent,
  proposalLink,
  sections,
  sentence,
  stateText,
  utc,
} from './parts.ts';
import type { DecisionView, FoldedView, PlaceholderView, ProposalView, VerdictView } from './views.ts';

/**
 * The decision comment, without its marker (see `endWithMarker`). The first screen is for a busy maintainer:
 * what was chosen, how sure, why, and how the others compare; everything else is folded.
 */

/** GitHub refuses bodies of more than 65,536 characters; this leaves room for the marker. */
export const MAX_BODY = 65_535 - MARKER_ROOM;
const MAX_WHY = 3_000;
const MAX_GOLDEN = 40_000;
const MAX_TABLE = 16_000;
const MAX_ROWS = 60;
const MAX_CELL = 240;

function find(view: DecisionView, number: number | null): ProposalView | null {
  return view.proposals.find((proposal) => proposal.number === number) ?? null;
}

function choiceLine(view: DecisionView, verdict: VerdictView): string {
  const by = `by the **${judgeName(verdict.judge)}**`;
  if (verdict.chosen === null)
    return `None of ${view.proposals.length} chosen ${by} · ${confidenceText(verdict)}`;
  const chosen = find(view, verdict.chosen);
  const name = chosen
    ? `${proposalLink(chosen)} of ${login(chosen.authorLogin)}`
    : `Proposal ${verdict.chosen}`;
  return `**${name}**, chosen ${by} · ${confidenceText(verdict)}`;
}

function why(view: DecisionView, verdict: VerdictView): string {
  const text = verdict.abstained ? (verdict.abstainReason ?? verdict.explanation) : verdict.explanation;
  return neutralise(text, { allowedLinks: view.allowedLinks, maxLength: MAX_WHY });
}

function tableRow(proposal: ProposalView, verdict: VerdictView, maxCell: number): string {
  const found = verdict.assessments.find(({ number }) => number === proposal.number);
  const cell = (text: string | undefined) =>
    neutraliseLine(text ?? '', { maxLength: maxCell, inCell: true }) || '–';
  const strong = proposal.number === verdict.chosen ? '**' : '';
  const cells = [
    `${strong}${proposal.number}${strong}`,
    `${strong}${link(login(proposal.authorLogin), proposal.url)}${strong}${strong ? ' ✓' : ''}`,
    found ? percent(found.probability) : '–',
    cell(found?.strength),
    cell(found?.weakness),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** All proposals; with many of them the sentences get shorter, and past the sixtieth only counted. */
function table(view: DecisionView, verdict: VerdictView): string {
  const shown = view.proposals.slice(0, MAX_ROWS);
  const maxCell = Math.min(MAX_CELL, Math.floor(MAX_TABLE / (2 * shown.length)));
  const rows = shown.map((proposal) => tableRow(proposal, verdict, maxCell));
  const head = ['| No. | Proposal of | Chance | Strength | Weakness |', '| --: | --- | --: | --- | --- |'];
  const left = view.proposals.length - shown.length;
  return sections([[...head, ...rows].join('\n'), left > 0 ? `…and ${left} more.` : null]);
}

function newer(view: DecisionView): string | null {
  const count = view.newerProposals.length;
  if (count === 0) return null;
  const subject = count === 1 ? 'Proposal' : 'Proposals';
  const verb = count === 1 ? 'is' : 'are';
  return `ℹ️ ${subject} ${numbers(view.newerProposals)} ${verb} new or edited since; ${code('/manager choose')} judges again.`;
}

/** Stands above the reasons: nobody should read on without knowing it. */
function retraction(view: DecisionView, verdict: VerdictView): string | null {
  if (!view.retracted) return null;
  const { reason } = view.retracted;
  const why = reason === null || reason.trim() === '' ? '.' : `: ${sentence(reason, 400)}`;
  return `⚠️ **Retracted:** the version that decided this, ${code(verdict.model, 80)}, decides no more${why}\n${code('/manager choose')} judges again.`;
}

function boxes(view: DecisionView): string | null {
  if (view.state.kind === 'superseded' || view.state.kind === 'cancelled') return null;
  return [
    renderBox('accept', view.ticks.accept, 'Accept this choice'),
    renderBox('wrong', view.ticks.wrong, 'Wrong choice'),
  ].join('\n');
}

function commands(hasChoice: boolean): string {
  const lines = [
    hasChoice ? `- ${code('/manager accept')} takes this choice` : null,
    `- ${code('/manager override WHICH [reason]')} takes another: its number, its author's login or its comment's URL`,
    `- ${code('/manager reject [reason]')} takes none`,
    `- ${code('/manager explain')} adds the timeline of ideas, the votes and what would decide it`,
    `- ${code('/manager choose')} judges again`,
  ];
  return fold('Commands', lines.filter((line) => line !== null).join('\n'));
}

/** In code, because GitHub would otherwise link the hashes to commits. */
function revisions(view: DecisionView): string {
  const shown = view.proposals.slice(0, MAX_ROWS);
  const list = shown.map(({ number, revisionHash }) => `${number}@${revisionHash.slice(0, 7)}`);
  const left = view.proposals.length - shown.length;
  return code(list.join(' '), 2_000) + (left > 0 ? ` and ${left} more` : '');
}

function footer(view: DecisionView, verdict: VerdictView | null): string {
  const parts = verdict
    ? [
        `${verdict.judge === 'embedded' ? 'Embedded judge' : 'Model'} ${code(verdict.model, 80)}`,
        `prompt ${code(verdict.promptVersion, 80)}`,
        ...(verdict.judge === 'model' ? [`votes by ${code(verdict.votePolicy, 80)}`] : []),
      ]
    : [];
  if (view.proposals.length > 0) parts.push(`revisions judged ${revisions(view)}`);
  return `<sub>${[...parts, `decision ${code(view.id, 80)}`, utc(view.decidedAt)].join(' · ')}</sub>`;
}

function stateLine(view: DecisionView): string | null {
  const undecided = view.outcome.kind !== 'judged' || view.outcome.verdict.chosen === null;
  if (view.state.kind === 'proposed' && undecided) {
    return view.outcome.kind === 'judged' ? '**State:** undecided, waiting for a maintainer' : null;
  }
  return `**State:** ${stateText(view.state)}`;
}

function heading(view: DecisionView, verdict: VerdictView): string {
  if (verdict.chosen === null) return '## No proposal chosen';
  return view.proposals.length === 1
    ? `## Proposal ${verdict.chosen}, the only one, is acceptable`
    : `## Proposal ${verdict.chosen} is the choice`;
}

function goldenSection(view: DecisionView, verdict: VerdictView, room: number): string | null {
  const wrapping = 120;
  const maxLength = Math.min(MAX_GOLDEN, room - wrapping);
  if (verdict.goldenProposal.trim() === '' || verdict.chosen === null || maxLength < 200) return null;
  const text = neutralise(verdict.goldenProposal, { allowedLinks: view.allowedLinks, maxLength });
  return text === '' ? null : fold('<b>Golden proposal</b>: the plan to implement', text);
}

function renderJudged(view: DecisionView, verdict: VerdictView): string {
  const chosen = verdict.chosen !== null;
  const above = sections([
    heading(view, verdict),
    choiceLine(view, verdict),
    retraction(view, verdict),
    stateLine(view),
    newer(view),
    why(view, verdict),
    !chosen && verdict.wouldDecide ? `**What would decide it:** ${sentence(verdict.wouldDecide, 600)}` : null,
    table(view, verdict),
  ]);
  const below = sections([
    chosen ? boxes(view) : null,
    view.explain ? renderExplanation(verdict, view.proposals, view.acceptedIdeas) : null,
    commands(chosen),
    footer(view, verdict),
  ]);
  // What is left belongs to the golden proposal; all other parts are bounded.
  const golden = goldenSection(view, verdict, MAX_BODY - above.length - below.length);
  return sections([above, golden, below]);
}

/** Markdown under 65,536 characters, room for the marker included. */
export function renderDecision(view: DecisionView): string {
  const { outcome } = view;
  switch (outcome.kind) {
    case 'judged':
      return renderJudged(view, outcome.verdict);
    case 'no-proposals':
      return sections([
        '## No proposals yet',
        'A proposal is a comment with a heading "Proposal", or with at least two of the template\'s headings ' +
          '(problem, root cause, changes). Nothing on this issue is one.',
        `${code('/manager choose')} looks again; followed by comment URLs, it takes those comments as proposals.`,
        stateLine(view),
        newer(view),
        footer(view, null),
      ]);
    case 'failed':
      return sections([
        `## No decision: ${sentence(outcome.heading, 80)}`,
        sentence(outcome.reason, 600),
        `**What to do:** ${sentence(outcome.remedy, 600)}`,
        stateLine(view),
        newer(view),
        footer(view, null),
      ]);
    default:
      return outcome satisfies never;
  }
}

/** Shown only when the judge takes long; edited into the decision. */
export function renderPlaceholder(view: PlaceholderView): string {
  const count = `${view.proposalCount} ${view.proposalCount === 1 ? 'proposal' : 'proposals'}`;
  const down = view.judgeDownSince ?? null;
  const what =
    down === null
      ? `⏳ The ${judgeName(view.judge)} is comparing ${count}. The decision will appear in this comment.`
      : `⏳ **Waiting for the inference service**, which does not answer since ${utc(down)}. It will compare ${count} ` +
        'as soon as it is back, and the decision will appear in this comment; nobody has to ask again.';
  return sections([
    what,
    `${code('/manager cancel')} stops it.`,
    `<sub>run ${code(view.id, 80)} · since ${utc(view.startedAt)}</sub>`,
  ]);
}

/** What remains of a decision once a newer one stands below it. */
export function renderFolded(view: FoldedView): string {
  const choice = view.chosen
    ? `${proposalLink(view.chosen)} of ${login(view.chosen.authorLogin)} was chosen`
    : 'nothing was chosen';
  const judge = view.judge === null ? '' : ` by the ${judgeName(view.judge)}`;
  const isAnswered = view.state.kind !== 'proposed' && view.state.kind !== 'superseded';
  const answer = isAnswered ? `, ${stateText(view.state)}` : '';
  return (
    `Superseded by ${link('a newer decision', view.newerUrl)}: ` +
    `${choice}${judge} on ${utc(view.decidedAt)}${view.retracted ? ', by a version that was retracted since' : ''}${answer} <sub>(decision ${code(view.id, 80)})</sub>`
  );
}
