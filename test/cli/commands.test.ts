/** Every command's help, and what becomes of bad input: one clear line on stderr, exit code 1, nothing on stdout. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, withSubcommands } from '../../src/cli/program.ts';
import { type Ended, runCommand } from '../support/cli.ts';

const thread = (number: number) => ({
  repository: 'shop/cart',
  issue: { number, title: 'Total is off', body: 'By one cent, since the discount.' },
  comments: ['Round once in `formatTotal`, in `src/total.ts`.', 'Maybe round.'].map((change, index) => ({
    id: index + 1,
    html_url: `https://github.com/shop/cart/issues/${number}#issuecomment-${index + 1}`,
    user: { login: `author${index + 1}` },
    body: `## Proposal\n### Root cause\n\`sumLines\` rounds twice.\n### Changes\n${change}`,
  })),
});

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swe-manager-cli-'));
  await writeFile(at('one.json'), JSON.stringify(thread(1), null, 2));
  await writeFile(at('two.jsonl'), `${JSON.stringify(thread(1))}\n\n${JSON.stringify(thread(2))}\n`);
  await writeFile(at('broken.jsonl'), `${JSON.stringify(thread(1))}\n{"repository": \n`);
  await writeFile(at('broken.json'), '{"repository": ');
  await writeFile(at('other.json'), '{"repository": "a/b", "issue": {"number": 1}}');
  await writeFile(at('chatter.json'), JSON.stringify({ ...thread(1), comments: [] }));
  await writeFile(at('empty.jsonl'), '');
});
afterAll(() => rm(dir, { recursive: true }));

const at = (name: string): string => join(dir, name);

/** Neither a database nor a model of the machine the tests run on. */
function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return runCommand(args, {
    DATABASE_URL: '',
    SWE_MANAGER_DATA_DIR: at('data'),
    INFERENCE_URL: '',
    APP_ID: '',
    WEBHOOK_SECRET: '',
    ...env,
  });
}

function expectRefusal(ended: Ended, problem: RegExp): void {
  expect(ended).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(problem) });
  expect(ended.stderr).toMatch(/^swe-manager: [^\n]+\n$/);
}

describe('every command', () => {
  const pathsOf = (command: Command, above: string[] = []): string[][] =>
    command.commands.flatMap((one) => {
      const path = [...above, one.name()];
      return [path, ...pathsOf(one, path)];
    });

  it('prints its help on stdout', async () => {
    for (const path of pathsOf(await buildProgram())) {
      const ended = await run([...path, '--help']);
      expect(ended, path.join(' ')).toMatchObject({ code: 0, stderr: '' });
      expect(ended.stdout).toMatch(new RegExp(`^Usage: swe-manager ${path.join(' ')}\\b`));
    }
  });

  it('says what it does', async () => {
    for (const command of withSubcommands(await buildProgram())) expect(command.description()).not.toBe('');
  });

  it('refuses an unknown option in one line, and says where help is', async () => {
    for (const path of pathsOf(await buildProgram())) {
      const ended = await run([...path, '--nonsense']);
      expectRefusal(ended, /(?:unknown option '--nonsense'|required option ).* \(see swe-manager .*--help\)/);
    }
  });

  it('guesses what was meant', async () => {
    expectRefusal(await run(['choos']), /unknown command 'choos' \(Did you mean choose\?\)/);
    expectRefusal(await run(['status', '--jsn']), /unknown option '--jsn' \(Did you mean --json\?\)/);
  });
});

