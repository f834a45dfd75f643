import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTokenGitHub } from '../../../src/adapters/github/token.ts';
import { GitHubError } from '../../../src/errors.ts';
import type { GitHub } from '../../../src/ports.ts';

const API = 'https://api.github.test';
const ISSUE = { owner: 'acme', name: 'shop', number: 7 };
const COMMENTS = '/repos/acme/shop/issues/7/comments';

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

const github = (timeoutMs = 2_000): GitHub => createTokenGitHub({ token: 'ghp_x', baseUrl: API, timeoutMs });

async function failureOf(work: Promise<unknown>): Promise<GitHubError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof GitHubError) return error;
  throw new Error(`expected a GitHubError, got ${String(error)}`);
}

const create = (): Promise<unknown> => github().createComment(ISSUE, 'text');
const read = (): Promise<unknown> => github().listAppComments(ISSUE, 1);

describe('answers of GitHub', () => {
  it.each([
    [401, 'Bad credentials', 'unauthorized', false],
    [403, 'Unable to create comment because issue is locked.', 'locked', false],
    [403, 'This installation has been suspended', 'suspended', false],
    [403, 'Resource not accessible by integration', 'forbidden', false],
    [404, 'Not Found', 'not-found', false],
    [410, 'This issue was deleted', 'gone', false],
    [422, 'Validation Failed', 'invalid', false],
    [400, 'Problems parsing JSON', 'invalid', false],
    [429, 'Too many requests', 'rate-limited', true],
    [403, 'You have exceeded a secondary rate limit and have been temporarily blocked', 'rate-limited', true],
  ] as const)('%i "%s" on a create is %s', async (status, message, failure, retryable) => {
    const scope = nock(API).post(COMMENTS).reply(status, { message });
    const error = await failureOf(create());
    expect(error).toMatchObject({ failure, status, retryable });
    expect(error.message).toContain(message);
    expect(error.remedy).not.toBe('');
    expect(scope.isDone()).toBe(true);
  });

  it.each([
    ['ghp_x', 404, 'the token in GITHUB_TOKEN may read'],
    ['ghp_x', 401, 'Check the token in GITHUB_TOKEN.'],
    [null, 404, 'a private repository needs a token in GITHUB_TOKEN'],
    [null, 429, 'Set GITHUB_TOKEN'],
    [null, 502, 'Run it again'],
  ])('tells a person with token %s after a %i: %s', async (token, status, advice) => {
    nock(API).get('/repos/acme/shop/issues/7').reply(status, { message: 'no' });
    const error = await failureOf(createTokenGitHub({ token, baseUrl: API }).readThread(ISSUE));
    expect(error).toMatchObject({ status, remedy: expect.stringContaining(advice) });
  });

  it.each([500, 502, 503, 408])(
    '%i leaves the outcome of a create open, and only of a create',
    async (status) => {
      nock(API).post(COMMENTS).reply(status, 'oops').get(COMMENTS).query(true).reply(status, 'oops');
      expect(await failureOf(create())).toMatchObject({ failure: 'ambiguous', status });
      expect(await failureOf(read())).toMatchObject({ failure: 'unavailable', status });
    },
  );

  it('sends a create once, whatever GitHub answers', async () => {
    let sent = 0;
    nock(API)
      .post(COMMENTS)
      .times(5)
      .reply(() => {
        sent += 1;
        return [500, 'oops'];
      });
    await failureOf(create());
    expect(sent).toBe(1);
  });

  it('does not put our own spacing between creates', async () => {
    nock(API)
      .post(COMMENTS)
      .times(3)
      .reply(201, { id: 1, html_url: 'u', body: 'text', created_at: '2026-01-01T00:00:00Z' });
    const one = github();
    const all = Promise.all([1, 2, 3].map(() => one.createComment(ISSUE, 'text')));
    // The throttling plugin would take 3 s for the second and 6 s for the third.
    await expect(Promise.race([all, new Promise((r) => setTimeout(r, 2_900, 'late'))])).resolves.toHaveLength(
      3,
    );
  });
});

describe('waits', () => {
  const soon = () => Math.floor(Date.now() / 1000) + 90;

  it.each([
    ['retry-after', () => ({ 'retry-after': '17' }), 17, 17],
    [
      'the reset of a used-up quota',
      () => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(soon()) }),
      80,
      91,
    ],
    ['a reset that has passed', () => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1000' }), 1, 1],
    ['nothing', () => ({ 'x-ratelimit-remaining': '4000', 'x-ratelimit-reset': String(soon()) }), 60, 60],
  ] as const)('are taken from %s', async (_name, headers, least, most) => {
    nock(API).post(COMMENTS).reply(429, { message: 'slow down' }, headers());
    const error = await failureOf(create());
    expect(error.failure).toBe('rate-limited');
    expect(error.retryAfterSeconds).toBeGreaterThanOrEqual(least);
    expect(error.retryAfterSeconds).toBeLessThanOrEqual(most);
  });

  it('tells a used-up quota from a missing permission', async () => {
    nock(API)
      .post(COMMENTS)
      .reply(
        403,
        { message: 'API limit' },
        { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(soon()) },
      );
    expect((await failureOf(create())).failure).toBe('rate-limited');
    nock(API).post(COMMENTS).reply(403, { message: 'No' }, { 'x-ratelimit-remaining': '12' });
    expect(await failureOf(create())).toMatchObject({ failure: 'forbidden', retryAfterSeconds: null });
  });
});

describe('silence', () => {
  it('a broken connection leaves a create open', async () => {
    nock(API)
      .post(COMMENTS)
      .replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
      .get(COMMENTS)
      .query(true)
      .replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
    expect(await failureOf(create())).toMatchObject({ failure: 'ambiguous', status: null });
    expect(await failureOf(read())).toMatchObject({ failure: 'unavailable', status: null });
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND'])('%s proves that a create never left', async (code) => {
    nock(API)
      .post(COMMENTS)
      .replyWithError(Object.assign(new Error('no'), { code }));
    expect((await failureOf(create())).failure).toBe('unavailable');
  });

  it('an answer that breaks off is no answer', async () => {
    const broken = { 'content-type': 'application/json' };
    nock(API)
      .post(COMMENTS)
      .reply(201, '{"id": 12, "bo', broken)
      .get(COMMENTS)
      .query(true)
      .reply(200, '[{', broken);
    expect((await failureOf(create())).failure).toBe('ambiguous');
    expect((await failureOf(read())).failure).toBe('unavailable');
  });

  it('an answer to a create that is no comment leaves it open', async () => {
    nock(API).post(COMMENTS).reply(200, []);
    expect((await failureOf(create())).failure).toBe('ambiguous');
  });
});

describe('GraphQL', () => {
  it.each([
    ['RATE_LIMITED', 'rate-limited'],
    ['NOT_FOUND', 'not-found'],
    ['FORBIDDEN', 'forbidden'],
    ['SOMETHING_NEW', 'unavailable'],
  ])('an error of type %s with status 200 is %s', async (type, failure) => {
    nock(API)
      .get('/repos/acme/shop/issues/7')
      .reply(200, { number: 7, repository_url: `${API}/repos/acme/shop`, title: 't', labels: [] })
      .get(COMMENTS)
      .query(true)
      .reply(200, [])
      .post('/graphql')
      .reply(200, { errors: [{ type, message: 'no luck' }] });
    const error = await failureOf(github().readThread(ISSUE));
    expect(error.failure).toBe(failure);
    expect(error.message).toContain('no luck');
  });
});
