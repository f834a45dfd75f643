/** Whether everything has come to rest: on GitHub, then in the database. */
import { and, eq, inArray, isNotNull, lte, ne, or, sql } from 'drizzle-orm';
import type { Db } from '../../../src/ports.ts';
import type { Comment } from '../../../src/sandbox/github/index.ts';
import { commands, deliveries, effects, runs } from '../../../src/schema/index.ts';
import type { World } from '../world/world.ts';

/** How a command's end shows on its comment. */
const ENDS: ReadonlySet<string> = new Set(['rocket', 'confused']);

export function ownReactions(world: World, comment: Comment): string[] {
  return comment.reactions
    .filter((reaction) => reaction.user.login === world.github.botLogin)
    .map((reaction) => reaction.content);
}

export function isAnswered(world: World, comment: Comment): boolean {
  return ownReactions(world, comment).some((content) => ENDS.has(content));
}

/** What is still to be done, in words; null when nothing is. */
export async function workLeft(world: World): Promise<string | null> {
  const unanswered = world.people.commands.filter(({ comment }) => !isAnswered(world, comment));
  const first = unanswered[0];
  if (first)
    return `${unanswered.length} commands without an answer, first ${first.verb} (${first.comment.id})`;
  return world.database.look(rowsLeft).catch((error: unknown) => `a look into the database (${error})`);
}

async function rowsLeft(db: Db): Promise<string | null> {
  const counts = {
    deliveries: await db.$count(deliveries, eq(deliveries.state, 'received')),
    commands: await db.$count(commands, ne(commands.state, 'finished')),
    runs: await db.$count(runs, inArray(runs.state, ['running', 'waiting'])),
    effects: await db.$count(
      effects,
      or(
        eq(effects.state, 'pending'),
        and(isNotNull(effects.lookAgainAt), lte(effects.lookAgainAt, sql`now() + interval '1 minute'`)),
      ),
    ),
  };
  const left = Object.entries(counts).filter(([, count]) => count > 0);
  return left.length === 0 ? null : left.map(([what, count]) => `${count} ${what}`).join(', ');
}

/** Waits for rest. @throws Error naming what is still to be done when it takes too long. */
export async function settle(world: World): Promise<void> {
  let left: string | null = null;
  await world
    .until('rest', async () => {
      left = await workLeft(world);
      return left === null;
    })
    .catch(() => {
      throw new Error(`there is still work: ${left}`);
    });
}