describe('swe-manager choose --thread', () => {
  it('prints the decision as JSON, in the documented shape', async () => {
    const ended = await run(['choose', '--thread', at('two.jsonl'), '--number', '2', '--json']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const decision = JSON.parse(ended.stdout);
    expect(decision).toMatchObject({
      chosen: {
        id: 1,
        author: 'author1',
        url: 'https://github.com/shop/cart/issues/2#issuecomment-1',
      },
      abstained: false,
      confidence: expect.any(Number),
      explanation: expect.stringMatching(/\w/),
      golden_proposal: expect.stringContaining('formatTotal'),
      judge: 'embedded',
    });
    expect(decision.proposals.map(({ id, author }: { id: number; author: string }) => [id, author])).toEqual([
      [1, 'author1'],
      [2, 'author2'],
    ]);
  });

  it('prints the decision for a person', async () => {
    const ended = await run(['choose', '--thread', at('one.json')]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(
      /^shop\/cart#1 {2}Total is off\n\nChosen by the embedded judge: proposal 1 of/,
    );
  });

  it.each([
    ['number past the end', ['two.jsonl', '--number', '3'], /has 2 threads, and none with number 3/],
    ['number 0', ['two.jsonl', '--number', '0'], /none with number 0\. Choose a --number from 1 to 2/],
    ['number that is none', ['two.jsonl', '--number', '1e0'], /none with number 1e0/],
    ['second thread of one object', ['one.json', '--number', '2'], /has 1 thread, and none with number 2/],
    ['broken line', ['broken.jsonl', '--number', '2'], /Thread 2 of .*broken\.jsonl is not JSON/],
    ['broken file', ['broken.json'], /broken\.json is not JSON/],
    ['file of another shape', ['other.json'], /holds no saved thread: issue\.title/],
    ['empty file', ['empty.jsonl'], /has 0 threads/],
    ['thread without a proposal', ['chatter.json'], /holds no proposal/],
    ['absent file', ['../../absent.json'], /absent\.json cannot be read: ENOENT/],
    ['directory', ['.'], /cannot be read: EISDIR/],
  ])('refuses a %s', async (_, [file = '', ...more], problem) => {
    expectRefusal(await run(['choose', '--thread', at(file), ...more]), problem);
  });

  it('refuses a path that no file can have', async () => {
    expectRefusal(await run(['choose', '--thread', 'a\0b']), /cannot be read/);
  });
});

describe('swe-manager choose <issue>', () => {
  it.each([
    ['two things at once', ['https://github.com/a/b/issues/1', '--thread', 'x'], /Give either/],
    ['nothing', [], /Give either/],
    ['a pull request', ['https://github.com/a/b/pull/1'], /is not the address of an issue/],
    ['no address', ['a/b#1'], /is not the address of an issue/],
    [
      'a path out of the repositories',
      ['https://github.com/../user/issues/1'],
      /is not the address of an issue/,
    ],
    ['a name that is a path', ['https://github.com/a/../issues/1'], /is not the address of an issue/],
    ['another host', ['https://github.com.example.org/a/b/issues/1'], /is not github\.com, whose issues/],
  ])('refuses %s before it asks anybody', async (_, args, problem) => {
    expectRefusal(await run(['choose', ...args]), problem);
  });

  it('knows the web address of a GitHub of one’s own', async () => {
    const env = { GITHUB_API_URL: 'https://git.example.org/api/v3' };
    expectRefusal(await run(['choose', 'https://github.com/a/b/issues/1'], env), /is not git\.example\.org/);
  });
});

describe('a database that cannot be reached', () => {
  const env = { DATABASE_URL: 'postgres://me:sesame@127.0.0.1:1/none' };

  it.each([
    [['migrate']],
    [['status']],
    [['status', '--json']],
    [['dataset', 'export', '--format', 'sft', '--out', 'rows.jsonl']],
  ])('ends %j with one line that keeps the password', async (args) => {
    const ended = await run(args, env);
    expectRefusal(ended, /Postgres cannot be reached: connect ECONNREFUSED.* Check DATABASE_URL/);
    expect(ended.stderr).not.toContain('sesame');
  });

  it('is one of the failures that doctor lists, and its exit code tells', async () => {
    const ended = await run(['doctor', '--json'], env);
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^swe-manager: \d of \d checks failed\.\n$/),
    });
    const report = JSON.parse(ended.stdout);
    expect(report.ok).toBe(false);
    expect(report.checks).toContainEqual({
      name: 'Database',
      ok: false,
      detail: expect.stringContaining('Postgres cannot be reached'),
    });
    expect(ended.stdout).not.toContain('sesame');
  });
});

describe('an environment that is wrong', () => {
  it('is named by variable', async () => {
    expectRefusal(
      await run(['status'], { PORT: 'eighty' }),
      /environment is not valid: PORT: .*\. Correct these variables/,
    );
  });

  it('does not start without a webhook secret, or with a role that needs Postgres', async () => {
    const app = {
      APP_ID: '1',
      PRIVATE_KEY: '-----BEGIN RSA PRIVATE KEY-----\nnot used\n-----END RSA PRIVATE KEY-----',
    };
    expectRefusal(await run(['start'], app), /WEBHOOK_SECRET is empty/);
    expectRefusal(await run(['start', '--role', 'worker'], app), /--role worker needs a database/);
    const shared = { ...app, DATABASE_URL: 'postgres://127.0.0.1:1/none' };
    expectRefusal(await run(['start', '--role', 'worker'], shared), /no secret to sign comments with/);
    expectRefusal(
      await run(['start'], { ...app, WEBHOOK_SECRET: 'sesame', MARKER_SECRET: ' , ' }),
      /no secret to sign comments with/,
    );
    for (const role of ['web', 'worker']) {
      const unset = { ...shared, APP_ID: '', WEBHOOK_SECRET: 'sesame' };
      expectRefusal(await run(['start', '--role', role], unset), /GitHub App is not configured\. Set APP_ID/);
    }
    expectRefusal(await run(['start', '--role', 'boss']), /Allowed choices are all, web, worker/);
  });
});
