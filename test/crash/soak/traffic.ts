/** What people do on many issues at the same time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Issue } from '../../../src/sandbox/github/index.ts';
import type { CommandOutcome } from '../../../src/schema/index.ts';
import { isAnswered } from '../oracle/answered.ts';
import { ownComments } from '../oracle/own-comments.ts';
import { ROLES } from '../world/people.ts';
import type { World } from '../world/world.ts';
import type { Draw } from './draw.ts';

export interface Traffic {
  readonly accounts: number;
  readonly issues: number;
  readonly commands: number;
  /** Commands without an answer at which people wait. */
  readonly mostOpen: number;
  /** Milliseconds from one command to the next, at most. */
  readonly pauseMs: number;
}

/** An issue where people also pause, resume and cancel, so that a choice may end in more ways. */
interface Place {
  readonly issue: Issue;
  readonly wild: boolean;
}

/** More than one page of comments. */
const LONG_THREAD = 110;

export async function playTraffic(world: World, draw: Draw, traffic: Traffic): Promise<void> {
  const places = openIssues(world, draw, traffic);
  while (world.people.commands.length < traffic.commands) {
    const place = places[draw.between(0, places.length - 1)];
    if (!place) throw new Error('there is no issue');
    act(world, draw, place);
    await sleep(draw.between(0, traffic.pauseMs));
    await world.until('fewer open commands', () => openCommands(world) < traffic.mostOpen);
  }
}

function openIssues({ github, people }: World, draw: Draw, traffic: Traffic): Place[] {
  for (let account = 0; account < traffic.accounts; account += 1)
    github.addRepository({ owner: `org-${account}`, name: 'widgets', collaborators: ROLES });
  return Array.from({ length: traffic.issues }, (_, index) => {
    const issue = people.openIssue(
      `org-${index % traffic.accounts}/widgets`,
      `The menu ${index} closes too early`,
    );
    for (const author of ['ann', 'bob', 'cleo'].slice(0, draw.between(1, 3))) people.propose(issue, author);
    if (draw.chance(0.05))
      for (let n = 0; n < LONG_THREAD; n += 1) people.chat(issue, 'rob', `I can reproduce this (${n}).`);
    return { issue, wild: draw.chance(0.25) };
  });
}

function openCommands(world: World): number {
  return world.people.commands.filter(({ comment }) => !isAnswered(world, comment)).length;
}

const CHOSEN: readonly CommandOutcome[] = ['done', 'undecided'];
const ANSWERED: readonly CommandOutcome[] = ['done', 'no-decision'];

function act(world: World, draw: Draw, { issue, wild }: Place): void {
  const { people } = world;
  const mia = (words: string, expects: readonly CommandOutcome[]) => () =>
    void people.command(issue, 'mia', words, expects);
  const chosen: readonly CommandOutcome[] = wild ? [...CHOSEN, 'cancelled', 'paused'] : CHOSEN;
  const calm: [number, () => void][] = [
    [30, mia('choose', chosen)],
    [4, mia('choose --dry-run', ['dry-run', ...(wild ? (['cancelled', 'paused'] as const) : [])])],
    [10, mia('accept', ANSWERED)],
    [5, mia('override 1: simpler', ANSWERED)],
    [5, mia('reject', ANSWERED)],
    [8, mia('explain', ANSWERED)],
    [14, () => void people.command(issue, 'tim', 'status', ['done'])],
    [4, () => void people.command(issue, 'rob', 'help', ['done'])],
    [5, () => void people.command(issue, 'rob', 'choose', wild ? ['refused', 'cancelled'] : ['refused'])],
    [3, () => void people.command(issue, 'rob', 'dance', ['unknown-verb'])],
    [5, () => void people.chat(issue, 'rob', 'Any news?')],
    [1, () => buryOne(world, issue)],
    [5, () => touchIssue(world, draw, issue)],
  ];
  const rough: [number, () => void][] = [
    [8, mia('cancel', ['done', 'nothing-to-cancel'])],
    [3, mia('pause', ['done'])],
    [6, mia('resume', ['done'])],
  ];
  draw.weighted(wild ? [...calm, ...rough] : calm)();
}

/** What maintainers do to the issue itself. */
function touchIssue({ github, people }: World, draw: Draw, issue: Issue): void {
  const [mia, tim] = [github.as('mia'), github.as('tim')];
  draw.from([
    () => mia.editIssue(issue, { title: `The menu closes too early, after ${people.commands.length}` }),
    () => tim.label(issue, 'bug'),
    () => tim.unlabel(issue, 'bug'),
    () => tim.assign(issue, 'rob'),
    () => tim.unassign(issue, 'rob'),
  ])();
}

/** A maintainer deletes a short answer of the App. */
function buryOne(world: World, issue: Issue): void {
  const own = ownComments(world).find(
    ({ comment, marker }) => comment.issue === issue && marker?.kind === 'status',
  );
  if (own) world.people.bury('mia', own.comment);
}
