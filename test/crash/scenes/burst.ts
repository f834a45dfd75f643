import type { World } from '../world/world.ts';

const COMMENTS = 25;

/** Many people have something to say about the newest issue at once. */
export function burst({ github, people }: World): void {
  const issue = [...github.state.repositories.values()].flatMap(({ issues }) => [...issues.values()]).at(-1);
  if (!issue) throw new Error('there is no issue');
  for (let n = 0; n < COMMENTS; n += 1) people.chat(issue, `user-${n}`, `I can reproduce this (${n}).`);
}
