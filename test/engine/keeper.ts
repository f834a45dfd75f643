/**
 * Runs a command that must not outlive its starter: `node keeper.ts COMMAND ARGUMENTS…`, started as the head of a
 * process group with a pipe as standard input. The pipe ends when the starter does, also by SIGKILL, and then the
 * whole group is killed. Exits as the command does.
 */
import { spawn } from 'node:child_process';

const [command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.once('error', ({ message }) => {
  process.stderr.write(`${message}\n`);
  process.exit(127);
});
child.once('exit', (code) => process.exit(code ?? 1));
// Sent to the group: the command ends by itself, and is waited for.
process.on('SIGTERM', () => {});
process.stdin.resume().once('end', () => process.kill(-process.pid, 'SIGKILL'));
