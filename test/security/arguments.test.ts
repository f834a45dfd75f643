/** Paths and options through the arguments of the command line. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { openStore } from '../../src/context.ts';
import type { Db } from '../../src/ports.ts';
import { type FakeGitHub, startFakeGitHub } from '../../src/sandbox/github/index.ts';
import { modelStore } from '../../src/store/index.ts';
import { type Ended, runCommand } from '../support/cli.ts';

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
  await expectRefusal(['choose', argument], { SWE_MANAGER_DATA_DIR: directory, GITHUB_API_URL: github.url });
  expect(github.state.audit.entries).toEqual([]);
});

it('choose prints nothing that steers a terminal, whatever a thread holds', async () => {
  const file = path.join(directory, 'steering.json');
  const steering = '\u001b]0;owned\u0007\u001b[2J\r\u202e';
  const body = `## Proposal\n### Root cause\n\`a()\` ${steering} fails\n### Changes\nCall \`b()\`. ${steering}`;
  const thread = {
    repository: 'shop/cart',
    issue: { number: 1, title: `Total ${steering} is off`, body: '' },
    comments: [{ id: 1, html_url: 'https://github.com/shop/cart/issues/1#x', user: { login: 'ann' }, body }],
  };
  writeFileSync(file, JSON.stringify(thread));
  const { code, stdout } = await runCommand(['choose', '--thread', file]);
  expect({ code, steers: /[^\P{C}\n]/u.test(stdout) }).toEqual({ code: 0, steers: false });
});

/** What reaches a database, a file or a shell where an argument is not only an argument. */
const HOSTILE = "../../etc/passwd'; drop table model_versions; -- $(touch pwned)";
const IN_NAMES: readonly (readonly string[])[] = [
  ['decision', 'show', HOSTILE],
  ['models', 'show', HOSTILE],
  ['models', 'gate', HOSTILE],
  ['models', 'report', HOSTILE, '--out', 'report'],
  ['models', 'diff', HOSTILE, 'kept'],
  ['models', 'promote', HOSTILE],
  ['models', 'retract', HOSTILE],
  ['train', 'status', HOSTILE],
  ['train', 'logs', HOSTILE],
  ['train', 'cancel', HOSTILE],
  ['train', 'rollouts', HOSTILE],
  ['train', '--stage', 'sft', '--dataset', HOSTILE],
  ['dataset', 'show', HOSTILE],
  ['dataset', 'verify', HOSTILE],
  ['dataset', 'diff', HOSTILE, 'latest'],
  ['dataset', 'export', HOSTILE],
  ['dataset', 'consent', HOSTILE, 'allow'],
  ['replay', HOSTILE],
  ['forget', HOSTILE],
  ['harvest', HOSTILE],
  ['doctor', '--repository', HOSTILE],
];
const IN_PATHS: readonly (readonly string[])[] = [
  ['choose', '--thread', '/etc/passwd'],
  ['harvest', '--threads', '/etc/passwd'],
  ['bench', '/etc/passwd'],
  ['bench', '/etc/passwd', '--weights', '/etc/passwd'],
  ['bench', 'compare', '/etc/passwd', '/etc/passwd'],
  ['infer', '--input_file', '/etc/passwd', '--output_file', '/etc/passwd/out.jsonl'],
  ['db', 'restore', '/etc/passwd'],
];

describe('every other command', () => {
  const env = () => ({ SWE_MANAGER_DATA_DIR: directory, GITHUB_API_URL: github.url });
  beforeAll(() => withStore((db) => modelStore.insertModelVersion(db, KEPT)));

  it.each(IN_NAMES.map((args) => [args.filter((one) => one !== HOSTILE).join(' '), args] as const))(
    '%s refuses a hostile name in one line',
    async (_name, args) => {
      await expectRefusal(args, env());
    },
  );

  it.each(IN_PATHS.map((args) => [args.join(' '), args] as const))(
    '%s shows nothing of the file',
    async (_name, args) => {
      const { code, stdout, stderr } = await runCommand(args, env());
      expect(code).not.toBe(0);
      expect(`${stdout}${stderr}`).not.toContain('root:');
    },
  );

  it.each([...new Set([...IN_NAMES, ...IN_PATHS].map(([command = '']) => command))])(
    '%s takes no option for a value',
    async (command) => {
      const { stderr } = await expectRefusal([command, '--config=/etc/passwd'], env());
      expect(stderr).toMatch(/unknown option|required option/);
    },
  );

  it('has reached the database, GitHub or a shell with nothing of it but a value', async () => {
    await withStore(async (db) =>
      expect(await modelStore.listModelVersions(db)).toMatchObject([{ name: 'kept', state: 'candidate' }]),
    );
    expect(github.state.audit.entries).toEqual([]);
    expect(existsSync('pwned')).toBe(false);
  });
});

const KEPT = {
  id: randomUUID(),
  name: 'kept',
  kind: 'embedded',
  base: 'hand',
  codeVersion: 'test',
  createdAt: new Date(),
} as const;

async function withStore(use: (db: Db) => Promise<void>): Promise<void> {
  const store = await openStore(loadConfig({ SWE_MANAGER_DATA_DIR: directory }));
  try {
    await use(store.db);
  } finally {
    await store.close();
  }
}

async function expectRefusal(args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const ended = await runCommand(args, env);
  expect(ended.code, ended.stdout).not.toBe(0);
  expect(ended.stdout).toBe('');
  expect(ended.stderr).not.toContain('root:');
  expect(ended.stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
  return ended;
}
