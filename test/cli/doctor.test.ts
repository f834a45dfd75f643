/** What doctor says about reading edits: yes, no, or could not tell, and what to do. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeGitHub, startFakeGitHub } from '../../src/sandbox/github/index.ts';
import { runCommand } from '../support/cli.ts';

let folder: string;
let github: FakeGitHub;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swe-manager-doctor-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  github = await startFakeGitHub();
});
afterEach(() => github.close());

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly note?: boolean;
  readonly detail: string;
}

async function histories(...flags: string[]): Promise<Check[]> {
  const ended = await runCommand(['doctor', '--json', ...flags], {
    DATABASE_URL: '',
    SWE_MANAGER_DATA_DIR: folder,
    INFERENCE_URL: '',
    WEBHOOK_SECRET: 'secret',
    APP_ID: String(github.app.id),
    PRIVATE_KEY: github.privateKey,
    GITHUB_API_URL: github.url,
    GITHUB_TOKEN: github.tokenFor('acme'),
  });
  const { checks } = JSON.parse(ended.stdout) as { checks: Check[] };
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  return checks.filter(({ name }) => name.startsWith('Edit history'));
}

function addIssue(): void {
  github.addRepository({ owner: 'acme', name: 'shop' });
  github.addIssue('acme/shop', { title: 'It fails' });
}

describe('doctor on edit histories', () => {
  it('says yes for the App’s first repository, and wants a repository named for a token', async () => {
    addIssue();
    expect(await histories()).toEqual([
      { name: 'Edit history, App', ok: true, detail: 'yes, asked in acme/shop' },
      {
        name: 'Edit history, GITHUB_TOKEN',
        ok: true,
        note: true,
        detail: expect.stringContaining('could not tell: name a repository with --repository'),
      },
    ]);
  });

  it('says no with GitHub’s words and what to do, and that is no failure', async () => {
    addIssue();
    github.state.refusesEdits = true;
    const [app, token] = await histories('--repository', 'acme/shop');
    expect(app).toMatchObject({ note: true });
    expect(app?.detail).toMatch(/^no: GitHub said “Resource not accessible by integration”.* Grant the App/);
    expect(token?.detail).toMatch(/^no: .* Use a token/);
  });

  it.each([
    [
      'nothing to look at',
      () => github.addRepository({ owner: 'acme', name: 'shop' }),
      /no issue to look at/,
    ],
    ['no repository', () => undefined, /no repository to look at/],
    [
      'no answer',
      () => {
        addIssue();
        github.failAt({ path: '/graphql', times: 2 }, { kind: 'status', status: 502 });
      },
      /GitHub failed to look at an edit history: 502/,
    ],
  ])('could not tell with %s', async (_, prepare, why) => {
    prepare();
    const [app] = await histories();
    expect(app).toMatchObject({ note: true, detail: expect.stringMatching(/^could not tell: /) });
    expect(app?.detail).toMatch(why);
  });
});
