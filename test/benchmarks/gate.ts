/**
 * `npm run bench:gate`: how often the gate promotes, added up over every outcome, and how often the alarm after a
 * promotion sounds, by simulation. Both ask the code that runs.
 */
import { promotionProbability } from '../../src/pipeline/promotion/operating-characteristics.ts';
import { meanRunLength, YEAR } from '../support/run-length.ts';

const DISCORDANCES = [0.1, 0.2, 0.3, 0.4];
const DIFFERENCE = 0.06;
const LOSSES = [0.5, 0.55, 0.6, 2 / 3, 0.75];
const RUNS = 1_000;
const YEARS = 40;

const say = (line: string) => process.stdout.write(`${line}\n`);
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

say('The gate: how often it promotes');
say('discordance   equal candidate   candidate 6 points better');
for (const discordance of DISCORDANCES) {
  const [falsely, rightly] = [0, DIFFERENCE].map((difference) =>
    promotionProbability({ discordance, difference }),
  );
  say(`${percent(discordance).padEnd(13)} ${percent(falsely ?? 0).padEnd(17)} ${percent(rightly ?? 0)}`);
}

say('\nThe alarm: discordant decisions until it sounds, on average, and alarms a year at 14 of them a day');
say('the new model loses   decisions   alarms a year');
for (const losing of LOSSES) {
  const length = meanRunLength(losing, RUNS, YEARS * YEAR);
  say(`${percent(losing).padEnd(21)} ${length.toFixed(0).padEnd(11)} ${(YEAR / length).toFixed(2)}`);
}
