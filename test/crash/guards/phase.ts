/** Plays every scenario about a guard; `npm run test:mutations` shows that each fails once its guard is gone. */
import { broken, type Outcome } from '../result.ts';
import { playApart } from './play-apart.ts';
import { SCENARIO_NAMES } from './scenarios.ts';

const AT_ONCE = 2;

export interface GuardOutcome extends Outcome {
  readonly scenarios: number;
  readonly seconds: number;
}

export async function playGuards(): Promise<GuardOutcome> {
  const began = performance.now();
  const waiting = [...SCENARIO_NAMES];
  const violations: Outcome['violations'][number][] = [];
  const workOff = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const { code, said } = await playApart(name, null);
      if (code !== 0) violations.push(broken(`guard scenario ${name}: ${said || `exit code ${code}`}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, workOff));
  const seconds = (performance.now() - began) / 1000;
  return { commands: 0, violations, convergeSeconds: [], scenarios: SCENARIO_NAMES.length, seconds };
}
