import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTokenGitHub } from '../../../src/adapters/github/token.ts';
import type { GitHub } from '../../../src/ports.ts';
import { type FakeGitHub, startFakeGitHub } from '../../../src/sandbox/github/index.ts';

let fake: FakeGitHub;
let github: GitHub;
let now = Date.parse('2026-01-01T00:00:00Z');

beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  fake = await startFakeGitHub({ now: () => now });
  fake.addRepository({ owner: 'acme', name: 'shop', collaborators: { mia: 'maintain' } });
  github = createTokenGitHub({ token: fake.tokenFor('acme'), baseUrl: fake.url });
});
afterEach(() => fake.close());

const minute = (): void => {
  now += 60_000;
};

describe('readPastIssue', () => {
  it('knows every text, who is what, and what happened', async () => {
    const issue = fake.as('rob').openIssue('acme/shop', { title: 'Old title', body: 'First body' });
    minute();
    const comment = fake.as('ann').comment(issue, 'one');
    minute();
    fake.as('ann').editComment(comment, 'two');
    fake.as('rob').editIssue(issue, { title: 'New title', body: 'Second body' });
    const gone = fake.as('bob').comment(issue, 'gone');
    fake.as('bob').deleteComment(gone);
    minute();
    fake.as('mia').assign(issue, 'ann');
    const pull = fake.as('ann').openPull('acme/shop', { title: 'Fix', body: `For #${issue.number}` });
    fake.as('mia').merge(pull);
    fake.as('mia').closeIssue(issue);

    const past = await github.readPastIssue({ owner: 'acme', name: 'shop', number: issue.number });
    expect(past).toMatchObject({
      id: issue.id,
      title: 'New title',
      state: 'closed',
      isPrivate: false,
      requests: 1,
      edits: [{ body: 'First body' }, { body: 'Second body' }],
      comments: [
        { id: comment.id, body: 'two', association: 'NONE', edits: [{ body: 'one' }, { body: 'two' }] },
      ],
    });
    expect(past.timeline).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'renamed', previousTitle: 'Old title' }),
        expect.objectContaining({ kind: 'comment-deleted', login: 'bob' }),
        expect.objectContaining({
          kind: 'assigned',
          login: 'ann',
          actor: expect.objectContaining({ login: 'mia' }),
        }),
        expect.objectContaining({ kind: 'closed' }),
        expect.objectContaining({
          kind: 'linked-pull',
          pull: expect.objectContaining({
            number: pull.number,
            repository: 'acme/shop',
            mergedAt: expect.any(String),
            mergedBy: expect.objectContaining({ login: 'mia' }),
          }),
        }),
      ]),
    );
  });

  it('takes a request more for every further hundred comments', async () => {
    const issue = fake.as('rob').openIssue('acme/shop', { title: 'Long' });
    for (let n = 0; n < 150; n += 1) fake.as('ann').comment(issue, `comment ${n}`);
    const past = await github.readPastIssue({ owner: 'acme', name: 'shop', number: issue.number });
    expect(past.comments).toHaveLength(150);
    expect(past.requests).toBe(2);
    expect(past.rate?.remaining).toBeGreaterThan(0);
  });
});

it('lists closed issues, the longest untouched first, without pull requests', async () => {
  for (const title of ['a', 'b', 'c']) {
    const issue = fake.as('rob').openIssue('acme/shop', { title });
    minute();
    if (title !== 'b') fake.as('mia').closeIssue(issue);
  }
  fake.as('mia').merge(fake.as('ann').openPull('acme/shop', { title: 'A change' }));
  const ref = { owner: 'acme', name: 'shop' };
  const page = await github.listClosedIssues(ref, { since: null, cursor: null });
  expect(page).toMatchObject({ total: 2, next: null, issues: [{ number: 1 }, { number: 3 }] });
  const later = await github.listClosedIssues(ref, { since: '2026-01-01T00:02:30Z', cursor: null });
  expect(later.issues.map(({ number }) => number)).toEqual([3]);
});

