import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure, startWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.fake.close());

describe('comments', () => {
  it('are created, read, edited and deleted by the App', async () => {
    const { octokit, at, fake } = world;
    const { data: made, status } = await octokit.rest.issues.createComment({ ...at, body: 'Hello' });
    expect(status).toBe(201);
    expect(made.user?.login).toBe('swe-manager[bot]');
    expect(made.performed_via_github_app?.id).toBe(fake.app.id);
    const one = { owner: 'acme', repo: 'shop', comment_id: Number(made.id) };
    await octokit.rest.issues.updateComment({ ...one, body: 'Hello again' });
    expect((await octokit.rest.issues.getComment(one)).data.body).toBe('Hello again');
    expect((await octokit.rest.issues.deleteComment(one)).status).toBe(204);
    expect((await failure(octokit.rest.issues.getComment(one))).status).toBe(404);
    expect((await failure(octokit.rest.issues.updateComment({ ...one, body: 'x' }))).status).toBe(404);
    expect(world.issue.comments).toEqual([]);
  });

  it('are found only in their own repository', async () => {
    const { octokit, fake, issue } = world;
    fake.addRepository({ owner: 'acme', name: 'till', installationId: 77 });
    const comment = fake.as('carol').comment(issue, 'here');
    const elsewhere = { owner: 'acme', repo: 'till', comment_id: comment.id };
    expect((await failure(octokit.rest.issues.getComment(elsewhere))).status).toBe(404);
    expect((await failure(octokit.rest.issues.deleteComment(elsewhere))).status).toBe(404);
    expect(issue.comments).toEqual([comment]);
  });

  it('come in pages, in ascending order of their ids', async () => {
    const { octokit, at, fake, issue } = world;
    for (let n = 1; n <= 230; n += 1) fake.as('carol').comment(issue, `comment ${n}`);
    const all = await octokit.paginate(octokit.rest.issues.listComments, { ...at, per_page: 100 });
    expect(all.map((one) => one.body)).toEqual(Array.from({ length: 230 }, (_, n) => `comment ${n + 1}`));
    const page = await octokit.rest.issues.listComments({ ...at, per_page: 100, page: 2 });
    expect(page.data).toHaveLength(100);
    expect(page.headers.link).toMatch(/page=1>; rel="prev".*page=3>; rel="next".*page=3>; rel="last"/);
    const last = await octokit.rest.issues.listComments({ ...at, per_page: 100, page: 3 });
    expect(last.data).toHaveLength(30);
    expect(last.headers.link).not.toContain('rel="next"');
    expect((await octokit.rest.issues.listComments(at)).data).toHaveLength(30);
    expect((await octokit.rest.issues.listComments({ ...at, per_page: 1000 })).data).toHaveLength(100);
  });

  it('can be asked for since a time of update', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const later = await startWorld({ now: () => now });
    const first = later.fake.as('carol').comment(later.issue, 'one');
    now += 60_000;
    later.fake.as('carol').comment(later.issue, 'two');
    now += 60_000;
    later.fake.as('carol').editComment(first, 'one, edited');
    const since = (time: string) => later.octokit.rest.issues.listComments({ ...later.at, since: time });
    expect((await since('2026-01-01T00:01:30Z')).data.map((one) => one.body)).toEqual(['one, edited']);
    expect((await since('2026-01-01T00:01:00Z')).data).toHaveLength(2);
    await later.fake.close();
  });

  it('may have 65,536 characters and no more', async () => {
    const { octokit, at } = world;
    const post = (body: string) => octokit.rest.issues.createComment({ ...at, body });
    expect((await post('é'.repeat(65_536))).status).toBe(201);
    expect(await failure(post('é'.repeat(65_537)))).toMatchObject({
      status: 422,
      message: expect.stringContaining('Body is too long'),
    });
    expect((await failure(post('  '))).status).toBe(422);
  });

  it('cannot be posted on a locked issue, in the words of GitHub', async () => {
    const { octokit, at, fake, issue } = world;
    fake.as('wes').lock(issue);
    const refused = await failure(octokit.rest.issues.createComment({ ...at, body: 'Hello' }));
    expect(refused.status).toBe(403);
    expect(refused.message).toContain('Unable to create comment because issue is locked.');
    fake.as('wes').unlock(issue);
    expect((await octokit.rest.issues.createComment({ ...at, body: 'Hello' })).status).toBe(201);
  });
});

