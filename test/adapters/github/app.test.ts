/** The App's client over a fake GitHub that is really there, on HTTP. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGitHubApp } from '../../../src/adapters/github/app.ts';
import type { GitHub } from '../../../src/ports.ts';
import { generateAppKey } from '../../../src/sandbox/github/index.ts';
import { startWorld, type World } from '../../sandbox/github/world.ts';

let world: World;
let github: GitHub;
const REF = { owner: 'acme', name: 'shop' };

const appOf = (options: { timeoutMs?: number; privateKey?: string } = {}) =>
  createGitHubApp({
    appId: world.fake.app.id,
    privateKey: world.fake.privateKey,
    baseUrl: world.fake.url,
    ...options,
  });
const issueRef = () => ({ ...REF, number: world.issue.number });
const requests = (path: RegExp) => world.fake.state.audit.find({ path });

beforeEach(async () => {
  world = await startWorld();
  github = await appOf().forInstallation(77);
});
afterEach(async () => {
  vi.useRealTimers();
  await world.fake.close();
});

describe('reading', () => {
  it('reads every page of a thread, and which comments are hidden', async () => {
    const comments = Array.from({ length: 230 }, (_, n) =>
      world.fake.as('ann').comment(world.issue, `c${n}`),
    );
    const [hidden] = comments.slice(150);
    if (hidden) world.fake.as('wes').minimize(hidden);
    const thread = await github.readThread(issueRef());
    expect(thread.comments.map(({ body }) => body)).toEqual(comments.map(({ body }) => body));
    expect(thread.comments.filter(({ minimized }) => minimized).map(({ id }) => id)).toEqual([hidden?.id]);
    expect(thread.repository).toBe('acme/shop');
  });

  it('finds a thread that was transferred, in a repository that was renamed', async () => {
    world.fake.addRepository({ owner: 'acme', name: 'desk', collaborators: { ada: 'admin' } });
    const comment = world.fake.as('ann').comment(world.issue, 'hello');
    const moved = world.fake.as('ada').transfer(world.issue, 'acme/desk');
    world.fake.as('ada').renameRepository('acme/desk', 'bench');
    const thread = await github.readThread(issueRef());
    expect(thread.repository).toBe('acme/bench');
    expect(thread.issue.number).toBe(moved.number);
    expect(thread.comments.map(({ body }) => body)).toEqual([comment.body]);
  });

  it.each([
    ['ada', 'admin', { triage: true, push: true, maintain: true, admin: true }],
    ['mia', 'maintain', { triage: true, push: true, maintain: true, admin: false }],
    ['wes', 'write', { triage: true, push: true, maintain: false, admin: false }],
    ['tom', 'triage', { triage: true, push: false, maintain: false, admin: false }],
    ['rob', 'read', { triage: false, push: false, maintain: false, admin: false }],
  ] as const)('reads what %s may do', async (login, role, permissions) => {
    expect(await github.permission(REF, login)).toEqual({ role, permissions });
  });

  it('reads the role of someone without an account as none', async () => {
    expect(await github.permission(REF, 'nobody-there')).toEqual({ role: 'none', permissions: null });
  });

  it('reads a file, and not again while it is unchanged', async () => {
    const file = await github.readFile(REF, '.github/swe-manager.yml', null);
    if (file.kind !== 'file') throw new Error(file.kind);
    expect(file.text).toBe('mode: command\n');
    expect(await github.readFile(REF, '.github/swe-manager.yml', file.etag)).toEqual({ kind: 'unchanged' });
    expect(await github.readFile(REF, 'none.yml', null)).toEqual({ kind: 'absent' });
  });
});

describe('a caller that stops', () => {
  it('gets its own reason back, and not GitHub’s silence', async () => {
    world.fake.failAt({ path: /issues\/\d+$/ }, { kind: 'hang' });
    const stop = new AbortController();
    const reading = github.readThread(issueRef(), stop.signal);
    setTimeout(() => stop.abort(new Error('the lease is lost')), 50);
    await expect(reading).rejects.toThrow('the lease is lost');
  });
});

describe('writing', () => {
  it('creates, edits, lists and deletes its own comments, also after a rename', async () => {
    world.fake.as('ann').comment(world.issue, 'a person');
    world.fake.as('ada').renameRepository('acme/shop', 'store');
    const made = await github.createComment(issueRef(), 'first');
    expect(made).toMatchObject({ body: 'first', appId: world.fake.app.id });
    await github.updateComment(REF, made.id, 'second');
    expect((await github.getComment(REF, made.id))?.body).toBe('second');
    expect((await github.listAppComments(issueRef(), world.fake.app.id)).map(({ id }) => id)).toEqual([
      made.id,
    ]);
    await github.deleteComment(REF, made.id);
    expect(await github.getComment(REF, made.id)).toBeNull();
    expect(world.issue.comments.map(({ body }) => body)).toEqual(['a person']);
  });

  it('reacts once, however often it is asked, and takes it back', async () => {
    const comment = world.fake.as('ann').comment(world.issue, 'hi');
    const id = await github.addReaction(REF, comment.id, 'rocket');
    expect(await github.addReaction(REF, comment.id, 'rocket')).toBe(id);
    expect(comment.reactions).toHaveLength(1);
    await github.removeReaction(REF, comment.id, id);
    expect(comment.reactions).toEqual([]);
  });

  it('says that the issue is locked', async () => {
    world.fake.as('ada').lock(world.issue);
    await expect(github.createComment(issueRef(), 'x')).rejects.toMatchObject({ failure: 'locked' });
  });

  it.each([
    [{ kind: 'applied-then-status' } as const, 1],
    [{ kind: 'applied-then-destroyed' } as const, 1],
    [{ kind: 'malformed-json' } as const, 1],
    [{ kind: 'destroyed' } as const, 0],
  ])('does not know the outcome of a create after %o, and sends it once', async (fault, created) => {
    world.fake.failAt({ method: 'POST', path: /\/comments$/ }, fault);
    await expect(github.createComment(issueRef(), 'x')).rejects.toMatchObject({ failure: 'ambiguous' });
    expect(world.issue.comments).toHaveLength(created);
    expect(requests(/\/comments$/)).toHaveLength(1);
  });

  it('gives up on an answer that does not come', async () => {
    const impatient = await appOf({ timeoutMs: 300 }).forInstallation(77);
    await impatient.permission(REF, 'ada');
    world.fake.failAt({ path: /\/comments$/, times: 2 }, { kind: 'hang', applied: true });
    await expect(impatient.createComment(issueRef(), 'x')).rejects.toMatchObject({ failure: 'ambiguous' });
    await expect(impatient.readThread(issueRef())).rejects.toMatchObject({ failure: 'unavailable' });
  });
});

describe('tokens', () => {
  const tokens = () => requests(/access_tokens$/).length;

  it('are made once per installation and used for all of its requests', async () => {
    const app = appOf();
    const before = tokens();
    const [one, two] = [await app.forInstallation(77), await app.forInstallation(77)];
    await one.permission(REF, 'ada');
    await two.readThread(issueRef());
    expect(tokens() - before).toBe(1);
  });

  it('are replaced when they die before their time, and a create is not lost', async () => {
    await github.permission(REF, 'ada');
    world.fake.expireTokens();
    // Within 5 s of its making Octokit takes a 401 for replication lag and waits.
    vi.useFakeTimers({ now: Date.now() + 10_000, toFake: ['Date'] });
    await github.createComment(issueRef(), 'once');
    expect(world.issue.comments.map(({ body }) => body)).toEqual(['once']);
    expect(tokens()).toBe(2);
  });

  it('are refused to a suspended installation, and served again afterwards', async () => {
    world.fake.suspend(77);
    await expect(github.createComment(issueRef(), 'x')).rejects.toMatchObject({ failure: 'suspended' });
    world.fake.unsuspend(77);
    await github.createComment(issueRef(), 'x');
    expect(world.issue.comments).toHaveLength(1);
  });

  it('that cannot be made leave no doubt about a create, nor make a comment look deleted', async () => {
    world.fake.failAt({ path: /access_tokens$/ }, { kind: 'status', status: 500 });
    await expect(github.createComment(issueRef(), 'x')).rejects.toMatchObject({ failure: 'unavailable' });
    const stranger = await appOf().forInstallation(123_456);
    const rejected = { failure: 'not-found' };
    await expect(stranger.getComment(REF, 1)).rejects.toMatchObject(rejected);
    await expect(stranger.permission(REF, 'ada')).rejects.toMatchObject(rejected);
    await expect(stranger.readFile(REF, 'x', null)).rejects.toMatchObject(rejected);
  });
});

describe('the App itself', () => {
  it('says who it is', async () => {
    world.fake.addInstallation('globex');
    expect(await appOf().describe()).toEqual({ slug: 'swe-manager', installations: 2 });
  });

  it('is refused with the key of another App', async () => {
    const app = appOf({ privateKey: generateAppKey().privateKey });
    await expect(app.describe()).rejects.toMatchObject({ failure: 'unauthorized' });
  });

  it('cannot be made with a key that is none', () => {
    expect(() => appOf({ privateKey: 'hunter2' })).toThrow(/private key cannot be read/);
  });

  it('hands Octokit’s warnings to our logger, without the token', async () => {
    const lines: string[] = [];
    const logger = pino({}, { write: (line: string) => void lines.push(line) });
    const { app, privateKey, url } = world.fake;
    const client = await createGitHubApp({ appId: app.id, privateKey, baseUrl: url, logger }).forInstallation(
      77,
    );
    world.fake.failAt({ path: /permission$/ }, { kind: 'status', status: 401 });
    await client.permission(REF, 'ada');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('401');
    expect(lines[0]).not.toMatch(/ghs_|eyJ/);
  });
});
