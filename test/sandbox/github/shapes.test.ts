import type { components } from '@octokit/openapi-types';
import { type EmitterWebhookEvent, type EmitterWebhookEventName, Webhooks } from '@octokit/webhooks';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { appShape, installationShape } from '../../../src/sandbox/github/shapes/app.ts';
import type { commentShape, issueShape, reactionShape } from '../../../src/sandbox/github/shapes/issue.ts';
import type { pullFileShape, pullShape } from '../../../src/sandbox/github/shapes/pull.ts';
import type { permissionShape, repositoryShape } from '../../../src/sandbox/github/shapes/repository.ts';
import type {
  installationPayload,
  installationRepositoriesPayload,
  issueCommentPayload,
  issuesPayload,
  repositoryPayload,
} from '../../../src/sandbox/github/webhooks/events.ts';
import { startReceiver, startWorld } from './world.ts';

type Schemas = components['schemas'];
type Payload<E extends EmitterWebhookEventName> = EmitterWebhookEvent<E>['payload'];
type CommentEvent = ReturnType<typeof issueCommentPayload<'created'>>;
type PublishedCommentEvent = Payload<'issue_comment.created'>;

/** These fail in `npm run typecheck`, when a shape loses a field that GitHub publishes or changes its type. */
describe('shapes have the types that GitHub publishes', () => {
  it('for REST', () => {
    expectTypeOf<ReturnType<typeof appShape>>().toExtend<NonNullable<Schemas['integration']>>();
    expectTypeOf<ReturnType<typeof installationShape>>().toExtend<Schemas['installation']>();
    expectTypeOf<ReturnType<typeof repositoryShape>>().toExtend<Schemas['full-repository']>();
    expectTypeOf<ReturnType<typeof repositoryShape>>().toExtend<Schemas['repository']>();
    expectTypeOf<ReturnType<typeof issueShape>>().toExtend<Schemas['issue']>();
    expectTypeOf<ReturnType<typeof pullShape>>().toExtend<Schemas['pull-request']>();
    expectTypeOf<ReturnType<typeof pullFileShape>>().toExtend<Schemas['diff-entry']>();
    expectTypeOf<ReturnType<typeof commentShape>>().toExtend<Schemas['issue-comment']>();
    expectTypeOf<ReturnType<typeof reactionShape>>().toExtend<Schemas['reaction']>();
    expectTypeOf<ReturnType<typeof permissionShape>>().toExtend<
      Schemas['repository-collaborator-permission']
    >();
  });

  /** The published type of a comment event asks for assignees without any field, so its parts are compared. */
  it('for webhooks', () => {
    expectTypeOf<CommentEvent['comment']>().toExtend<PublishedCommentEvent['comment']>();
    expectTypeOf<CommentEvent['repository']>().toExtend<PublishedCommentEvent['repository']>();
    expectTypeOf<CommentEvent['sender']>().toExtend<PublishedCommentEvent['sender']>();
    expectTypeOf<ReturnType<typeof issuesPayload<'opened'>>>().toExtend<Payload<'issues.opened'>>();
    expectTypeOf<ReturnType<typeof issuesPayload<'deleted'>>>().toExtend<Payload<'issues.deleted'>>();
    expectTypeOf<ReturnType<typeof installationPayload<'created'>>>().toExtend<
      Payload<'installation.created'>
    >();
    expectTypeOf<ReturnType<typeof installationPayload<'suspend'>>>().toExtend<
      Payload<'installation.suspend'>
    >();
    expectTypeOf<ReturnType<typeof repositoryPayload<'publicized'>>>().toExtend<
      Payload<'repository.publicized'>
    >();
    expectTypeOf<ReturnType<typeof installationRepositoriesPayload>>().toExtend<
      Payload<'installation_repositories'>
    >();
  });
});

it('every event is one that the webhooks library knows, with a signature it accepts', async () => {
  const receiver = await startReceiver();
  const { fake, issue } = await startWorld({ webhookUrl: receiver.url, webhookSecret: 'known' });
  const comment = fake.as('carol').comment(issue, 'one');
  fake.as('carol').editComment(comment, 'two');
  fake.as('carol').deleteComment(comment);
  fake.as('wes').lock(issue);
  fake.as('ada').renameRepository('acme/shop', 'store');
  fake.suspend(77);
  await fake.webhooksIdle();
  const webhooks = new Webhooks({ secret: 'known' });
  const seen: string[] = [];
  webhooks.on(
    [
      'issue_comment.created',
      'issue_comment.edited',
      'issue_comment.deleted',
      'issues.locked',
      'repository.renamed',
      'installation.suspend',
    ],
    ({ name, payload }) => {
      seen.push(`${name}.${payload.action}`);
    },
  );
  for (const { headers, body } of receiver.received)
    await webhooks.verifyAndReceive({
      id: String(headers['x-github-delivery']),
      name: headers['x-github-event'] as EmitterWebhookEventName,
      payload: body,
      signature: String(headers['x-hub-signature-256']),
    });
  expect(seen.toSorted()).toEqual([
    'installation.suspend',
    'issue_comment.created',
    'issue_comment.deleted',
    'issue_comment.edited',
    'issues.locked',
    'repository.renamed',
  ]);
  await fake.close();
  await receiver.close();
});
