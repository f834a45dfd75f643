/** `npm run test:fuzz [-- --long --seed N --json]`: no crash, no unhandled rejection, no super-linear time. */
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/errors.ts';
import { answerProperties } from './answers.ts';
import { commandProperties } from './commands.ts';
import { configProperties } from './config.ts';
import { findFastGrowth } from './growth.ts';
import { markdownProperties } from './markdown.ts';
import { payloadProperties } from './payloads.ts';
import type { Property } from './property.ts';

const CASES = { short: 5_000, long: 100_000 };
const AREAS: Readonly<Record<string, readonly Property[]>> = {
  payloads: payloadProperties,
  commands: commandProperties,
  markdown: markdownProperties,
  config: configProperties,
  answers: answerProperties,
};

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const failures: string[] = [];
process.on('unhandledRejection', (reason) => failures.push(`unhandled rejection: ${reason}`));

const wanted = values.long ? CASES.long : CASES.short;
const areas = Object.entries(AREAS);
let cases = 0;
for (const [area, properties] of areas) {
  for (const { name, check } of properties) {
    const share = Math.ceil(wanted / areas.length / properties.length);
    cases += share;
    try {
      check({ cases: share, seed });
      say(`${area}: ${name} (${share} cases)`);
    } catch (error) {
      failures.push(`${area}: ${name}: ${messageOf(error)}`);
    }
  }
}
say('growth of hostile texts');
const fast = findFastGrowth(values.long ? 'long' : 'short');
failures.push(...fast);
await new Promise((resolve) => setImmediate(resolve));
for (const failure of failures) process.stderr.write(`FAILED ${failure}\n`);
process.stdout.write(
  `${JSON.stringify({ cases, seed, failures: failures.length, super_linear: fast.length })}\n`,
);
process.exitCode = failures.length === 0 ? 0 : 1;

function say(line: string): void {
  if (!values.json) process.stderr.write(`${line}\n`);
}