it('reads which files a pull request changes, and knows no such thing of an issue', async () => {
  const files = [
    { path: 'src/a.ts', patch: '@@ -1 +1 @@\n-one\n+two' },
    { path: 'logo.png', previousPath: 'old.png' },
  ];
  const pull = fake.as('ann').openPull('acme/shop', { title: 'A change', files });
  const ref = { owner: 'acme', name: 'shop', number: pull.number };
  expect(await github.readPullFiles(ref)).toEqual([
    { path: 'src/a.ts', previousPath: null, patch: '@@ -1 +1 @@\n-one\n+two' },
    { path: 'logo.png', previousPath: 'old.png', patch: null },
  ]);
  const issue = fake.as('rob').openIssue('acme/shop', { title: 'x' });
  await expect(github.readPullFiles({ ...ref, number: issue.number })).rejects.toMatchObject({
    failure: 'not-found',
  });
});

it('reads who reacted to a comment', async () => {
  const issue = fake.as('rob').openIssue('acme/shop', { title: 'x' });
  const comment = fake.as('ann').comment(issue, 'y');
  fake.as('mia').react(comment, '+1');
  expect(await github.commentReactions({ owner: 'acme', name: 'shop' }, comment.id)).toMatchObject([
    { content: '+1', author: { login: 'mia' } },
  ]);
});

describe('where GitHub keeps edits back', () => {
  it('everything else of the past is read all the same', async () => {
    const issue = fake.as('rob').openIssue('acme/shop', { title: 'It fails' });
    const comment = fake.as('ann').comment(issue, 'one');
    fake.as('ann').editComment(comment, 'two');
    fake.state.refusesEdits = true;
    const past = await github.readPastIssue({ owner: 'acme', name: 'shop', number: issue.number });
    expect(past.comments).toMatchObject([{ body: 'two', edits: [] }]);
    expect(past.edits).toEqual([]);
  });

  it('past texts are unknown; a comment that is gone hides no other one', async () => {
    const issue = fake.as('rob').openIssue('acme/shop', { title: 'It fails' });
    const comment = fake.as('ann').comment(issue, 'one');
    fake.as('ann').editComment(comment, 'two');
    const thread = await github.readThread({ owner: 'acme', name: 'shop', number: issue.number });
    const ids = thread.comments.flatMap(({ nodeId }) => nodeId ?? []);
    expect(await github.readPastTexts(ids)).toEqual(
      new Map([
        [comment.id, [expect.objectContaining({ body: 'one' }), expect.objectContaining({ body: 'two' })]],
      ]),
    );
    fake.state.refusesEdits = true;
    expect(await github.readPastTexts(ids)).toBeNull();
    fake.state.refusesEdits = false;
    const gone = fake.as('bob').comment(issue, 'gone');
    const { comments } = await github.readThread({ owner: 'acme', name: 'shop', number: issue.number });
    fake.as('bob').deleteComment(gone);
    const found = await github.readPastTexts(comments.flatMap(({ nodeId }) => nodeId ?? []));
    expect([...(found?.keys() ?? [])]).toEqual([comment.id]);
  });

  it('past texts of any number of comments are read', async () => {
    const issue = fake.as('rob').openIssue('acme/shop', { title: 'It fails' });
    const comments = Array.from({ length: 101 }, (_, n) => fake.as('ann').comment(issue, `one ${n}`));
    for (const one of comments) fake.as('ann').editComment(one, 'two');
    const thread = await github.readThread({ owner: 'acme', name: 'shop', number: issue.number });
    const texts = await github.readPastTexts(thread.comments.flatMap(({ nodeId }) => nodeId ?? []));
    expect([...(texts?.values() ?? [])].map((edits) => edits[0]?.body)).toEqual(
      comments.map((_, n) => `one ${n}`),
    );
  });
});
