/** Promise 7 is held against what the App tried, and not only against what is left of it. */
import { expect, it } from 'vitest';
import { startWorld } from '../../sandbox/github/world.ts';
import { createPeople } from '../world/people.ts';
import { checkOthers } from './others.ts';

it('finds an edit of somebody’s comment that was undone, and lets the App change its own', async () => {
  const { fake, issue, octokit, at } = await startWorld();
  try {
    const people = createPeople(fake);
    const theirs = people.chat(issue, 'rob', 'Any news?');
    const place = { github: fake, people };
    const edit = (comment_id: number, body: string) =>
      octokit.rest.issues.updateComment({ owner: at.owner, repo: at.repo, comment_id, body });

    const { data: ours } = await octokit.rest.issues.createComment({ ...at, body: 'One.' });
    await edit(ours.id, 'Two.');
    await octokit.rest.issues.deleteComment({ owner: at.owner, repo: at.repo, comment_id: ours.id });
    await octokit.rest.reactions.createForIssueComment({
      owner: at.owner,
      repo: at.repo,
      comment_id: theirs.id,
      content: 'eyes',
    });
    expect(checkOthers(place)).toEqual([]);

    await edit(theirs.id, 'No news.');
    await edit(theirs.id, 'Any news?');
    expect(checkOthers(place).map(({ what }) => what)).toEqual(
      Array(2).fill(`the App sent PATCH to somebody's comment ${theirs.id}`),
    );
  } finally {
    await fake.close();
  }
});
