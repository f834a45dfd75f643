/** Ends a process and all that it started, also what made a session of its own, as torchrun's workers do. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { TrainingError } from '../../errors.ts';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** Milliseconds between two looks at what is left. */
const LOOK_MS = 200;
/** How long the kernel may take to end what was killed, in milliseconds. */
const KILLED_MS = 10_000;

/**
 * Asks the leader's group to stop, and kills what is left of the whole tree after the grace period.
 * @param leader the id of a process that leads its group
 * @param graceMs milliseconds
 * @throws TrainingError when something is left all the same
 */
export async function endTree(leader: number, graceMs: number): Promise<void> {
  // What a process started has no parent to be found by once that process is dead; its group's number stays.
  const groups = new Set([leader]);
  let left = membersOf(groups, await listProcesses());
  const killAt = Date.now() + graceMs;
  signalGroup(leader, 'SIGTERM');
  while (left.length > 0 && Date.now() < killAt + KILLED_MS) {
    if (Date.now() >= killAt) for (const group of groups) signalGroup(group, 'SIGKILL');
    await sleep(Math.min(LOOK_MS, graceMs));
    left = membersOf(groups, await listProcesses());
  }
  if (left.length > 0) {
    const ids = left.map(({ pid }) => pid).join(', ');
    throw new TrainingError(`These processes cannot be killed: ${ids}.`, 'Does a driver or a disk hang?');
  }
}

/** Those in the groups, and all that they started; the groups of these are added. */
function membersOf(groups: Set<number>, processes: readonly Process[]): Process[] {
  const members = new Map<number, Process>();
  for (let before = -1; before < members.size; ) {
    before = members.size;
    for (const one of processes) {
      if (!groups.has(one.group) && !members.has(one.parent)) continue;
      members.set(one.pid, one);
      groups.add(one.group);
    }
  }
  return [...members.values()];
}

/** Without those that are dead and only wait for their parent to look. */
async function listProcesses(): Promise<Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=']);
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/);
    if (!state || state.startsWith('Z')) return [];
    return { pid: Number(pid), parent: Number(parent), group: Number(group) };
  });
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
