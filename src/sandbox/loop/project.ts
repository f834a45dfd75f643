/** The simulated project in action: its issues go through the real App, and its maintainers answer as they like. */
import type { AppContext } from '../../ports.ts';
import type { Random } from '../../statistics/random.ts';
import { decisionStore } from '../../store/index.ts';
import type { Issue } from '../github/index.ts';
import { type Stage, settled } from '../stage.ts';
import { MAINTAINERS, type Maintainers, pickOf } from './maintainers.ts';
import { addProject, findProject, MANAGER, REPORTER, REPOSITORY } from './repository.ts';
import { type DrawnIssue, drawIssue } from './threads.ts';

const AT_ONCE = 10;
const PATIENCE_MS = 120_000;
const GLANCE_MS = 40;

export interface PlayOptions {
  readonly issues: number;
  /** Share of the issues on which our choice is shown before the maintainers pick, 0 to 1. */
  readonly shown: number;
  readonly random: Random;
  readonly maintainers?: Maintainers;
  /** Issues that are open at a time; 10 when left out. */
  readonly atOnce?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface PlayedIssue {
  readonly issue: Issue;
  readonly shown: boolean;
  /** Proposal numbers. */
  readonly chosen: number | null;
  readonly picked: number;
}

export interface Project {
  play(options: PlayOptions): Promise<PlayedIssue[]>;
}

/** @param past how many issues it had before: no two issues share the names in their texts */
export function openProject(stage: Stage, ctx: AppContext, past = 0): Project {
  if (!findProject(stage.github)) addProject(stage.github, { installed: true });
  let drawn = past;
  return {
    async play({ issues, shown, random, maintainers = MAINTAINERS, atOnce = AT_ONCE, onProgress }) {
      const played: PlayedIssue[] = [];
      while (played.length < issues) {
        const batch = Array.from({ length: Math.min(atOnce, issues - played.length) }, () => ({
          drawn: drawIssue(random, drawn++),
          isShown: random() < shown,
        }));
        const opened = batch.map((one) => ({ ...one, issue: open(stage, one.drawn, one.isShown) }));
        for (const one of opened) await settled(stage, ctx, one.issue);
        const answered: Answered[] = [];
        for (const one of opened) answered.push(await answer(stage, ctx, one, random, maintainers));
        for (const one of answered) await settled(stage, ctx, one.issue);
        for (const one of answered) played.push({ ...one, chosen: await choiceOn(ctx, one.issue) });
        onProgress?.(played.length, issues);
      }
      return played;
    },
  };
}

/** Proposals come in, and on some issues somebody asks for the choice. */
function open({ github }: Stage, { title, body, proposals }: DrawnIssue, isShown: boolean): Issue {
  const issue = github.as(REPORTER).openIssue(`${REPOSITORY.owner}/${REPOSITORY.name}`, { title, body });
  for (const proposal of proposals) github.as(proposal.author).comment(issue, proposal.body);
  if (isShown) github.as(MANAGER).comment(issue, '/manager choose');
  return issue;
}

interface Opened {
  readonly drawn: DrawnIssue;
  readonly issue: Issue;
  readonly isShown: boolean;
}

type Answered = Omit<PlayedIssue, 'chosen'>;

/** Who saw a choice answers it; who saw none gives the issue to the author they like, and that is judged silently. */
async function answer(
  { github }: Stage,
  ctx: AppContext,
  { drawn, issue, isShown }: Opened,
  random: Random,
  maintainers: Maintainers,
): Promise<Answered> {
  const chosen = isShown ? await choiceOn(ctx, issue) : null;
  const picked = pickOf(drawn, chosen === null ? null : chosen - 1, random, maintainers) + 1;
  const author = drawn.proposals[picked - 1]?.author;
  if (author === undefined) throw new Error('a proposal was picked that is not there');
  const manager = github.as(MANAGER);
  if (!isShown) manager.assign(issue, author);
  else
    manager.comment(
      issue,
      picked === chosen ? '/manager accept' : `/manager override ${picked} it suits us better`,
    );
  return { issue, shown: isShown, picked };
}

/** @returns the number of the proposal that the App chose; null when it abstained. @throws Error when it decides nothing */
async function choiceOn({ clock, db }: AppContext, issue: Issue): Promise<number | null> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const decision = await decisionStore.latestDecision(db, issue.id);
    if (decision) return decision.chosen;
    if (Date.now() > deadline) throw new Error(`the App decided nothing on ${issue.title}`);
    await clock.sleep(GLANCE_MS);
  }
}
