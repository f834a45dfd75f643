/**
 * `npm run test:mutations [-- TEXT]`: with any one guard removed, the scenario about it must fail. `npm run test:crash`
 * plays the same scenarios with all guards in place, and then none may fail. TEXT plays only what has it in its name.
 */
import { playApart } from '../guards/play-apart.ts';
import { MUTATIONS } from './list.ts';

const AT_ONCE = 2;
/** The scenario was played, and what it is about did not hold. */
const CAUGHT = 1;

const wanted = process.argv[2] ?? '';
const chosen = MUTATIONS.filter(({ name, scenario }) => `${scenario} without ${name}`.includes(wanted));
if (chosen.length === 0) throw new Error(`Nothing is called ${wanted}.`);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(2));
let failed = 0;
const waiting = [...chosen];
const workOff = async () => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { code, said } = await playApart(next.scenario, next.name);
    const verdict = code === CAUGHT ? 'caught' : `NOT CAUGHT (exit code ${code})`;
    if (code !== CAUGHT) failed += 1;
    process.stdout.write(`${verdict}: ${next.scenario} without ${next.name}${said ? `: ${said}` : ''}\n`);
  }
};
await Promise.all(Array.from({ length: AT_ONCE }, workOff));
process.stdout.write(`${JSON.stringify({ mutations: chosen.length, failed })}\n`);
process.exitCode = failed === 0 ? 0 : 1;
