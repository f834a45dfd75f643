/** What maintainers do without telling us becomes signals and labels: the App over the fake GitHub. */
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildDataset } from '../../src/cli/dataset/build.ts';
import type { Comment, Issue } from '../../src/sandbox/github/index.ts';
import { mergedChanges, signals } from '../../src/schema/index.ts';
import { decisionStore, evidenceStore, labelStore, lookStore } from '../../src/store/index.ts';
import { exportVersion } from '../../src/tasks/dataset/export-version.ts';
import { traceRow } from '../../src/tasks/dataset/trace-row.ts';
import { lookAtIssue } from '../../src/tasks/look-at-issue.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld({
    repository: { files: { '.github/swe-manager.yml': 'reviewers: [rae]\n' } },
  });
});
afterEach(() => world.close());

const link = (issue: Issue, comment: Comment): string =>
  `https://github.com/acme/widgets/issues/${issue.number}#issuecomment-${comment.id}`;

/** An issue with proposals by ann (1) and bob (2). */
function discussed(): { issue: Issue; first: Comment; second: Comment } {
  const issue = world.newIssue();
  return { issue, first: world.propose(issue, 'ann'), second: world.propose(issue, 'bob') };
}

async function decided() {
  const thread = discussed();
  await world.command(thread.issue, 'mia', '/manager choose');
  return thread;
}

async function signalsOn(issue: Issue) {
  const { db } = world.app.ctx;
  const kinds = ['comment', 'assignment', 'merge', 'reverted', 'reopened'] as const;
  return (await Promise.all(kinds.map((kind) => evidenceStore.evidenceOfKind(db, issue.id, kind)))).flat();
}

async function labelOn(issue: Issue) {
  const { db } = world.app.ctx;
  const [snapshot] = await labelStore.snapshotIdsOf(db, issue.id);
  return snapshot ? labelStore.currentLabel(db, snapshot) : null;
}

describe('a reviewer’s comment', () => {
  it('counts with its author, role, rule and link, exposed once our choice stands', async () => {
    const { issue, second } = await decided();
    await world.command(issue, 'tim', `Let's go with ${link(issue, second)}, the root cause is right.`);
    expect(await signalsOn(issue)).toMatchObject([
      {
        source: 'comment',
        polarity: 'accept',
        proposalNumber: 2,
        targetCommentId: second.id,
        actorLogin: 'tim',
        actorRole: 'triage',
        rule: 'go-with',
        reasonClass: 'technical',
        exposed: true,
        evidenceUrl: expect.stringContaining('#issuecomment-'),
      },
    ]);
    expect(await labelOn(issue)).toMatchObject({ proposalNumber: 2, decidedBy: 'comment', exposed: true });
  });

  it('is unexposed when it came before our choice, and then so is the label', async () => {
    const { issue, first } = discussed();
    await world.command(issue, 'tim', `I prefer ${link(issue, first)}.`);
    await world.nextSecond();
    await world.command(issue, 'mia', '/manager choose');
    await world.command(issue, 'mia', '/manager override 1');
    expect(await labelOn(issue)).toMatchObject({ proposalNumber: 1, exposed: false, decidedBy: 'command' });
  });

  it('is exposed once a dry run told its choice, and unexposed before that', async () => {
    const { issue, first, second } = discussed();
    await world.command(issue, 'tim', `I prefer ${link(issue, first)}.`);
    await world.nextSecond();
    await world.command(issue, 'mia', '/manager choose --dry-run');
    await world.command(issue, 'wes', `Let's go with ${link(issue, second)}`);
    const exposures = (await signalsOn(issue)).map(({ actorLogin, exposed }) => [actorLogin, exposed]);
    expect(exposures).toEqual([
      ['tim', false],
      ['wes', true],
    ]);
    expect(await labelOn(issue)).toMatchObject({ proposalNumber: 2, exposed: true });
  });

  it('is exposed by a dry run also when it was heard before that was on record', async () => {
    const { issue, second } = discussed();
    await world.command(issue, 'mia', '/manager choose --dry-run');
    await world.command(issue, 'tim', `Let's go with ${link(issue, second)}`);
    await world.app.ctx.db
      .update(signals)
      .set({ exposed: false, createdAt: new Date(Date.now() + 3_600_000) });
    await world.command(issue, 'mia', '/manager choose --dry-run');
    expect(await signalsOn(issue)).toMatchObject([{ actorLogin: 'tim', exposed: true }]);
    expect(await labelOn(issue)).toMatchObject({ exposed: true });
  });

  it('counts for nothing from somebody without a say, and for something from a named reviewer', async () => {
    const { issue, first, second } = await decided();
    await world.command(issue, 'rob', `Let's go with ${link(issue, first)}`);
    expect(await signalsOn(issue)).toEqual([]);
    expect(await labelOn(issue)).toBeNull();
    await world.command(issue, 'rae', `Let's go with ${link(issue, second)}`);
    expect(await labelOn(issue)).toMatchObject({ proposalNumber: 2 });
  });

  it('is taken back by its deletion and changed by an edit, with the old label kept', async () => {
    const { issue, first, second } = await decided();
    const comment = await world.command(issue, 'tim', `Let's go with ${link(issue, first)}`);
    world.github.as('tim').editComment(comment, `Let's go with ${link(issue, second)}`);
    await world.settle(issue);
    expect(await labelOn(issue)).toMatchObject({ proposalNumber: 2 });
    world.github.as('tim').deleteComment(comment);
    await world.settle(issue);
    expect(await labelOn(issue)).toBeNull();
    const [snapshot] = await labelStore.snapshotIdsOf(world.app.ctx.db, issue.id);
    const history = await labelStore.labelHistory(world.app.ctx.db, snapshot ?? '');
    expect(history.map((label) => label.proposalNumber)).toEqual([1, 2]);
    expect(history.every((label) => label.supersededAt !== null)).toBe(true);
  });

  it('is flagged when it speaks for its author’s own proposal', async () => {
    const issue = world.newIssue();
    world.propose(issue, 'ann');
    world.propose(issue, 'tim');
    await world.command(issue, 'mia', '/manager choose');
    await world.command(issue, 'tim', "My proposal is the best one, let's go with it.");
    expect(await signalsOn(issue)).toMatchObject([{ proposalNumber: 2, ownProposal: true }]);
    expect(await labelOn(issue)).toMatchObject({ ownProposal: true });
  });

  it('says nothing in a quote', async () => {
    const { issue, first } = await decided();
    await world.command(issue, 'mia', `> Let's go with ${link(issue, first)}\n\nWhy?`);
    expect(await signalsOn(issue)).toEqual([]);
  });
});

