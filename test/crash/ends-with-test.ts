import type { ChildProcess } from 'node:child_process';

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Kills the child when this process ends, however it ends (a SIGKILL of it apart). */
export function endsWithTest<Child extends ChildProcess>(child: Child): Child {
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  return child;
}
