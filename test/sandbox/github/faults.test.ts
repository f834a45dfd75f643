import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure, startWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await world.octokit.rest.issues.get(world.at);
});
afterEach(() => world.fake.close());

const POST_COMMENT = { method: 'POST', path: /\/comments$/ };
const post = (body = 'Hello', signal?: AbortSignal) =>
  world.octokit.rest.issues.createComment({
    ...world.at,
    body,
    ...(signal === undefined ? {} : { request: { signal } }),
  });
const bodies = () => world.issue.comments.map((one) => one.body);

describe('a fault', () => {
  it('refuses with a status, a body and retry-after', async () => {
    const fault = {
      kind: 'status',
      status: 403,
      body: { message: 'Slow down' },
      retryAfterSeconds: 7,
    } as const;
    world.fake.failAt(POST_COMMENT, fault);
    expect(await failure(post())).toMatchObject({
      status: 403,
      message: expect.stringContaining('Slow down'),
      headers: { 'retry-after': '7' },
    });
    expect(bodies()).toEqual([]);
    expect((await post()).status).toBe(201);
  });

  it('applies the request and answers 500', async () => {
    world.fake.failAt(POST_COMMENT, { kind: 'applied-then-status' });
    expect((await failure(post())).status).toBe(500);
    expect(bodies()).toEqual(['Hello']);
  });

  it('applies the request and breaks the connection', async () => {
    world.fake.failAt(POST_COMMENT, { kind: 'applied-then-destroyed' });
    const lost = await failure(post());
    expect(lost.headers).toEqual({});
    expect(bodies()).toEqual(['Hello']);
    expect(world.fake.state.audit.entries.at(-1)).toMatchObject({
      status: null,
      fault: 'applied-then-destroyed',
    });
  });

  it('breaks the connection before anything is done', async () => {
    world.fake.failAt(POST_COMMENT, { kind: 'destroyed' });
    await failure(post());
    expect(bodies()).toEqual([]);
  });

  it.each([
    [false, []],
    [true, ['Hello']],
  ])('hangs (applied: %s)', async (applied, expected) => {
    world.fake.failAt(POST_COMMENT, { kind: 'hang', applied });
    await expect(post('Hello', AbortSignal.timeout(150))).rejects.toThrow();
    expect(bodies()).toEqual(expected);
  });

  it('answers late', async () => {
    world.fake.failAt(POST_COMMENT, { kind: 'slow', ms: 400 });
    await expect(post('late', AbortSignal.timeout(100))).rejects.toThrow();
    expect(bodies()).toEqual(['late']);
  });

  it('hides the newest comments from a list, in REST and in GraphQL', async () => {
    for (const body of ['one', 'two', 'three']) world.fake.as('carol').comment(world.issue, body);
    world.fake.failAt({ method: 'GET', path: /\/comments$/ }, { kind: 'stale-list', missing: 2 });
    world.fake.failAt({ path: '/graphql' }, { kind: 'stale-list', missing: 1 });
    const list = async () => (await world.octokit.rest.issues.listComments(world.at)).data.length;
    expect([await list(), await list()]).toEqual([1, 3]);
    const { repository } = await world.octokit.graphql<{
      repository: { issue: { comments: { totalCount: number } } };
    }>(
      '{ repository(owner: "acme", name: "shop") { issue(number: 1) { comments(first: 9) { totalCount } } } }',
    );
    expect(repository.issue.comments.totalCount).toBe(2);
  });

  it('breaks the JSON off', async () => {
    world.fake.failAt({ method: 'GET' }, { kind: 'malformed-json' });
    const token = [...world.fake.state.tokens.keys()][0];
    const response = await fetch(`${world.fake.url}/repos/acme/shop`, {
      headers: { authorization: `token ${token}` },
    });
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow(SyntaxError);
  });
});

describe('the place of a fault', () => {
  it('is the nth matching request, and as many after it as asked', async () => {
    world.fake.failAt({ ...POST_COMMENT, nth: 2, times: 2 }, { kind: 'status', status: 502 });
    const statuses = [];
    for (const body of ['a', 'b', 'c', 'd'])
      statuses.push(
        await post(body).then(
          (reply) => reply.status,
          (error) => error.status,
        ),
      );
    expect(statuses).toEqual([201, 502, 502, 201]);
    expect(bodies()).toEqual(['a', 'd']);
  });

  it('is the request with a running number', async () => {
    const next = world.fake.state.audit.entries.length + 1;
    world.fake.failAt({ number: next + 1 }, { kind: 'status', status: 503 });
    expect((await post('a')).status).toBe(201);
    expect((await failure(post('b'))).status).toBe(503);
    expect((await post('c')).status).toBe(201);
    expect(world.fake.state.audit.entries[next]).toMatchObject({ number: next + 1, fault: 'status' });
  });

  it('is forgotten when faults are cleared', async () => {
    world.fake.failAt({ times: Number.POSITIVE_INFINITY }, { kind: 'status', status: 500 });
    await failure(post());
    await failure(post());
    world.fake.clearFaults();
    expect((await post()).status).toBe(201);
  });
});