describe('an assignment', () => {
  it('chooses the assignee’s proposal until it is taken back', async () => {
    const { issue } = await decided();
    world.github.as('mia').assign(issue, 'bob');
    await world.settle(issue);
    expect(await labelOn(issue)).toMatchObject({ proposalNumber: 2, decidedBy: 'assignment' });
    world.github.as('mia').unassign(issue, 'bob');
    await world.settle(issue);
    expect(await labelOn(issue)).toBeNull();
  });

  it('outranks a command, and marks the conflict', async () => {
    const { issue } = await decided();
    await world.command(issue, 'mia', '/manager override 1');
    world.github.as('mia').assign(issue, 'bob');
    await world.settle(issue);
    expect(await labelOn(issue)).toMatchObject({
      proposalNumber: 2,
      decidedBy: 'assignment',
      conflict: true,
    });
  });

  it('to somebody without a proposal says nothing', async () => {
    const { issue } = await decided();
    world.github.as('mia').assign(issue, 'wes');
    await world.settle(issue);
    expect(await signalsOn(issue)).toEqual([]);
  });
});

describe('a merged pull request', () => {
  async function merged(
    issue: Issue,
    author: string,
    body: string,
    title = 'A fix',
    files: readonly { path: string; patch: string }[] = [],
  ) {
    const pull = world.github.as(author).openPull('acme/widgets', { title, body, files });
    world.github.as('mia').merge(pull);
    await world.settle(issue);
    return pull;
  }

  it('names the proposal by its comment, without any closing keyword', async () => {
    const { issue, first } = await decided();
    await merged(issue, 'wes', `Fixed Issues: see below\nPROPOSAL: ${link(issue, first)}`);
    expect(await signalsOn(issue)).toMatchObject([
      { source: 'merge', rule: 'names-the-proposal', proposalNumber: 1, actorLogin: 'mia' },
    ]);
    expect(await labelOn(issue)).toMatchObject({ proposalNumber: 1, decidedBy: 'merge' });
  });

  it('is its author’s proposal where it only names the issue', async () => {
    const { issue } = await decided();
    await merged(issue, 'bob', `For #${issue.number}.`);
    expect(await signalsOn(issue)).toMatchObject([{ rule: 'by-the-author', proposalNumber: 2 }]);
  });

  const FILES = [{ path: 'src/menu/close.ts', patch: '@@ -1 +1 @@ function closeMenu() {\n+  onBlur();' }];
  const changesOn = (issue: Issue) =>
    world.app.ctx.db.select().from(mergedChanges).where(eq(mergedChanges.repositoryId, issue.repository.id));

  it('leaves the names of what it touched, and they are in the training rows', async () => {
    const { issue } = await decided();
    const pull = await merged(issue, 'bob', `For #${issue.number}.`, 'A fix', FILES);
    await expect
      .poll(() => changesOn(issue), { timeout: 10_000 })
      .toMatchObject([
        { pullNumber: pull.number, names: ['src/menu/close.ts', 'closeMenu', 'onBlur'], dueAt: null },
      ]);
    const { db } = world.app.ctx;
    const { version } = await buildDataset(db, { trainingConsent: true });
    const split = version.manifest.splits.train.rows > 0 ? 'train' : 'holdout';
    const selection = { format: 'grpo', split, targets: null, operatorConsent: true } as const;
    const { value } = await exportVersion(db, version, selection).next();
    const [row] = (value?.text ?? '').split('\n');
    expect(JSON.parse(row ?? '')).toMatchObject({
      changed_names: ['src/menu/close.ts', 'closeMenu', 'onBlur'],
    });
    const trace = await traceRow(db, version.id, JSON.parse(row ?? '').id);
    expect(trace?.changes).toEqual([
      { pullNumber: pull.number, names: ['src/menu/close.ts', 'closeMenu', 'onBlur'] },
    ]);
  });

  it('is asked for its files again when GitHub is away, and given up where they are not to be had', async () => {
    const { issue } = await decided();
    world.github.failAt({ path: /\/files$/ }, { kind: 'status', status: 502 });
    await merged(issue, 'bob', `For #${issue.number}.`, 'A fix', FILES);
    await expect
      .poll(() => changesOn(issue), { timeout: 10_000 })
      .toMatchObject([{ names: null, tries: 1, dueAt: expect.any(Date) }]);
    world.github.failAt({ path: /\/files$/ }, { kind: 'status', status: 404 });
    await world.app.ctx.db.update(mergedChanges).set({ dueAt: new Date() });
    expect(await lookStore.issuesToLookAt(world.app.ctx.db, new Date())).toContain(issue.id);
    await lookAtIssue(world.app.ctx, { issueId: issue.id });
    expect(await changesOn(issue)).toMatchObject([{ names: null, dueAt: null }]);
    expect(await lookStore.issuesToLookAt(world.app.ctx.db, new Date())).not.toContain(issue.id);
  });

  it('says nothing when it is closed unmerged, or hides the link in its template', async () => {
    const { issue, first } = await decided();
    const pull = world.github
      .as('bob')
      .openPull('acme/widgets', { title: 'A fix', body: `For #${issue.number}` });
    world.github.as('mia').closePull(pull);
    await merged(issue, 'wes', `<!-- PROPOSAL: ${link(issue, first)} -->\nA fix.`);
    expect(await signalsOn(issue)).toEqual([]);
  });

  it('loses weight when it is reverted, or when the issue is reopened', async () => {
    const { issue } = await decided();
    const pull = await merged(issue, 'bob', `For #${issue.number}.`);
    const before = await labelOn(issue);
    world.github.as('mia').closeIssue(issue);
    world.github.as('mia').reopenIssue(issue);
    await world.settle(issue);
    const reopened = await labelOn(issue);
    expect(reopened?.confidence).toBeLessThan(before?.confidence ?? 0);
    await merged(issue, 'mia', `Reverts acme/widgets#${pull.number}`, 'Revert "A fix"');
    const reverted = await labelOn(issue);
    expect(reverted).toMatchObject({ proposalNumber: 2, conflict: true });
    expect(reverted?.confidence).toBeLessThan(reopened?.confidence ?? 0);
    const kinds = (await signalsOn(issue)).map(({ source }) => source);
    expect(kinds).toEqual(['merge', 'reverted', 'reopened']);
  });
});

