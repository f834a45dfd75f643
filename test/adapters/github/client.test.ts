import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTokenGitHub } from '../../../src/adapters/github/token.ts';

const API = 'https://api.github.test';
const SHOP = '/repos/acme/shop';
const REF = { owner: 'acme', name: 'shop' };

beforeAll(() => nock.disableNetConnect());
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
});
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

const signedIn = createTokenGitHub({ token: 'ghp_secret', baseUrl: API });
const anonymous = createTokenGitHub({ token: null, baseUrl: API });

const comment = (id: number, more: object = {}) => ({
  id,
  html_url: `https://github.test/acme/shop/issues/7#issuecomment-${id}`,
  body: `text ${id}`,
  user: { id: 5, login: 'ann', type: 'User' },
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-02T00:00:00Z',
  performed_via_github_app: null,
  ...more,
});

const issue = (more: object = {}) => ({
  number: 7,
  repository_url: `${API}${SHOP}`,
  html_url: 'https://github.test/acme/shop/issues/7',
  title: 'It\u0000 fails',
  body: null,
  user: null,
  state: 'closed',
  locked: true,
  labels: ['old', { name: 'bug' }, { name: null }],
  ...more,
});

const nodes = (...all: [id: number, isMinimized: boolean][]) => ({
  data: {
    repository: {
      issue: {
        comments: {
          nodes: all.map(([id, isMinimized]) => ({ fullDatabaseId: String(id), isMinimized })),
          pageInfo: { hasNextPage: false, endCursor: null },
        },
      },
    },
  },
});

describe('readThread', () => {
  it('maps ghosts, bots, apps, missing texts and characters that a database cannot hold', async () => {
    nock(API, { reqheaders: { authorization: 'token ghp_secret' } })
      .get(`${SHOP}/issues/7`)
      .reply(200, issue())
      .get(`${SHOP}/issues/7/comments`)
      .query({ per_page: 100 })
      .reply(200, [
        comment(1, { user: null, body: null }),
        comment(2, {
          user: { id: 9, login: 'helper[bot]', type: 'Bot' },
          performed_via_github_app: { id: 44 },
        }),
        comment(3, { body: 'a\u0000b\ud800c' }),
      ])
      .post('/graphql')
      .reply(200, nodes([1, false], [2, true], [3, false]));
    const thread = await signedIn.readThread({ ...REF, number: 7 });
    expect(thread.issue).toEqual({
      number: 7,
      url: 'https://github.test/acme/shop/issues/7',
      title: 'It fails',
      body: '',
      author: { id: null, login: 'ghost', isBot: false },
      state: 'closed',
      locked: true,
      labels: ['old', 'bug'],
    });
    expect(thread.listedCandidateIds).toBeNull();
    expect(
      thread.comments.map(({ author, body, minimized, appId }) => ({ author, body, minimized, appId })),
    ).toEqual([
      { author: { id: null, login: 'ghost', isBot: false }, body: '', minimized: false, appId: null },
      { author: { id: 9, login: 'helper[bot]', isBot: true }, body: 'text 2', minimized: true, appId: 44 },
      { author: { id: 5, login: 'ann', isBot: false }, body: 'ab\ufffdc', minimized: false, appId: null },
    ]);
  });

  it('asks for no hidden comments and sends no token when it has none', async () => {
    nock(API, { badheaders: ['authorization'] })
      .get(`${SHOP}/issues/7`)
      .reply(200, issue())
      .get(`${SHOP}/issues/7/comments`)
      .query(true)
      .reply(200, [comment(1)]);
    const thread = await anonymous.readThread({ ...REF, number: 7 });
    expect(thread.comments.map(({ minimized }) => minimized)).toEqual([false]);
  });

  it('reads the pages again when a deletion in between pulled a comment over their edge', async () => {
    const path = `${SHOP}/issues/7/comments`;
    nock(API)
      .get(`${SHOP}/issues/7`)
      .reply(200, issue())
      .get(path)
      .query({ per_page: 100 })
      .reply(200, [comment(1), comment(2)], { link: `<${API}${path}?per_page=100&page=2>; rel="next"` })
      .get(path)
      .query({ per_page: 100, page: 2 })
      .reply(200, [comment(4)])
      .post('/graphql')
      .reply(200, nodes([2, false], [3, false], [4, false]))
      .get(path)
      .query({ per_page: 100 })
      .reply(200, [comment(2), comment(3), comment(4)]);
    const thread = await signedIn.readThread({ ...REF, number: 7 });
    expect(thread.comments.map(({ id }) => id)).toEqual([2, 3, 4]);
  });
});

