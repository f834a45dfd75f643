/** From votes to a result: who leads, whether that is close, and what a playoff says. */
import { passOrder } from '../prompt/order.ts';
import type { Ballot } from './ballot.ts';
import { type PassResult, runNeededPass, type Session } from './pass.ts';
import { type Choice, type Count, tally } from './posterior.ts';

export type Outcome =
  | { readonly kind: 'chosen'; readonly number: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'close'; readonly between: readonly [Choice, Choice] };

export interface Result {
  readonly outcome: Outcome;
  readonly counts: readonly Count[];
  /** Votes for the outcome's leader, and all that were cast, failed ones too. */
  readonly votesFor: number;
  readonly cast: number;
  /** Valid choices of the playoff. */
  readonly playoff: readonly Choice[];
}

/** @throws what `runNeededPass` throws. */
export async function settle(session: Session, ballot: Ballot): Promise<Result> {
  const counts = tally(ballot.choices);
  const [first, second] = counts;
  const leader = first?.choice ?? null;
  const result = {
    counts,
    votesFor: first?.votes ?? 0,
    cast: ballot.choices.length + ballot.failed,
    playoff: [],
  };
  if (first === undefined || second === undefined || !isClose(first, second, session)) {
    return { ...result, outcome: outcomeOf(leader) };
  }
  const pair = [first.choice, second.choice] as const;
  if (!session.settings.policy.playoff) return { ...result, outcome: { kind: 'close', between: pair } };
  const playoff = await runPlayoff(session, pair);
  const [winner] = playoff;
  const agreed = playoff.length === 2 && winner !== undefined && playoff.every((choice) => choice === winner);
  return {
    ...result,
    playoff,
    votesFor: agreed ? (counts.find(({ choice }) => choice === winner)?.votes ?? 0) : first.votes,
    outcome: agreed ? outcomeOf(winner) : { kind: 'close', between: pair },
  };
}

function isClose(first: Count, second: Count, session: Session): boolean {
  return first.votes - second.votes <= session.settings.policy.closeMargin;
}

function outcomeOf(choice: Choice): Outcome {
  return choice === null ? { kind: 'none' } : { kind: 'chosen', number: choice };
}

/**
 * Two passes over the two leaders alone, in both orders: who wins both does not owe it to the position. Null is a
 * possible choice only where it is one of the two.
 */
async function runPlayoff(session: Session, pair: readonly [Choice, Choice]): Promise<Choice[]> {
  const numbers = pair.filter((choice) => choice !== null).sort((a, b) => a - b);
  const passes = [0, 1].map((pass): Promise<PassResult> => {
    const order = session.settings.switches.shuffling
      ? passOrder(numbers, `${session.seed}/playoff`, pass)
      : numbers;
    return runNeededPass(session, {
      kind: 'playoff',
      label: `playoff/${pass}`,
      order,
      allowNull: pair.includes(null),
      full: false,
    });
  });
  const results = await Promise.all(passes);
  return results.flatMap(({ choice }) => (choice === undefined ? [] : [choice]));
}
