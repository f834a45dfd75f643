import { broken, doubled, lost, type Violation } from '../result.ts';
import type { World } from '../world/world.ts';
import type { Records } from './oracle.ts';
import { ownComments } from './own-comments.ts';

/** Every run has ended, shows one comment (none when it was dry or a person deleted it), and decided once. */
export function checkRuns(world: World, records: Records): Violation[] {
  const own = ownComments(world);
  return records.runs.flatMap((run) => {
    const name = `run ${run.id}`;
    if (run.state === 'waiting' || run.state === 'running') return [lost(`${name} is ${run.state}`)];
    const shown = own.filter(({ marker }) => marker?.kind === 'decision' && marker.id === run.id).length;
    const effect = records.effects.find((one) => one.key === `comment:decision:${run.id}`);
    const isBuried = world.people.buried.has(effect?.githubId ?? 0);
    const wanted = run.dryRun || isBuried ? 0 : 1;
    return [
      ...(shown < wanted
        ? [lost(`${name} shows no comment (its effect is ${effect?.state ?? 'absent'})`)]
        : []),
      ...(shown > wanted ? [doubled(`${name} shows ${shown} comments`)] : []),
      ...checkDecisions(records, run, name),
    ];
  });
}

function checkDecisions(records: Records, run: Records['runs'][number], name: string): Violation[] {
  const count = records.decisions.filter((decision) => decision.runId === run.id).length;
  const decided = records.commands.some(
    (command) => command.runId === run.id && ['done', 'undecided', 'dry-run'].includes(command.outcome ?? ''),
  );
  if (count > 1) return [doubled(`${name} was decided ${count} times`)];
  if (decided && count === 0) return [lost(`${name} says that it decided and has no decision`)];
  return !decided && count === 1 ? [broken(`${name} has a decision that no command heard of`)] : [];
}
