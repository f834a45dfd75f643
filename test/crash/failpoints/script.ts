/** A short story that passes every failpoint; its people wait for an answer before they go on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Comment, Issue } from '../../../src/sandbox/github/index.ts';
import { isAnswered } from '../oracle/answered.ts';
import { ownComments } from '../oracle/own-comments.ts';
import { ROLES } from '../world/people.ts';
import type { World } from '../world/world.ts';

const REPOSITORY = 'acme/widgets';

export function setStage({ github }: World): void {
  github.addRepository({ owner: 'acme', name: 'widgets', collaborators: ROLES });
}

export async function playScript(world: World): Promise<void> {
  const { github, people } = world;
  const issue = people.openIssue(REPOSITORY, 'The menu closes too early');
  people.propose(issue, 'ann');
  people.propose(issue, 'bob');
  // The decision is created, and nobody hears of it.
  github.failAt({ method: 'POST', path: /\/issues\/\d+\/comments$/ }, { kind: 'applied-then-destroyed' });
  const choose = people.command(issue, 'mia', 'choose', ['done', 'undecided']);
  await answered(world, choose);
  const decision = await ownComment(world, issue, 'decision');
  await world.until('the decision', () => decision.body.includes('- [ ]'));
  // GitHub's times are whole seconds: an answer in the second of the decision could be older than it.
  await sleep(1_100);
  await answered(world, people.command(issue, 'mia', 'accept', ['done']));
  await world.until('the accepted state', () => decision.body.includes('[x]'));
  github.as('mia').untick(decision, 'accept');
  await world.until(
    'the tick to be answered',
    () => decision.edits.at(-1)?.editor.login !== 'mia' || !decision.body.includes('[x]'),
  );
  await answered(world, people.command(issue, 'rob', 'choose', ['refused']));
  await answered(world, people.command(issue, 'tim', 'status', ['done']));
  await loseDeliveries(world, issue);
  await buryUnseen(world, issue);
  await endWithoutProposals(world);
}

/** Two commands are never delivered; GitHub knows of one of the failures only. */
async function loseDeliveries(world: World, issue: Issue): Promise<void> {
  const { github, people } = world;
  for (const logged of [true, false]) {
    github.disturbWebhook({ event: 'issue_comment', action: 'created' }, { kind: 'drop', logged });
    await answered(world, people.command(issue, 'tim', 'status', ['done']));
  }
}

/** The status comment is deleted and no webhook tells; it is noticed when it is to be written again. */
async function buryUnseen(world: World, issue: Issue): Promise<void> {
  const { github, people } = world;
  const status = await ownComment(world, issue, 'status');
  github.disturbWebhook({ event: 'issue_comment', action: 'deleted' }, { kind: 'drop', logged: false });
  people.bury('mia', status);
  await answered(world, people.command(issue, 'mia', 'pause', ['done']));
  await answered(world, people.command(issue, 'mia', 'status', ['done']));
}

async function endWithoutProposals(world: World): Promise<void> {
  const bare = world.people.openIssue(REPOSITORY, 'Nobody proposed anything');
  await answered(world, world.people.command(bare, 'mia', 'choose --dry-run', ['no-proposals']));
  await answered(world, world.people.command(bare, 'mia', 'choose', ['no-proposals']));
}

function answered(world: World, comment: Comment): Promise<void> {
  return world.until(`an answer to "${comment.body}"`, () => isAnswered(world, comment));
}

async function ownComment(world: World, issue: Issue, kind: string): Promise<Comment> {
  const find = () =>
    ownComments(world).find((one) => one.comment.issue === issue && one.marker?.kind === kind)?.comment;
  await world.until(`the ${kind} comment`, () => find() !== undefined);
  const found = find();
  if (!found) throw new Error(`the ${kind} comment went away`);
  return found;
}
