/** `npm run check:promises`: fails when a promise has no test, or when a test names a promise that is not made. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type ListedTest, matchPromises } from './promises.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Vitest reads the names from the syntax of the files, without running them; tests that are skipped are not listed. */
function listTests(): ListedTest[] {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const output = execFileSync(process.execPath, [vitest, 'list', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const tests = JSON.parse(output.slice(output.indexOf('['))) as ListedTest[];
  return tests.map((test) => ({ ...test, file: relative(ROOT, test.file) }));
}

const report = matchPromises(readFileSync(join(ROOT, 'docs/promises.md'), 'utf8'), listTests());
for (const { number, title, tests } of report.promises)
  console.log(`${number}. ${title}: ${tests} ${tests === 1 ? 'test' : 'tests'}`);
for (const problem of report.problems) console.error(problem);
if (report.problems.length > 0) process.exitCode = 1;
