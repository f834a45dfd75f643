import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { openDatabase } from '../../../src/adapters/db/open.ts';
import { createJobs } from '../../../src/adapters/jobs/jobs.ts';
import { QUEUES } from '../../../src/adapters/jobs/queues.ts';
import type { Db } from '../../../src/ports.ts';
import { commands, effects, issues } from '../../../src/schema/index.ts';
import type { Outcome } from '../result.ts';
import { makeNextVersion } from '../world/next-version.ts';
import { onStage, type SceneOptions, type Stage } from './stage.ts';

const NEXT_KEY = 'next:thing';
const NEXT_VERB = 'applaud';

/**
 * The next version's worker starts, and migrates, beside a web and a worker of this one that have much to do. They
 * leave what they do not know, and lose nothing when they are replaced, one after the other.
 */
export function rollingRestart(options: SceneOptions): Promise<Outcome> {
  return onStage(options, { roles: ['web', 'worker', 'worker'] }, async (stage) => {
    const { world, claim } = stage;
    const [web, worker, newcomer] = world.processes;
    if (!web || !worker || !newcomer) throw new Error('there are not enough processes');
    const program = makeNextVersion(world.directory);
    await Promise.all([web.start(), worker.start()]);
    const traffic = stage.traffic({
      accounts: 2,
      issues: 8,
      commands: 40,
      mostOpen: 25,
      pauseMs: 300,
    });
    await world.until('an issue', async () => (await world.database.look(firstIssue)) !== undefined);
    newcomer.program = program;
    await newcomer.start();
    claim(newcomer.running, 'the next version did not start beside this one');
    await leaveNextVersionsWork(stage);
    await sleep(3_000);
    claim((await readiness(stage)) === 'ready', `beside newer tables the web is ${await readiness(stage)}`);
    for (const one of [web, worker]) {
      const code = await one.stop();
      claim(code === 0, `the ${one.role} that was replaced ended with ${code}`);
      one.program = program;
      await one.start();
    }
    await traffic;
    await takeItBack(stage);
  });
}

async function readiness({ world }: Stage): Promise<string> {
  return (await (await fetch(`${world.appUrl}/readyz`)).text()).trim();
}

/** Rows and jobs with words of their own, as a newer process in the same database writes them. */
async function leaveNextVersionsWork({ world }: Stage): Promise<void> {
  await world.database.look(async (db) => {
    const issue = await firstIssue(db);
    if (!issue) throw new Error('there is no issue');
    await db.execute(sql`
      insert into effects (id, key, installation_id, issue_id, kind, target, desired_hash, priority, audience)
      select ${randomUUID()}, ${NEXT_KEY}, r.installation_id, i.id, 'label', '{"kind":"label","name":"chosen"}', 'x', 0, 'all'
      from issues i join repositories r on r.id = i.repository_id where i.id = ${issue.id}`);
    await db.execute(sql`
      insert into commands (id, issue_id, comment_id, ordinal, verb, parsed, actor_login, created_at, urgency)
      values (${randomUUID()}, ${issue.id}, 1, 0, ${NEXT_VERB}, '{"loudness":3}', 'mia', now(), 'high')`);
  });
  const database = await openDatabase({ databaseUrl: world.database.env.DATABASE_URL ?? null, dataDir: '' });
  const jobs = createJobs(database, { logger: { warn: () => {}, error: () => {} } });
  await jobs.start();
  for (const { name } of QUEUES.filter(({ serial }) => serial))
    await jobs.send(name, { subject: { kind: 'plan', id: randomUUID() } }, { singletonKey: `next:${name}` });
  await jobs.stop({ timeoutMs: 1_000 });
  await database.close();
}

async function firstIssue(db: Db): Promise<{ id: number } | undefined> {
  const [issue] = await db.select({ id: issues.id }).from(issues).limit(1);
  return issue;
}

/** It waits for a process that knows what it means; then it is taken away, so that the world can come to rest. */
async function takeItBack({ world, claim }: Stage): Promise<void> {
  await world.database.look(async (db) => {
    const effect = (await db.select().from(effects)).find(({ key }) => key === NEXT_KEY);
    claim(
      effect?.state === 'pending',
      `the next version's effect is ${effect?.state}: ${effect?.stateReason}`,
    );
    const command = (await db.select().from(commands)).find(({ verb }) => verb === NEXT_VERB);
    claim(command?.state === 'pending', `the next version's command is ${command?.state}`);
    await db.execute(sql`delete from effects where key = ${NEXT_KEY}`);
    await db.execute(sql`delete from commands where verb = ${NEXT_VERB}`);
  });
}