describe('what is not there', () => {
  it('is told from a repository that is out of sight', async () => {
    nock(API).get(`${SHOP}/issues/comments/3`).reply(404).get(SHOP).reply(200, { id: 1 });
    expect(await signedIn.getComment(REF, 3)).toBeNull();
    nock(API).get(`${SHOP}/issues/comments/3`).reply(404).get(SHOP).reply(404);
    await expect(signedIn.getComment(REF, 3)).rejects.toMatchObject({ failure: 'not-found' });
  });

  it('makes a user that GitHub does not know a stranger', async () => {
    const path = `${SHOP}/collaborators/x%5Bbot%5D/permission`;
    nock(API).get(path).reply(404, { message: 'x[bot] is not a user' }).get(SHOP).reply(200, { id: 1 });
    expect(await signedIn.permission(REF, 'x[bot]')).toEqual({ role: 'none', permissions: null });
    nock(API).get(path).reply(404).get(SHOP).reply(404);
    await expect(signedIn.permission(REF, 'x[bot]')).rejects.toMatchObject({ failure: 'not-found' });
  });

  it.each([403, 500])('is never concluded from %i', async (status) => {
    nock(API)
      .get(`${SHOP}/issues/comments/3`)
      .reply(status, {})
      .get(`${SHOP}/contents/a.yml`)
      .reply(status, {});
    await expect(signedIn.getComment(REF, 3)).rejects.toMatchObject({ name: 'GitHubError', status });
    await expect(signedIn.readFile(REF, 'a.yml', null)).rejects.toMatchObject({
      name: 'GitHubError',
      status,
    });
  });
});

describe('readFile', () => {
  const path = `${SHOP}/contents/.github%2Fswe-manager.yml`;
  const read = (etag: string | null) => signedIn.readFile(REF, '.github/swe-manager.yml', etag);

  it('reads a text with its ETag, and says when it is unchanged or absent', async () => {
    const content = Buffer.from('mode: ünit\n').toString('base64');
    nock(API).get(path).reply(200, { type: 'file', encoding: 'base64', content }, { etag: '"one"' });
    expect(await read(null)).toEqual({ kind: 'file', text: 'mode: ünit\n', etag: '"one"' });
    nock(API, { reqheaders: { 'if-none-match': '"one"' } })
      .get(path)
      .reply(304);
    expect(await read('"one"')).toEqual({ kind: 'unchanged' });
    nock(API).get(path).reply(404);
    expect(await read(null)).toEqual({ kind: 'absent' });
    nock(API)
      .get(path)
      .reply(200, [{ type: 'file' }]);
    expect(await read(null)).toEqual({ kind: 'absent' });
  });

  it('says when the App may not read contents', async () => {
    nock(API).get(path).reply(403, { message: 'Resource not accessible by integration' });
    expect(await read(null)).toEqual({ kind: 'forbidden' });
  });

  it('says when a file is too large for GitHub to show its content', async () => {
    nock(API).get(path).reply(200, { type: 'file', encoding: 'none', content: '' });
    expect(await read(null)).toEqual({ kind: 'too-large' });
  });
});

describe('addReaction', () => {
  it('returns the id, of a new one and of one that was there', async () => {
    const path = `${SHOP}/issues/comments/3/reactions`;
    nock(API).post(path, { content: 'eyes' }).reply(201, { id: 8 }).post(path).reply(200, { id: 8 });
    expect(await signedIn.addReaction(REF, 3, 'eyes')).toBe(8);
    expect(await signedIn.addReaction(REF, 3, 'eyes')).toBe(8);
  });
});
