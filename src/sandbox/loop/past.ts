/** The simulated project before it had the App: closed issues, and whom its maintainers gave them to. */
import type { Random } from '../../statistics/random.ts';
import type { Stage } from '../stage.ts';
import { MAINTAINERS, type Maintainers, pickOf } from './maintainers.ts';
import { addProject, MANAGER, REPORTER, REPOSITORY } from './repository.ts';
import { drawIssue } from './threads.ts';

export interface PastClock {
  /** What the fake GitHub takes for the time; milliseconds since the epoch. */
  now(): number;
  /** GitHub's times are whole seconds: what comes next must be later. */
  tick(): void;
  /** From here on it is the real time. */
  arrive(): void;
}

const TICK_MS = 60_000;

/** A clock that begins in the past, so that a year of issues takes no time. @param startMs milliseconds since the epoch */
export function startPastClock(startMs: number): PastClock {
  let at: number | null = startMs;
  return {
    now: () => at ?? Date.now(),
    tick: () => {
      if (at !== null) at += TICK_MS;
    },
    arrive: () => {
      at = null;
    },
  };
}

export interface PastOptions {
  readonly issues: number;
  readonly random: Random;
  readonly maintainers?: Maintainers;
}

/** Nobody could see a choice of ours then, so every pick is unexposed; no webhook is sent. */
export function writePast(
  { github }: Stage,
  clock: PastClock,
  { issues, random, maintainers = MAINTAINERS }: PastOptions,
): void {
  addProject(github, { installed: false });
  const repository = `${REPOSITORY.owner}/${REPOSITORY.name}`;
  for (let index = 0; index < issues; index += 1) {
    const drawn = drawIssue(random, index);
    const issue = github.as(REPORTER).openIssue(repository, { title: drawn.title, body: drawn.body });
    for (const { author, body } of drawn.proposals) {
      clock.tick();
      github.as(author).comment(issue, body);
    }
    clock.tick();
    const picked = drawn.proposals[pickOf(drawn, null, random, maintainers)];
    if (picked) github.as(MANAGER).assign(issue, picked.author);
    clock.tick();
    github.as(MANAGER).closeIssue(issue);
  }
  clock.arrive();
}
