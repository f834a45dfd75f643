import type { CommandOutcome } from '../../schema/inbox.ts';
import { confidenceText } from './confidence.ts';
import {
  code,
  fold,
  judgeName,
  link,
  login,
  numbers,
  proposalLink,
  sections,
  sentence,
  stateText,
  utc,
} from './parts.ts';
import type {
  ConfigProblemView,
  DryRunView,
  HelpView,
  NoticeView,
  RefusalView,
  StatusView,
} from './views.ts';

/** The short answers, without their marker. Commands are quoted as code, so that nobody's parser runs them. */

const VERBS: readonly (readonly [usage: string, who: 'manager' | 'anyone', effect: string])[] = [
  ['choose [--dry-run]', 'manager', 'compares the proposals and chooses one'],
  ['accept', 'manager', 'takes the choice'],
  [
    'override WHICH [reason]',
    'manager',
    "takes another: its number, its author's login or its comment's URL",
  ],
  ['reject [reason]', 'manager', 'takes none of them'],
  ['explain', 'anyone', 'adds the timeline of ideas, the votes and what would decide it'],
  ['status', 'anyone', 'tells where things stand'],
  ['cancel', 'manager', 'stops a running comparison'],
  ['pause', 'manager', 'keeps me silent on this issue'],
  ['resume', 'manager', 'ends the pause'],
  ['help', 'anyone', 'shows this'],
];

/** Who may decide, in one sentence. */
function whoMay(managers: readonly string[] | undefined): string {
  const named = (managers ?? []).slice(0, 20).map(login);
  const listed = named.length === 0 ? '' : `, and ${named.join(', ')}`;
  return `Managers are people with triage permission or better on this repository${listed}.`;
}

export function renderHelp(view: HelpView): string {
  const unknown = view.unknownWord === null ? null : `${code(view.unknownWord, 60)} is not a command I know.`;
  const masked = view.maskedBy
    ? `I saw a command inside ${sentence(view.maskedBy, 60)}, where it does not count.`
    : null;
  const rows = VERBS.map(([usage, who, effect]) => `| ${code(`/manager ${usage}`)} | ${who} | ${effect} |`);
  return sections([
    unknown,
    masked,
    ['| Command | Who | Effect |', '| --- | --- | --- |', ...rows].join('\n'),
    `A command stands at the start of a line of its own in a new comment. ${whoMay(view.managers)}`,
  ]);
}

export function renderUnknownVerb(word: string, managers?: readonly string[]): string {
  return renderHelp({ unknownWord: word, ...(managers ? { managers } : {}) });
}

export function renderRefusal(view: RefusalView): string {
  return sections([
    `${login(view.actorLogin)}: ${code(view.request)} is for managers. ${whoMay(view.managers)}`,
  ]);
}

export function renderConfigProblem(view: ConfigProblemView): string {
  const shown = view.problems.slice(0, 20).map((problem) => `- ${sentence(problem, 300) || 'unreadable'}`);
  const left = view.problems.length - shown.length;
  return sections([
    `I do nothing until ${code(view.path, 200)} on the default branch can be read:`,
    shown.join('\n'),
    left > 0 ? `…and ${left} more.` : null,
    'Once it is mended, give the command again.',
  ]);
}

const OUTCOME_TEXTS: Readonly<Record<CommandOutcome, string>> = {
  done: 'done.',
  'dry-run': 'dry run; nothing was recorded as decided.',
  observing: 'this repository is only observed, so nothing is posted.',
  refused: 'only managers may do that.',
  invalid: 'I could not carry that out.',
  'unknown-verb': 'I do not know that command.',
  'no-proposals': 'there is no proposal to choose from.',
  undecided: 'no proposal was chosen.',
  superseded: 'a newer decision has taken its place.',
  cancelled: 'cancelled; no decision was made.',
  paused: 'I am paused on this issue.',
  closed: 'the issue is closed.',
  gone: 'the issue is gone.',
  'broken-config': 'the configuration cannot be read.',
  'no-decision': 'there is no decision to act on.',
  'nothing-to-cancel': 'there is nothing to cancel.',
  'over-budget': 'that was asked too often in a short time.',
  failed: 'that failed.',
};

const NEXT_STEPS: Readonly<Partial<Record<CommandOutcome, string>>> = {
  invalid: '/manager help',
  paused: '/manager resume',
  'no-decision': '/manager choose',
  'no-proposals': '/manager choose',
  failed: '/manager choose',
};

/** One line to the person, the reason folded where it is long, and the command that helps. */
export function renderNotice(view: NoticeView): string {
  const next = NEXT_STEPS[view.outcome];
  const detail = sentence(view.detail, 900);
  const short = detail.length <= 200;
  return sections([
    `${login(view.actorLogin)}: ${code(view.request)}: ${OUTCOME_TEXTS[view.outcome]}`,
    detail === '' ? null : short ? detail : fold('Details', detail),
    next === undefined ? null : `Next: ${code(next)}`,
  ]);
}

/** The result of `choose --dry-run`, which posts no decision comment. */
export function renderDryRun(view: DryRunView): string {
  const { verdict } = view;
  const chosen = view.proposals.find(({ number }) => number === verdict.chosen);
  const result = chosen
    ? `would choose **${proposalLink(chosen)} of ${login(chosen.authorLogin)}**`
    : 'would choose none';
  return sections([
    `${login(view.actorLogin)}: ${code(view.request)}: the ${judgeName(verdict.judge)} ${result}, ${confidenceText(verdict)}.`,
    sentence(verdict.abstained ? (verdict.abstainReason ?? '') : verdict.explanation, 800),
    'Dry run: nothing was decided, and nothing waits for you.',
  ]);
}

function decisionLine(decision: StatusView['decision']): string {
  if (decision === null) return '- Decision: none yet';
  const choice = decision.chosen === null ? 'no proposal' : `proposal ${decision.chosen}`;
  const newer =
    decision.newerProposals.length === 0 ? '' : `; new or edited since: ${numbers(decision.newerProposals)}`;
  const name = `${link('Decision', decision.url)} ${code(decision.id, 80)}`;
  return `- ${name} by the ${judgeName(decision.judge)}: ${choice}, ${stateText(decision.state)}${newer}`;
}

function runText(run: StatusView['run']): string {
  if (run === null) return 'nothing is running';
  const since = `since ${utc(run.since)}`;
  return run.state === 'waiting-for-judge'
    ? `waiting for the inference service, which does not answer ${since}; it goes on by itself`
    : `${run.state} ${since}`;
}

/** One comment per issue, kept up to date. */
export function renderStatus(view: StatusView): string {
  const shown = view.proposals.slice(0, 60).map(({ number, authorLogin, url }) => {
    return `${link(String(number), url)} ${login(authorLogin)}`;
  });
  const left = view.proposals.length - shown.length;
  const proposals =
    shown.length === 0 ? 'none found' : `${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
  const lines = [
    `- Proposals: ${proposals}`,
    `- Run: ${runText(view.run)}`,
    decisionLine(view.decision),
    view.pausedBy === null ? null : `- Paused by ${login(view.pausedBy)}; ${code('/manager resume')} ends it`,
    view.postingStopped === null ? null : `- Posting is stopped: ${sentence(view.postingStopped, 300)}`,
  ];
  return sections([`**Status** at ${utc(view.at)}`, lines.filter((line) => line !== null).join('\n')]);
}
