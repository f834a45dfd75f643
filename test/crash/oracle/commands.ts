import { broken, doubled, lost, type Violation } from '../result.ts';
import type { SaidCommand } from '../world/people.ts';
import type { World } from '../world/world.ts';
import { ownReactions } from './answered.ts';
import type { Records } from './oracle.ts';

const SUCCESSES: ReadonlySet<string> = new Set(['done', 'dry-run', 'undecided']);
const FEEDBACK: ReadonlySet<string> = new Set(['accept', 'override', 'reject']);

/** Every command has one row, one stated outcome that fits, its reactions, and its signal once. */
export function checkCommands(world: World, records: Records): Violation[] {
  return [
    ...world.people.commands.flatMap((said) => checkCommand(world, said, records)),
    ...unheardOf(world, records),
  ];
}

function checkCommand(world: World, said: SaidCommand, records: Records): Violation[] {
  const name = `${said.verb} (comment ${said.comment.id})`;
  const rows = records.commands.filter((row) => row.commentId === said.comment.id);
  const [row] = rows;
  if (!row) return [lost(`${name} was never recorded`)];
  if (rows.length > 1) return [doubled(`${name} was recorded ${rows.length} times`)];
  if (row.state !== 'finished' || row.outcome === null) return [lost(`${name} is ${row.state}`)];
  const violations: Violation[] = [];
  if (!said.expects.includes(row.outcome))
    violations.push(
      broken(`${name} ended as ${row.outcome} (${row.outcomeDetail}), not ${said.expects.join('|')}`),
    );
  violations.push(...checkReactions(world, said, name, row.outcome));
  if (FEEDBACK.has(said.verb) && row.outcome === 'done')
    violations.push(...checkSignal(records, row.id, name));
  return violations;
}

function checkReactions(world: World, { comment }: SaidCommand, name: string, outcome: string): Violation[] {
  const seen = ownReactions(world, comment).toSorted();
  const wanted = [SUCCESSES.has(outcome) ? 'rocket' : 'confused', 'eyes'].toSorted();
  if (seen.join() === wanted.join()) return [];
  const missing = wanted.filter((one) => !seen.includes(one));
  const what = `${name} ended as ${outcome} and shows ${seen.join(' ') || 'nothing'}`;
  return [missing.length > 0 ? lost(what) : broken(what)];
}

function checkSignal(records: Records, commandId: string, name: string): Violation[] {
  const count = records.signals.filter((signal) => signal.key.includes(commandId)).length;
  if (count === 1) return [];
  return [count === 0 ? lost(`${name} left no signal`) : doubled(`${name} left ${count} signals`)];
}

function unheardOf(world: World, records: Records): Violation[] {
  const known = new Set(world.people.commands.map(({ comment }) => comment.id));
  return records.commands
    .filter((row) => !known.has(row.commentId))
    .map((row) => broken(`nobody gave the recorded command ${row.verb} (comment ${row.commentId})`));
}
