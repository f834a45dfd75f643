/** What proposals said before the App was installed: the App over the fake GitHub. */
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRecord } from '../../src/cli/decision.ts';
import { revisionHash } from '../../src/pipeline/proposals/revision.ts';
import type { Comment, Issue, Repository } from '../../src/sandbox/github/index.ts';
import { snapshots } from '../../src/schema/index.ts';
import { decisionStore, proposalStore } from '../../src/store/index.ts';
import { openWorld, proposalOf, REPOSITORY, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld({ repository: { installationId: null } });
});
afterEach(() => world.close());

const FIRST = proposalOf('ann');
const FIRST_REVISION = `\`${revisionHash(FIRST).slice(0, 7)}\``;
const LATER = `${FIRST}\n\nUpdate: Android needs it too.`;

/** Ann had the idea, Bob took it, and then Ann edited: all before anybody installed the App. */
async function discussedBefore(): Promise<{ issue: Issue; anns: Comment }> {
  const issue = world.newIssue();
  const anns = world.propose(issue, 'ann', FIRST);
  await world.nextSecond();
  world.propose(issue, 'bob', `${FIRST}\n\nThat is all.`);
  await world.nextSecond();
  world.github.as('ann').editComment(anns, LATER);
  await world.nextSecond();
  world.github.install('acme', [repository()]);
  await world.github.webhooksIdle();
  return { issue, anns };
}

const repository = (): Repository => world.github.state.repositoryOf(REPOSITORY);

async function textsOf(issue: Issue, number: number): Promise<string[]> {
  const live = await proposalStore.liveProposals(world.app.ctx.db, issue.id);
  return live.find(({ proposal }) => proposal.number === number)?.revisions.map(({ body }) => body) ?? [];
}

/** GraphQL requests beyond the one that each run needs to tell hidden comments. */
function asked(runs: number): number {
  return world.github.state.audit.entries.filter(({ path }) => path === '/graphql').length - runs;
}

describe('edits from before the App was installed', () => {
  it('are revisions on record, asked for once, and the idea timeline goes by them', async () => {
    const { issue } = await discussedBefore();
    await world.command(issue, 'mia', '/manager choose');
    expect(await textsOf(issue, 1)).toEqual([FIRST, LATER]);
    const [snapshot] = await world.app.ctx.db.select().from(snapshots).where(eq(snapshots.issueId, issue.id));
    expect(snapshot?.input.candidates[0]?.revisions.map(({ hash }) => hash)).toEqual([
      revisionHash(FIRST),
      revisionHash(LATER),
    ]);
    await world.command(issue, 'mia', '/manager explain');
    const [comment] = world.ours(issue);
    const line = comment?.body
      .split('\n')
      .find((one) => one.includes('`onBlur`') && one.includes('first in'));
    expect(line).toContain(`first in proposal 1 (ann)`);
    expect(line).toContain(`revision ${FIRST_REVISION}`);
    await world.command(issue, 'mia', '/manager choose');
    expect(asked(2)).toBe(1);
  });

  it('show who had the accepted ideas first as soon as there is a label, in the explanation and on record', async () => {
    const { issue } = await discussedBefore();
    await world.command(issue, 'mia', '/manager choose');
    await world.command(issue, 'mia', '/manager explain');
    const explained = () => world.ours(issue)[0]?.body ?? '';
    expect(explained()).not.toContain('accepted, by who');
    world.github.as('mia').assign(issue, 'bob');
    await expect.poll(explained, { timeout: 10_000 }).toContain('**What was accepted, by who had it first**');
    expect(explained()).toMatch(
      new RegExp(`^- root cause: first in proposal 1 \\(ann\\), .* revision ${FIRST_REVISION}: `, 'm'),
    );
    expect(explained()).toMatch(/^- \*\*accepted root cause\*\*, .*`onBlur`/m);
    const [decision] = await decisionStore.findDecisions(world.app.ctx.db, '', 1);
    const { label } = await readRecord(world.app.ctx.db, decision?.id ?? '');
    expect(label).toMatchObject({ proposalNumber: 2, decidedBy: 'assignment' });
    expect(label?.ideaOrigins).toContainEqual(
      expect.objectContaining({ role: 'cause', proposalNumber: 1, revisionHash: revisionHash(FIRST) }),
    );
  });

  it('fail nothing where GitHub keeps them back', async () => {
    const { issue } = await discussedBefore();
    world.github.state.refusesEdits = true;
    await world.command(issue, 'mia', '/manager choose');
    expect(await world.outcomes(issue)).toEqual(['choose: done']);
    expect(await textsOf(issue, 1)).toEqual([LATER]);
    world.github.state.refusesEdits = false;
    await world.command(issue, 'mia', '/manager choose');
    expect(asked(2)).toBe(1);
  });

  it('are asked for again by the next run when GitHub is away', async () => {
    const { issue } = await discussedBefore();
    // The first question of a run is about hidden comments.
    world.github.failAt({ path: '/graphql', nth: 2 }, { kind: 'status', status: 502 });
    await world.command(issue, 'mia', '/manager choose');
    expect(await textsOf(issue, 1)).toEqual([LATER]);
    await world.command(issue, 'mia', '/manager choose');
    expect(await textsOf(issue, 1)).toEqual([FIRST, LATER]);
    expect(await world.outcomes(issue)).toEqual(['choose: done', 'choose: done']);
  });

  it('are not asked for where the App saw every text', async () => {
    world.github.install('acme', [repository()]);
    await world.github.webhooksIdle();
    const issue = world.newIssue();
    const anns = world.propose(issue, 'ann', FIRST);
    await world.github.webhooksIdle();
    await world.nextSecond();
    world.github.as('ann').editComment(anns, LATER);
    await world.command(issue, 'mia', '/manager choose');
    expect(await textsOf(issue, 1)).toEqual([FIRST, LATER]);
    expect(asked(1)).toBe(0);
  });
});
