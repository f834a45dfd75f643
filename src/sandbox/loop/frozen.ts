/** The control of the loop: what the judge that nobody trained says of the same snapshots. */
import type { AppContext } from '../../ports.ts';
import { proposalStore } from '../../store/index.ts';
import type { PlayedIssue } from './project.ts';

/** Proposal numbers in the order of the issues; null where it would rather choose none. */
export async function frozenChoices(
  { db, judges }: AppContext,
  played: readonly PlayedIssue[],
): Promise<(number | null)[]> {
  const judge = judges.open(null);
  const choices: (number | null)[] = [];
  for (const { issue } of played) {
    const input = await proposalStore.latestInput(db, issue.id);
    choices.push(input ? (await judge.judge(input)).chosen : null);
  }
  return choices;
}
