import { verify } from '@octokit/webhooks-methods';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver, startWorld, type World } from './world.ts';

const SECRET = 'a secret for webhooks';

let world: World;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
  world = await startWorld({ webhookUrl: receiver.url, webhookSecret: SECRET, webhookTimeoutMs: 300 });
});
afterEach(async () => {
  await world.fake.close();
  await receiver.close();
});

/** `event.action` of everything received, in order of arrival. */
async function arrivals(): Promise<string[]> {
  await world.fake.webhooksIdle();
  return receiver.received.map(
    ({ headers, body }) => `${headers['x-github-event']}.${JSON.parse(body).action}`,
  );
}

async function lastPayload(): Promise<Record<string, Record<string, unknown>>> {
  await world.fake.webhooksIdle();
  return JSON.parse(receiver.received.at(-1)?.body ?? '{}');
}

describe('a delivery', () => {
  it('is signed, and carries the headers of GitHub', async () => {
    world.fake.as('carol').comment(world.issue, 'Grüße 🎀');
    await world.fake.webhooksIdle();
    const [delivery] = receiver.received;
    const { headers, body } = delivery ?? { headers: {}, body: '' };
    expect(await verify(SECRET, body, String(headers['x-hub-signature-256']))).toBe(true);
    expect(await verify('another', body, String(headers['x-hub-signature-256']))).toBe(false);
    expect(headers).toMatchObject({
      'x-github-event': 'issue_comment',
      'x-github-delivery': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/),
      'x-github-hook-installation-target-id': String(world.fake.app.id),
      'x-github-hook-installation-target-type': 'integration',
      'user-agent': expect.stringMatching(/^GitHub-Hookshot\//),
      'content-type': 'application/json',
    });
    expect(JSON.parse(body)).toMatchObject({
      action: 'created',
      comment: { body: 'Grüße 🎀', user: { login: 'carol' }, performed_via_github_app: null },
      issue: { number: 1 },
      repository: { full_name: 'acme/shop' },
      installation: { id: 77 },
      sender: { login: 'carol', type: 'User' },
    });
  });

  it('is sent for our own comments too, with the bot as the sender', async () => {
    await world.octokit.rest.issues.createComment({ ...world.at, body: 'from the App' });
    expect(await lastPayload()).toMatchObject({
      action: 'created',
      comment: { performed_via_github_app: { id: world.fake.app.id } },
      sender: { login: 'swe-manager[bot]', type: 'Bot' },
    });
  });

  it('of an edit holds the text from before', async () => {
    const comment = world.fake.as('carol').comment(world.issue, '- [ ] Accept\n- [ ] Wrong choice');
    world.fake.as('wes').tick(comment, 'accept');
    expect(comment.body).toBe('- [x] Accept\n- [ ] Wrong choice');
    expect(await lastPayload()).toMatchObject({
      action: 'edited',
      changes: { body: { from: '- [ ] Accept\n- [ ] Wrong choice' } },
      comment: { body: comment.body },
      sender: { login: 'wes' },
    });
  });
});

describe('events', () => {
  it('tell the life of an issue', async () => {
    const { fake } = world;
    const wes = fake.as('wes');
    const issue = fake.as('carol').openIssue('acme/shop', { title: 'Another' });
    const steps: (() => unknown)[] = [
      () => fake.as('carol').editIssue(issue, { title: 'Yet another' }),
      () => wes.label(issue, 'bug'),
      () => wes.assign(issue, 'dora'),
      () => wes.lock(issue),
      () => wes.unlock(issue),
      () => wes.closeIssue(issue),
      () => wes.reopenIssue(issue),
      () => fake.as('ada').deleteIssue(issue),
    ];
    for (const step of steps) {
      await fake.webhooksIdle();
      step();
    }
    expect(await arrivals()).toEqual(
      ['opened', 'edited', 'labeled', 'assigned', 'locked', 'unlocked', 'closed', 'reopened', 'deleted'].map(
        (action) => `issues.${action}`,
      ),
    );
  });

  it('tell of installations and repositories', async () => {
    const { fake, repository } = world;
    const steps: (() => unknown)[] = [
      () => fake.install('newcomer'),
      () => fake.suspend(77),
      () => fake.as('carol').comment(world.issue, 'nobody hears this'),
      () => fake.unsuspend(77),
      () => fake.as('ada').renameRepository('acme/shop', 'store'),
      () => fake.as('ada').setPrivate('acme/store', true),
      () => fake.as('ada').setPrivate('acme/store', false),
      () => fake.as('ada').transferRepository('acme/store', 'umbrella'),
      () => fake.revokeRepository(repository),
      () => fake.grantRepository(77, repository),
      () => fake.uninstall(77),
    ];
    for (const step of steps) {
      await fake.webhooksIdle();
      step();
    }
    expect(await arrivals()).toEqual([
      'installation.created',
      'installation.suspend',
      'installation.unsuspend',
      'repository.renamed',
      'repository.privatized',
      'repository.publicized',
      'repository.transferred',
      'installation_repositories.removed',
      'installation_repositories.added',
      'installation.deleted',
    ]);
  });

  it('tell both ends of a transfer', async () => {
    const { fake, issue } = world;
    fake.addRepository({ owner: 'acme', name: 'till', installationId: 77, collaborators: { wes: 'write' } });
    fake.disturbWebhook({ action: 'opened' }, { kind: 'reorder' });
    fake.as('wes').transfer(issue, 'acme/till');
    expect(await arrivals()).toEqual(['issues.transferred', 'issues.opened']);
    const [from, to] = receiver.received.map(({ body }) => JSON.parse(body));
    expect(from.changes).toMatchObject({ new_repository: { full_name: 'acme/till' } });
    expect(to).toMatchObject({
      repository: { full_name: 'acme/till' },
      changes: { old_issue: { id: issue.id }, old_repository: { full_name: 'acme/shop' } },
    });
  });

  it('are not sent where the App is not installed', async () => {
    const { fake } = world;
    const other = fake.addRepository({ owner: 'other', name: 'thing', installationId: null });
    fake.as('carol').comment(fake.addIssue(other, { title: 'Theirs' }), 'unheard');
    expect(await arrivals()).toEqual([]);
  });
});