describe('what no webhook tells', () => {
  /** Makes the look that is planned for later due now, and takes it. */
  async function look(issue: Issue): Promise<decisionStore.Decision> {
    const { ctx } = world.app;
    const decision = await decisionStore.latestPostedDecision(ctx.db, issue.id);
    if (!decision) throw new Error('nothing was decided');
    expect(decision.lookDueAt?.getTime()).toBeGreaterThan(ctx.clock.now().getTime());
    await decisionStore.updateDecision(ctx.db, decision.id, { lookDueAt: new Date(0) });
    await lookAtIssue(ctx, { issueId: issue.id });
    return (await decisionStore.getDecision(ctx.db, decision.id)) ?? decision;
  }

  it('reactions of managers count, are taken back, and are looked at ever less often', async () => {
    const { issue } = await decided();
    const [ours] = world.ours(issue);
    if (!ours) throw new Error('no comment of ours');
    world.github.as('rob').react(ours, '-1');
    world.github.as('mia').react(ours, '+1');
    world.github.as('mia').react(ours, 'eyes');
    const first = await look(issue);
    expect(await labelOn(issue)).toMatchObject({
      proposalNumber: first.chosen,
      decidedBy: 'reaction',
      exposed: true,
      conflict: false,
    });
    world.github.as('mia').unreact(ours, '+1');
    const second = await look(issue);
    expect(await labelOn(issue)).toBeNull();
    const waited = (decision: decisionStore.Decision) => decision.lookDueAt?.getTime() ?? 0;
    expect(second.looks).toBe(2);
    expect(waited(second) - waited(first)).toBeGreaterThan(10 * 60_000);
  });

  it('a merged pull request that only the timeline links', async () => {
    const { issue } = await decided();
    const pull = world.github.as('bob').openPull('acme/widgets', { title: 'A fix', body: '' });
    world.github.as('mia').merge(pull);
    await world.settle(issue);
    expect(await signalsOn(issue)).toEqual([]);
    pull.body = `Part of the work on https://github.com/acme/widgets/issues/${issue.number}`;
    await look(issue);
    expect(await signalsOn(issue)).toMatchObject([
      { source: 'merge', proposalNumber: 2, pullNumber: pull.number },
    ]);
  });
});
