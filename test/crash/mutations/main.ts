/**
 * `npm run test:mutations [-- TEXT]`: with any one guard removed, the scenario about it, which is part of the crash
 * test's short form, must fail; with all in place, none. TEXT plays only what has it in its name.
 */
import { playApart } from '../guards/play-apart.ts';
import type { ScenarioName } from '../guards/scenarios.ts';
import { MUTATIONS } from './list.ts';

interface Task {
  readonly label: string;
  readonly scenario: ScenarioName;
  /** Null plays the scenario as it is. */
  readonly mutation: string | null;
}

const PARALLEL = 2;

const tasks: Task[] = [
  ...[...new Set(MUTATIONS.map(({ scenario }) => scenario))].map((scenario) => ({
    label: `${scenario}, all guards in place`,
    scenario,
    mutation: null,
  })),
  ...MUTATIONS.map(({ name, scenario }) => ({
    label: `${scenario} without ${name}`,
    scenario,
    mutation: name,
  })),
];

let failed = 0;
const wanted = process.argv[2] ?? '';
const waiting = tasks.filter(({ label }) => label.includes(wanted));
if (waiting.length === 0) throw new Error(`Nothing is called ${wanted}.`);

const workOff = async () => {
  for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
    const { code, said } = await playApart(task.scenario, task.mutation);
    const right = task.mutation === null ? 0 : 1;
    const verdict = code === right ? 'ok' : `FAILED (exit code ${code}, not ${right})`;
    if (code !== right) failed += 1;
    process.stdout.write(`${verdict}: ${task.label}${said ? `: ${said}` : ''}\n`);
  }
};
await Promise.all(Array.from({ length: PARALLEL }, workOff));
process.stdout.write(`${JSON.stringify({ mutations: MUTATIONS.length, failed })}\n`);
process.exitCode = failed === 0 ? 0 : 1;