describe('disturbances', () => {
  const bodies = async (): Promise<string[]> => {
    await world.fake.webhooksIdle();
    return receiver.received.map(({ body }) => JSON.parse(body).comment.body);
  };

  it('reorder', async () => {
    const carol = world.fake.as('carol');
    world.fake.disturbWebhook({ event: 'issue_comment' }, { kind: 'reorder' });
    carol.comment(world.issue, 'first');
    carol.comment(world.issue, 'second');
    expect(await bodies()).toEqual(['second', 'first']);
  });

  it('reorder by as many as asked', async () => {
    world.fake.disturbWebhook({ event: 'issue_comment' }, { kind: 'reorder', behind: 2 });
    for (const body of ['a', 'b', 'c', 'd']) {
      world.fake.as('carol').comment(world.issue, body);
      const heard = ['b', 'c', 'd'].indexOf(body) + 1;
      await expect.poll(() => receiver.received.length).toBe(heard < 2 ? heard : heard + 1);
    }
    expect(await bodies()).toEqual(['b', 'c', 'a', 'd']);
  });

  it('delay', async () => {
    const carol = world.fake.as('carol');
    world.fake.disturbWebhook({ action: 'created' }, { kind: 'delay', ms: 100 });
    carol.comment(world.issue, 'first');
    carol.comment(world.issue, 'second');
    expect(await bodies()).toEqual(['second', 'first']);
  });

  it('duplicate under one GUID', async () => {
    world.fake.disturbWebhook({}, { kind: 'duplicate', copies: 3 });
    world.fake.as('carol').comment(world.issue, 'thrice');
    expect(await bodies()).toEqual(['thrice', 'thrice', 'thrice']);
    expect(new Set(receiver.received.map(({ headers }) => headers['x-github-delivery'])).size).toBe(1);
  });

  it('drop, with or without a trace in the log', async () => {
    const { fake } = world;
    fake.disturbWebhook({}, { kind: 'drop' });
    fake.as('carol').comment(world.issue, 'lost');
    fake.disturbWebhook({}, { kind: 'drop', logged: false });
    fake.as('carol').comment(world.issue, 'lost without a trace');
    expect(await bodies()).toEqual([]);
    expect(fake.webhooks.log.map((one) => one.status)).toEqual(['failed to connect to host']);
  });
});

describe('the delivery log', () => {
  it('shows what became of deliveries, and sends them again under their GUID', async () => {
    const { fake, app } = world;
    await receiver.close();
    receiver = await startReceiver([500, 0]);
    fake.webhooks.url = receiver.url;
    for (const body of ['refused', 'ignored', 'taken']) {
      fake.as('carol').comment(world.issue, body);
      await fake.webhooksIdle();
    }
    const { data } = await app.octokit.rest.apps.listWebhookDeliveries();
    expect(data.map((one) => [one.status, one.status_code])).toEqual([
      ['OK', 202],
      ['timed out', 504],
      ['Invalid HTTP Response: 500', 500],
    ]);
    const failed = data.at(-1);
    const delivery_id = Number(failed?.id);
    expect((await app.octokit.rest.apps.redeliverWebhookDelivery({ delivery_id })).status).toBe(202);
    await fake.webhooksIdle();
    const [again] = (await app.octokit.rest.apps.listWebhookDeliveries({ per_page: 1 })).data;
    expect(again).toMatchObject({ guid: failed?.guid, redelivery: true, status: 'OK' });
    const whole = await app.octokit.rest.apps.getWebhookDelivery({ delivery_id: Number(again?.id) });
    expect(whole.data.request.payload).toMatchObject({ comment: { body: 'refused' } });
    expect(whole.data.response.payload).toBe('seen');
  });

  it('pages by cursor, filters by outcome, and forgets after three days', async () => {
    let now = Date.now();
    const other = await startWorld({ webhookUrl: receiver.url, now: () => now });
    const { app, fake, issue } = other;
    for (let n = 0; n < 7; n += 1) fake.as('carol').comment(issue, `comment ${n}`);
    fake.disturbWebhook({}, { kind: 'drop' });
    fake.as('carol').comment(issue, 'dropped');
    await fake.webhooksIdle();
    const all = await app.octokit.paginate('GET /app/hook/deliveries', { per_page: 3 });
    expect(all).toHaveLength(8);
    expect(all.map((one) => one.id)).toEqual(all.map((one) => Number(one.id)).sort((a, b) => b - a));
    const failures = await app.octokit.request('GET /app/hook/deliveries', { status: 'failure' });
    expect(failures.data).toHaveLength(1);
    now += 3 * 24 * 60 * 60 * 1000 + 1;
    expect((await app.octokit.rest.apps.listWebhookDeliveries()).data).toEqual([]);
    await fake.close();
  });

  it('counts a host that is not there as a failed connection', async () => {
    world.fake.webhooks.url = null;
    world.fake.as('carol').comment(world.issue, 'x');
    await world.fake.webhooksIdle();
    expect(world.fake.webhooks.log.map((one) => one.statusCode)).toEqual([502]);
  });
});
