import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { HANDLED_EVENTS } from '../../../src/pipeline/webhook/events.ts';
import { parseDelivery } from '../../../src/pipeline/webhook/parse.ts';

const SENDER = { id: 5, login: 'ann', type: 'User' };
const REPOSITORY = { id: 10, name: 'shop', full_name: 'acme/shop', private: false };
const ISSUE = {
  id: 20,
  number: 7,
  title: 'It fails',
  user: { id: 6, login: 'bob', type: 'User' },
  state: 'open',
  locked: false,
};
const COMMENT = {
  id: 30,
  html_url: 'https://github.test/acme/shop/issues/7#issuecomment-30',
  body: 'new text',
  user: SENDER,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T01:00:00Z',
  performed_via_github_app: null,
};
const LOCATED = { sender: SENDER, installation: { id: 77 }, repository: REPOSITORY };
const ACCOUNT = { id: 4, login: 'acme', type: 'Organization' };

const comment = (more: object = {}) =>
  parseDelivery({
    event: 'issue_comment',
    payload: { action: 'created', issue: ISSUE, comment: COMMENT, ...LOCATED, ...more },
  });
const issues = (more: object) =>
  parseDelivery({ event: 'issues', payload: { issue: ISSUE, ...LOCATED, ...more } });

describe('comments', () => {
  it('become our own event', () => {
    expect(comment()).toEqual({
      kind: 'comment',
      action: 'created',
      installationId: 77,
      sender: { id: 5, login: 'ann', isBot: false },
      repository: { id: 10, owner: 'acme', name: 'shop', isPrivate: false },
      issue: {
        id: 20,
        number: 7,
        title: 'It fails',
        authorLogin: 'bob',
        state: 'open',
        locked: false,
        isPullRequest: false,
        updatedAt: null,
      },
      comment: {
        id: 30,
        url: COMMENT.html_url,
        body: 'new text',
        author: { id: 5, login: 'ann', isBot: false },
        createdAt: COMMENT.created_at,
        updatedAt: COMMENT.updated_at,
        appId: null,
      },
      previousBody: null,
    });
  });

  it('tell bots, Apps, ghosts and pull requests', () => {
    const event = comment({
      sender: { id: 8, login: 'helper[bot]', type: 'Bot' },
      issue: { ...ISSUE, user: null, pull_request: { url: 'x' } },
      comment: { ...COMMENT, body: null, user: null, performed_via_github_app: { id: 44, slug: 'helper' } },
    });
    expect(event).toMatchObject({
      sender: { isBot: true },
      issue: { authorLogin: null, isPullRequest: true },
      comment: { author: { id: null, login: 'ghost', isBot: false }, body: '', appId: 44 },
    });
  });

  it('hold what an edit replaced', () => {
    expect(comment({ action: 'edited', changes: { body: { from: 'old text' } } })).toMatchObject({
      action: 'edited',
      previousBody: 'old text',
      comment: { body: 'new text' },
    });
    expect(comment({ action: 'edited', changes: {} })).toMatchObject({ previousBody: null });
  });
});

describe('issues', () => {
  it.each(['opened', 'edited', 'closed', 'reopened', 'locked', 'unlocked', 'deleted'])('%s', (action) => {
    expect(issues({ action })).toMatchObject({ kind: 'issue', action, issue: { id: 20 }, movedTo: null });
  });

  it('transferred, with where they live on', () => {
    const event = issues({
      action: 'transferred',
      changes: {
        new_issue: { ...ISSUE, id: 21, number: 3 },
        new_repository: { ...REPOSITORY, id: 11, name: 'desk', full_name: 'globex/desk', private: true },
      },
    });
    expect(event).toMatchObject({
      action: 'transferred',
      issue: { id: 20, number: 7 },
      movedTo: {
        issue: { id: 21, number: 3 },
        repository: { id: 11, owner: 'globex', name: 'desk', isPrivate: true },
      },
    });
  });
});

