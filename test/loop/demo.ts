/**
 * `npm run test:demo-loop`: the command as a user runs it shows that agreement rises; and
 * where there is nothing to learn it says so and fails.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { demoLoop } from '../../src/cli/demo-loop.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'swe-manager-demo-loop-'));
let failed = 0;

function check(name: string, holds: boolean): void {
  if (!holds) failed += 1;
  process.stdout.write(`${holds ? 'ok     ' : 'FAILED '} ${name}\n`);
}

try {
  await checkRise();
  await checkFailure();
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

async function checkRise(): Promise<void> {
  const env = { ...process.env, SWE_MANAGER_DATA_DIR: dataDir, DATABASE_URL: '', INFERENCE_URL: '' };
  const { stdout } = await promisify(execFile)(process.execPath, ['src/cli/bin.js', 'demo', '--loop'], {
    env,
  });
  const [before, after] = ['before', 'after'].map((when) =>
    Number(new RegExp(`${when}\\s+(\\d+) of 40`).exec(stdout)?.[1]),
  );
  process.stdout.write(`agreement on 40 new issues: ${before} before, ${after} after\n`);
  check('demo --loop ends with success, and agreement rose', Number(after) > Number(before));
  check(
    'the gate promoted, by its own report',
    /# Promote: embedded-1\+\d+-v1-\w+ against embedded-1\n/.test(stdout),
  );
  process.stdout.write(`${/It took .* s\./.exec(stdout)?.[0] ?? ''}\n`);
}

/** Picks at random teach nothing, and 30 held-out decisions promote nobody. */
async function checkFailure(): Promise<void> {
  process.env.SWE_MANAGER_DATA_DIR = dataDir;
  await demoLoop({ pastIssues: 60, newIssues: 10, maintainers: { noise: 1, followers: 0 } });
  check('where nothing is promoted it fails', process.exitCode === 1);
}
