import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, createProbot, type Probot } from 'probot';
import { expect, it } from 'vitest';
import { startWorld } from './world.ts';

function answerChoose(app: Probot): void {
  app.on('issue_comment.created', async (context) => {
    if (context.isBot || !context.payload.comment.body.startsWith('/manager choose')) return;
    const { comment } = context.payload;
    const at = context.repo({ comment_id: comment.id });
    await context.octokit.rest.reactions.createForIssueComment({ ...at, content: 'eyes' });
    await context.octokit.rest.issues.createComment(context.issue({ body: `Hello @${comment.user?.login}` }));
  });
}

it('a Probot app works against it from webhook to comment', async () => {
  const { fake, issue } = await startWorld();
  const probot = createProbot({
    env: {},
    overrides: {
      appId: fake.app.id,
      privateKey: fake.privateKey,
      secret: fake.webhookSecret,
      baseUrl: fake.url,
      logLevel: 'fatal',
    },
  });
  const middleware = await createNodeMiddleware(answerChoose, { probot, webhooksPath: '/hooks' });
  const server = createServer(middleware);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fake.webhooks.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;

  const asked = fake.as('tom').comment(issue, '/manager choose');
  await fake.webhooksIdle();

  expect(asked.reactions.map((one) => [one.user.login, one.content])).toEqual([[fake.botLogin, 'eyes']]);
  expect(issue.comments.map((one) => one.body)).toEqual(['/manager choose', 'Hello @tom']);
  expect(fake.webhooks.log.map((one) => [one.event, one.action, one.statusCode])).toEqual([
    ['issue_comment', 'created', 200],
    ['issue_comment', 'created', 200],
  ]);
  await new Promise((resolve) => server.close(resolve));
  await fake.close();
});