describe('installations and repositories', () => {
  it.each(['created', 'deleted', 'suspend', 'unsuspend', 'new_permissions_accepted'])(
    'installation %s',
    (action) => {
      const payload = {
        action,
        sender: SENDER,
        installation: { id: 77, account: ACCOUNT },
        repositories: [REPOSITORY],
      };
      expect(parseDelivery({ event: 'installation', payload })).toEqual({
        kind: 'installation',
        action,
        installationId: 77,
        sender: { id: 5, login: 'ann', isBot: false },
        account: { id: 4, login: 'acme' },
        repositories: [{ id: 10, owner: 'acme', name: 'shop', isPrivate: false }],
      });
    },
  );

  it('repositories that were added and removed', () => {
    const payload = {
      action: 'removed',
      sender: SENDER,
      installation: { id: 77, account: ACCOUNT },
      repositories_added: [],
      repositories_removed: [REPOSITORY],
    };
    expect(parseDelivery({ event: 'installation_repositories', payload })).toMatchObject({
      kind: 'installation-repositories',
      added: [],
      removedIds: [10],
    });
  });

  it.each(['renamed', 'transferred', 'privatized', 'publicized', 'deleted'])('repository %s', (action) => {
    expect(parseDelivery({ event: 'repository', payload: { action, ...LOCATED } })).toMatchObject({
      kind: 'repository',
      action,
      repository: { id: 10, owner: 'acme' },
    });
  });
});

describe('deliveries of no use', () => {
  it.each(['push', 'constructor', '__proto__', ''])('the event "%s" is ignored', (event) => {
    expect(parseDelivery({ event, payload: {} })).toMatchObject({ kind: 'ignored' });
  });

  it.each(HANDLED_EVENTS)('%s with nonsense is ignored with the reason', (event) => {
    for (const payload of [null, undefined, 7, 'text', [], {}, { action: 'created' }]) {
      expect(parseDelivery({ event, payload })).toEqual({
        kind: 'ignored',
        reason: expect.stringMatching(/\w/),
      });
    }
  });

  it.each([
    ['an action that is not used', { action: 'pinned' }, 'action'],
    ['no installation', { installation: undefined }, 'installation'],
    ['an id that is no whole number', { comment: { ...COMMENT, id: 1.5 } }, 'comment.id'],
    ['an id beyond what numbers hold', { comment: { ...COMMENT, id: 2 ** 60 } }, 'comment.id'],
    ['a time that is none', { comment: { ...COMMENT, created_at: 'soon' } }, 'comment.created_at'],
    ['a body that is no text', { comment: { ...COMMENT, body: { $: 1 } } }, 'comment.body'],
  ])('a comment with %s is ignored and says where', (_name, more, where) => {
    expect(comment(more)).toMatchObject({ kind: 'ignored', reason: expect.stringContaining(where) });
  });
});

interface Examples {
  readonly name: string;
  readonly examples: readonly { action?: string; installation?: unknown }[];
}

/** GitHub's own example payloads, gathered by Octokit. */
describe('GitHub’s examples', () => {
  const path = createRequire(import.meta.url).resolve('@octokit/webhooks-examples/api.github.com/index.json');
  const all = JSON.parse(readFileSync(path, 'utf8')) as readonly Examples[];

  it.each(HANDLED_EVENTS)('of %s are read, or ignored for an action that is not used', (event) => {
    const examples = all.find(({ name }) => name === event)?.examples ?? [];
    expect(examples.length).toBeGreaterThan(0);
    const readActions = examples.flatMap((example) => {
      // Webhooks of a repository name no installation; those of an App always do.
      const payload = { installation: { id: 77 }, ...example };
      const parsed = parseDelivery({ event, payload });
      if (parsed.kind !== 'ignored') return example.action ?? [];
      expect(parsed.reason).toMatch(/^action: |^pull_request\.merged: /);
      return [];
    });
    expect([...new Set(readActions)].toSorted()).toMatchSnapshot();
  });
});
