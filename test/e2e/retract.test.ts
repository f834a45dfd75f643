/** A version is retracted: every comment of what it had decided says so, once, and nothing else changes. */
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { labelledChoice } from '../../src/pipeline/judge/embedded/refit/labels.ts';
import { trainEmbedded } from '../../src/pipeline/judge/embedded/refit/train.ts';
import type { Issue } from '../../src/sandbox/github/index.ts';
import { modelStore, proposalStore } from '../../src/store/index.ts';
import { markRetracted } from '../../src/tasks/learning/mark-retracted.ts';
import { promote, retract } from '../../src/tasks/learning/serve.ts';
import { openWorld, type World } from './world.ts';

const patiently = { timeout: 15_000 };
const NAME = 'embedded-1+1-v1-abcdef';
const MARK = `**Retracted:** the version that decided this, \`${NAME}\`, decides no more`;

let w: World;
afterEach(() => w.close());

/** Trained on one decision of the world, and promoted. */
async function promoteTrained(issue: Issue): Promise<modelStore.ModelVersion> {
  const { ctx } = w.app;
  const input = await proposalStore.latestInput(ctx.db, issue.id);
  if (!input) throw new Error('nothing was decided');
  await modelStore.insertModelVersion(ctx.db, {
    id: randomUUID(),
    name: NAME,
    kind: 'embedded',
    base: 'hand',
    codeVersion: 'test',
    weights: { ...trainEmbedded([labelledChoice(input, 1)]), name: NAME },
    createdAt: new Date(),
  });
  const version = await modelStore.findModelVersion(ctx.db, NAME);
  if (!version) throw new Error('not stored');
  await promote(ctx, version, 'test');
  return version;
}

async function decided(text = '/manager choose'): Promise<Issue> {
  const issue = w.newIssue();
  w.propose(issue, 'ann');
  w.propose(issue, 'bob');
  await w.command(issue, 'mia', text);
  return issue;
}

const bodies = (issue: Issue) => w.ours(issue).map(({ body }) => body);
const edits = () => w.github.state.audit.entries.filter(({ method }) => method === 'PATCH').length;

describe('a retracted version', () => {
  it('is named in each comment of what it decided, and in no other', async () => {
    w = await openWorld();
    const { ctx } = w.app;
    const before = await decided();
    const version = await promoteTrained(before);
    const [open, accepted, deleted] = [await decided(), await decided(), await decided()];
    const dry = await decided('/manager choose --dry-run');
    await w.command(accepted, 'mia', '/manager accept');
    const [gone] = w.ours(deleted);
    if (gone) w.github.as('mia').deleteComment(gone);
    await w.settle(deleted);
    const untouched = [bodies(before), bodies(dry)];

    await retract(ctx, version, { by: 'the operator', reason: 'it listens to @everyone' });
    await markRetracted(ctx, AbortSignal.timeout(60_000));
    for (const issue of [open, accepted]) {
      await vi.waitFor(() => expect(bodies(issue)).toEqual([expect.stringContaining(MARK)]), patiently);
      expect(bodies(issue)[0]).not.toContain('it listens to @everyone'); // It would notify somebody.
      expect(bodies(issue)[0]).toContain('it listens to `@everyone`');
    }
    expect(bodies(accepted)[0]).toContain('accepted by mia');
    expect(bodies(deleted)).toEqual([]);
    expect([bodies(before), bodies(dry)]).toEqual(untouched);
  }, 60_000);

  it('is announced once, and a new decision folds the comment and keeps saying so', async () => {
    w = await openWorld();
    const { ctx } = w.app;
    const issue = await decided();
    const version = await promoteTrained(issue);
    const second = await decided();
    await retract(ctx, version, { by: 'the operator', reason: 'bad data' });
    await markRetracted(ctx, AbortSignal.timeout(60_000));
    await vi.waitFor(() => expect(bodies(second)[0]).toContain(`${MARK}: bad data`), patiently);
    const written = edits();
    await ctx.db.transaction((tx) => modelStore.setCommentsMarked(tx, version.id, null));
    await markRetracted(ctx, AbortSignal.timeout(60_000)); // As after a turn that was cut short.
    await w.settle(second);
    expect(edits()).toBe(written);

    await w.command(second, 'mia', '/manager choose');
    await vi.waitFor(() => expect(bodies(second)[0]).toMatch(/^Superseded by \[a newer/), patiently);
    expect(bodies(second)[0]).toContain('by a version that was retracted since');
    expect(bodies(second)[1]).not.toContain('Retracted');
  }, 60_000);
});
