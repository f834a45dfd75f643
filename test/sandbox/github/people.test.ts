import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.fake.close());

describe('people', () => {
  it('may do only what their role allows', () => {
    const { fake, issue } = world;
    const comment = fake.as('carol').comment(issue, '- [ ] Accept');
    const forbidden: (() => unknown)[] = [
      () => fake.as('tom').tick(comment, 'accept'),
      () => fake.as('rob').closeIssue(issue),
      () => fake.as('tom').lock(issue),
      () => fake.as('wes').deleteIssue(issue),
      () => fake.as('tom').minimize(comment),
      () => fake.as('rob').assign(issue, 'rob'),
      () => fake.as('wes').renameRepository('acme/shop', 'store'),
    ];
    for (const act of forbidden) expect(act).toThrow(InputError);
    expect(comment.body).toBe('- [ ] Accept');
    fake.as('carol').editComment(comment, 'my own');
    fake.as('reporter').closeIssue(issue);
    expect([comment.body, issue.state]).toEqual(['my own', 'closed']);
  });

  it('cannot comment on a locked issue unless they may write', () => {
    const { fake, issue } = world;
    fake.as('wes').lock(issue);
    expect(() => fake.as('tom').comment(issue, 'x')).toThrow(InputError);
    fake.as('wes').comment(issue, 'y');
    expect(issue.comments.map((one) => one.body)).toEqual(['y']);
  });

  it('are told when a box is not there', () => {
    const comment = world.fake.as('carol').comment(world.issue, '- [x] Accept\ntext [ ] accept');
    expect(() => world.fake.as('carol').tick(comment, 'accept')).toThrow(/no box/);
    world.fake.as('carol').untick(comment, 'accept');
    expect(comment.body).toBe('- [ ] Accept\ntext [ ] accept');
  });
});

describe('a saved thread', () => {
  const saved = {
    repository: 'globex/reactor',
    issue: { number: 321, title: 'It melts', body: 'Too hot.' },
    comments: [
      {
        id: 1_500_000_009,
        html_url: 'https://example.org',
        user: { login: 'lee' },
        body: '## Proposal\nCool it.',
      },
      { id: 1_500_000_001, user: null, body: '## Proposal\nTurn it off.' },
    ],
  };

  it('is spread over the minutes before now when it was saved without times', () => {
    const { comments, createdAt } = world.fake.loadThread(saved);
    const [second, first] = comments.map((one) => Date.parse(one.createdAt));
    expect((second ?? 0) - (first ?? 0)).toBe(60_000);
    expect(Date.parse(createdAt)).toBeLessThan(first ?? 0);
    expect(() => world.fake.loadThread({ ...saved, repository: 'globex/other' })).toThrow(InputError);
  });

  it('keeps the ids, and later comments come after it', async () => {
    const { fake, app } = world;
    const issue = fake.loadThread(saved);
    const later = fake.as('ada').comment(issue, '/manager choose');
    expect(later.id).toBeGreaterThan(1_500_000_009);
    const repository = issue.repository;
    const octokit = await app.getInstallationOctokit(repository.installationId ?? 0);
    const { data } = await octokit.rest.issues.listComments({
      owner: 'globex',
      repo: 'reactor',
      issue_number: 321,
    });
    expect(data.map((one) => [one.id, one.user?.login])).toEqual([
      [1_500_000_001, 'ghost'],
      [1_500_000_009, 'lee'],
      [later.id, 'ada'],
    ]);
    expect(fake.addIssue('globex/reactor', { title: 'next' }).number).toBe(322);
  });
});

describe('render', () => {
  it('shows the issue as a reader sees it', async () => {
    const { fake, issue, octokit, at } = world;
    const asked = fake.as('tom').comment(issue, '/manager choose');
    fake.as('ada').react(asked, 'eyes');
    fake.as('tom').react(asked, 'eyes');
    const noise = fake.as('carol').comment(issue, 'noise');
    fake.as('wes').minimize(noise, 'spam');
    await octokit.rest.issues.createComment({ ...at, body: 'Chosen: 2\n<!-- marker -->' });
    fake.as('wes').label(issue, 'bug');
    const text = fake
      .render('acme/shop#1')
      .replace(/#\d{7,}/g, '#ID')
      .replace(/─+/g, '──');
    expect(text).toMatchInlineSnapshot(`
      "Cart total is wrong  acme/shop#1  (open, bug)
      ──
      reporter opened this

      It adds up badly.
      ──
      tom commented  #ID

      /manager choose

      👀 2
      ──
      carol commented (hidden as spam)  #ID

      …
      ──
      swe-manager[bot] commented (app)  #ID

      Chosen: 2
      ──"
    `);
  });
});
