/**
 * Named places between any two effects on the world, at which the crash test kills the process. Inert unless
 * SWE_MANAGER_FAILPOINT names one. What each name stands for: `<thing>.<what has just happened>`.
 */
import { writeSync } from 'node:fs';
import { ConfigError } from './errors.ts';

export const FAILPOINTS = [
  // A delivery: its commit, the answer to GitHub, and what its lane makes of it.
  'delivery.received',
  'delivery.committed',
  'delivery.answered',
  'delivery.taken',
  'delivery.applied',
  'delivery.processed',
  // A command, in the lane or beside it.
  'command.taken',
  'command.authorised',
  'command.attached',
  'command.ending',
  'command.ended',
  'answer.taken',
  'answer.ending',
  'answer.ended',
  // A run.
  'run.started',
  'run.thread-read',
  'run.snapshot-taken',
  'run.placeholder-wanted',
  'run.judged',
  'run.recording',
  'run.recorded',
  'run.ended',
  // What maintainers say to a decision.
  'feedback.recording',
  'feedback.recorded',
  'tick.recorded',
  'tick.answered',
  // The outbox: one effect's way to GitHub.
  'effect.taken',
  'effect.slot-taken',
  'effect.create-attempted',
  'effect.create-answered',
  'effect.looked-up',
  'effect.edit-read',
  'effect.edit-answered',
  'effect.reaction-answered',
  'effect.recording',
  'effect.recorded',
  'effect.tombstoned',
  'effect.slot-returned',
  // The sweeper: what GitHub could not tell.
  'sweep.redelivery-wanted',
  'sweep.redelivery-asked',
  'sweep.command-taken',
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

/** Passes a place that may be the process's last. */
export type PassFailpoint = (name: Failpoint) => Promise<void>;

/**
 * @param wanted `NAME` or `NAME@N`: the process kills itself with SIGKILL when it passes NAME for the Nth time.
 * @throws ConfigError when there is no failpoint of that name.
 */
export function createFailpoint(wanted: string | null): PassFailpoint {
  if (wanted === null) return async () => {};
  const { name, nth } = parse(wanted);
  let passed = 0;
  return async (here) => {
    if (here !== name) return;
    passed += 1;
    if (passed === nth) await die(wanted);
  };
}

function parse(wanted: string): { name: Failpoint; nth: number } {
  const [text = '', times = '1'] = wanted.split('@');
  const name = FAILPOINTS.find((one) => one === text);
  const nth = Number(times);
  if (name && Number.isSafeInteger(nth) && nth > 0) return { name, nth };
  throw new ConfigError(
    `There is no failpoint ${wanted}.`,
    'Unset SWE_MANAGER_FAILPOINT, which only the crash test needs, or take a name of src/failpoints.ts.',
  );
}

/** What the process says on stderr before it dies: others may kill it too. */
export const LAST_WORDS = 'killed itself at failpoint ';

/** SIGKILL runs no handler; nothing after it may happen while the signal is on its way. */
function die(wanted: string): Promise<never> {
  writeSync(process.stderr.fd, `${LAST_WORDS}${wanted}\n`);
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
}
