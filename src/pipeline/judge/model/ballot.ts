/** Votes of several passes over shuffled orders, until the rest can hardly change the result. */
import { JudgeError } from '../../../errors.ts';
import { passOrder, seededRandom } from '../prompt/order.ts';
import { planGroups } from '../prompt/rounds.ts';
import { type PassResult, runPass, type Session } from './pass.ts';
import { type Choice, isSettled, leastToSettle, type StopRule, tally } from './posterior.ts';

export interface BallotRequest {
  readonly kind: 'vote' | 'group';
  readonly label: string;
  readonly numbers: readonly number[];
  readonly allowNull: boolean;
  readonly rule: StopRule;
  /** The first pass writes its whole answer. */
  readonly firstFull: boolean;
}

export interface Ballot {
  /** Of the valid passes, in order. */
  readonly choices: readonly Choice[];
  /** Passes that failed. */
  readonly failed: number;
  /** The first pass. */
  readonly first: PassResult | null;
}

/**
 * Passes that are needed in any case run side by side; then it is asked again whether the result stands.
 * @throws JudgeError when more passes failed than were valid: retryable when the service failed them.
 */
export async function runBallot(session: Session, request: BallotRequest): Promise<Ballot> {
  const results: PassResult[] = [];
  const choices: Choice[] = [];
  while (!isSettled(choices, results.length, request.rule)) {
    const count = leastToSettle(choices, results.length, request.rule);
    const passes = Array.from({ length: count }, (_, index) => results.length + index);
    const batch = await Promise.all(passes.map((pass) => votePass(session, request, pass)));
    results.push(...batch);
    choices.push(...batch.flatMap(({ choice }) => (choice === undefined ? [] : [choice])));
    if (batch.every(({ outage }) => outage !== null)) break; // the service is down: waiting is the run's business
  }
  const failed = results.length - choices.length;
  if (failed > choices.length || choices.length === 0) throw tooManyFailed(results, failed);
  return { choices, failed, first: results[0] ?? null };
}

function votePass(session: Session, request: BallotRequest, pass: number): Promise<PassResult> {
  const { numbers, label } = request;
  const order = session.settings.switches.shuffling
    ? passOrder(numbers, `${session.seed}/${label}`, pass)
    : numbers;
  return runPass(session, {
    kind: request.kind,
    label: `${label}/${pass}`,
    order,
    allowNull: request.allowNull,
    full: request.firstFull && pass === 0,
  });
}

function tooManyFailed(results: readonly PassResult[], failed: number): JudgeError {
  const outage = results.findLast((result) => result.outage !== null)?.outage ?? null;
  return outage === null
    ? new JudgeError(
        `${failed} of ${results.length} votes had answers that could not be used, also when asked again.`,
        'Check that the served model is the one this prompt is meant for, and that the server applies json_schema.',
        { retryable: false, garbled: true },
      )
    : new JudgeError(
        `${failed} of ${results.length} votes failed, the last one because: ${outage.message}`,
        outage.remedy,
        { cause: outage, retryable: true },
      );
}

/**
 * Rounds until all that are left fit into one prompt: each group sends its winner on. Somebody must win a group;
 * whether anybody is acceptable is asked at the end.
 */
export async function runRounds(session: Session, numbers: readonly number[]): Promise<readonly number[]> {
  let left = numbers;
  for (let round = 1; ; round += 1) {
    const label = `round ${round}`;
    const groups = planGroups(left, session.packer, seededRandom(`${session.seed}/${label}`));
    if (groups.length === 1) return left;
    const winners = await Promise.all(
      groups.map((group, index) => groupWinner(session, group, `${label} group ${index + 1}`)),
    );
    left = winners.sort((a, b) => a - b);
  }
}

async function groupWinner(session: Session, group: readonly number[], label: string): Promise<number> {
  const [only] = group;
  if (only !== undefined && group.length === 1) return only;
  const { policy } = session.settings;
  const rule = { ...policy, votes: policy.groupVotes };
  const numbers = [...group].sort((a, b) => a - b);
  const ballot = await runBallot(session, {
    kind: 'group',
    label,
    numbers,
    allowNull: false,
    rule,
    firstFull: false,
  });
  return tally(ballot.choices)[0]?.choice ?? numbers[0] ?? 0;
}
