/** One installation's commands, comments and effects never touch another's. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { effectStore } from '../../src/store/index.ts';
import { openWorld, type World } from '../e2e/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  world.github.addRepository({
    owner: 'rival',
    name: 'gadgets',
    private: true,
    collaborators: { eve: 'admin' },
  });
});
afterAll(() => world.close());

it('a command cannot reach into a repository of another installation', async () => {
  const secret = world.github.as('eve').openIssue('rival/gadgets', { title: 'Our secret', body: '' });
  const theirs = world.github.as('eve').comment(secret, 'RIVAL PLAN: rewrite it all');
  const issue = world.newIssue();
  world.propose(issue, 'ann');
  const url = `https://github.com/rival/gadgets/issues/${secret.number}#issuecomment-${theirs.id}`;
  await world.command(issue, 'mia', `/manager choose ${url}`);
  await world.command(issue, 'mia', `/manager override ${url} because`);
  await world.command(issue, 'mia', '/manager explain');
  for (const { body } of world.ours(issue)) expect(body).not.toContain('RIVAL PLAN');
  expect(world.ours(secret)).toEqual([]);
  expect(theirs.reactions).toEqual([]);
});

it('a manager of one repository is a stranger on another', async () => {
  const secret = world.github.as('eve').openIssue('rival/gadgets', { title: 'Another secret', body: '' });
  world.propose(secret, 'eve');
  await world.github.webhooksIdle();
  world.github.setCollaborator(world.github.state.repositoryOf('rival/gadgets'), 'mia', 'read');
  await world.command(secret, 'mia', '/manager choose');
  expect(await world.outcomes(secret)).toEqual(['choose: refused']);
});

it('every write goes out under the token of the installation that holds the repository', async () => {
  const { state } = world.github;
  const writes = state.audit.find({ write: true });
  expect(writes.length).toBeGreaterThan(0);
  for (const { path, installationId } of writes) {
    const [, , owner = '', name = ''] = path.split('/');
    expect(installationId).toBe(state.repositoryOf(`${owner}/${name}`).installationId);
  }
  for (const [id, issue] of [...state.repositories.values()].flatMap((one) =>
    [...one.issues.values()].map((found) => [one.installationId, found] as const),
  )) {
    for (const effect of await effectStore.commentEffects(world.app.ctx.db, issue.id))
      expect(effect.installationId).toBe(id);
  }
});
