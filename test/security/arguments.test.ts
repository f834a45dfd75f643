/** Paths and options through the arguments of the command line. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FakeGitHub, startFakeGitHub } from '../../src/sandbox/github/index.ts';

const PROGRAM = path.join(import.meta.dirname, '../../src/cli/bin.js');
let github: FakeGitHub;
let directory: string;
beforeAll(async () => {
  github = await startFakeGitHub();
  directory = mkdtempSync(path.join(tmpdir(), 'swe-arguments-'));
});
afterAll(async () => {
  await github.close();
  rmSync(directory, { recursive: true });
});

it.each([
  'https://github.com/acme/../../../admin/issues/1',
  'https://github.com/acme/widgets%2F..%2F..%2Fapp/issues/1',
  'https://github.com/acme/widgets/issues/1/../../../app',
  'https://github.com@evil.test/acme/widgets/issues/1 --thread=/etc/passwd',
  'file:///etc/passwd',
  '--thread=/etc/passwd',
  '--config=/etc/passwd',
])('choose %s is refused with one line, and nothing is asked of GitHub', async (argument) => {
  const { code, stderr, stdout } = await run(['choose', argument]);
  expect(code).not.toBe(0);
  expect(stdout).toBe('');
  expect(stderr).not.toContain('root:');
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
  expect(github.state.audit.entries).toEqual([]);
});

function run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, GITHUB_API_URL: github.url, SWE_MANAGER_DATA_DIR: directory };
    execFile(process.execPath, [PROGRAM, ...args], { cwd: directory, env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr });
    });
  });
}