describe('issues', () => {
  it('answer 410 when deleted', async () => {
    const { octokit, at, fake, issue } = world;
    const comment = fake.as('carol').comment(issue, 'soon gone');
    fake.as('ada').deleteIssue(issue);
    expect((await failure(octokit.rest.issues.get(at))).status).toBe(410);
    expect((await failure(octokit.rest.issues.createComment({ ...at, body: 'x' }))).status).toBe(410);
    const one = { owner: 'acme', repo: 'shop', comment_id: comment.id };
    expect((await failure(octokit.rest.issues.getComment(one))).status).toBe(404);
  });

  it('redirect to where they were transferred, with another id', async () => {
    const { octokit, at, fake, issue } = world;
    fake.addRepository({ owner: 'acme', name: 'till', installationId: 77, collaborators: { wes: 'write' } });
    const comment = fake.as('carol').comment(issue, 'comes along');
    const moved = fake.as('wes').transfer(issue, 'acme/till');
    const { data } = await octokit.rest.issues.get(at);
    expect(data.html_url).toBe('https://github.com/acme/till/issues/1');
    expect(data.id).not.toBe(issue.id);
    const { data: comments } = await octokit.rest.issues.listComments(at);
    expect(comments.map((one) => one.body)).toEqual(['comes along']);
    expect(moved.comments[0]?.id).not.toBe(comment.id);
  });

  it('are listed, labelled, assigned and closed', async () => {
    const { octokit, at, fake, issue } = world;
    fake.as('tom').label(issue, 'Help Wanted');
    fake.as('tom').assign(issue, 'carol');
    fake.as('tom').closeIssue(issue, 'not_planned');
    const { data } = await octokit.rest.issues.get(at);
    expect(data).toMatchObject({
      state: 'closed',
      state_reason: 'not_planned',
      labels: [{ name: 'Help Wanted' }],
      assignees: [{ login: 'carol' }],
    });
    const { data: open } = await octokit.rest.issues.listForRepo({ owner: 'acme', repo: 'shop' });
    expect(open).toEqual([]);
    await octokit.rest.issues.update({ ...at, state: 'open' });
    expect(issue.state).toBe('open');
  });
});

describe('reactions', () => {
  it('are given once per user and content', async () => {
    const { octokit, fake, issue } = world;
    const comment = fake.as('carol').comment(issue, '/manager choose');
    fake.as('tom').react(comment, 'eyes');
    const where = { owner: 'acme', repo: 'shop', comment_id: comment.id };
    const first = await octokit.rest.reactions.createForIssueComment({ ...where, content: 'eyes' });
    const second = await octokit.rest.reactions.createForIssueComment({ ...where, content: 'eyes' });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.data.id).toBe(first.data.id);
    const { data } = await octokit.rest.reactions.listForIssueComment({ ...where, content: 'eyes' });
    expect(data.map((one) => one.user?.login)).toEqual(['tom', 'swe-manager[bot]']);
    const [others] = data;
    const remove = (reaction_id: number) =>
      octokit.rest.reactions.deleteForIssueComment({ ...where, reaction_id });
    expect((await failure(remove(others?.id ?? 0))).status).toBe(403);
    expect((await remove(first.data.id)).status).toBe(204);
    expect((await failure(remove(first.data.id))).status).toBe(404);
    expect((await octokit.rest.issues.getComment(where)).data.reactions).toMatchObject({
      eyes: 1,
      total_count: 1,
    });
  });

  it('can be put on the issue itself', async () => {
    const { octokit, at, issue } = world;
    expect((await octokit.rest.reactions.createForIssue({ ...at, content: 'rocket' })).status).toBe(201);
    expect(issue.reactions.map((one) => one.content)).toEqual(['rocket']);
    const wrong = octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/reactions', {
      ...at,
      content: 'banana' as 'eyes',
    });
    expect((await failure(wrong)).status).toBe(422);
  });
});
