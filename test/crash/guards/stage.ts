/** The whole App in this process, over a fresh database in memory and a fake GitHub with its limits shortened. */
import { pino } from 'pino';
import { embeddedDatabase, startPglite } from '../../../src/adapters/db/embedded.ts';
import { migrate } from '../../../src/adapters/db/migrate.ts';
import { type Role, type RunningApp, startApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config.ts';
import type { Judge } from '../../../src/pipeline/judge/types.ts';
import { type FakeGitHub, type Issue, startFakeGitHub } from '../../../src/sandbox/github/index.ts';
import { createPeople, type People, ROLES } from '../world/people.ts';

export const REPOSITORY = 'acme/widgets';

export interface Stage {
  readonly app: RunningApp;
  readonly github: FakeGitHub;
  readonly people: People;
  readonly webhookUrl: string;
  /** An issue with a proposal. */
  newIssue(): Issue;
  close(): Promise<void>;
}

export async function openStage(
  options: { judge?: Judge; role?: Role; latencyMs?: number; limitsScale?: number } = {},
): Promise<Stage> {
  const { limitsScale = 0.02 } = options;
  const github = await startFakeGitHub({
    limitsScale,
    minWriteIntervalMs: 1_000,
    latencyMs: options.latencyMs ?? 0,
  });
  const database = embeddedDatabase(await startPglite(undefined));
  await migrate(database);
  const config = {
    ...loadConfig({ LIMITS_SCALE: String(limitsScale), GITHUB_API_URL: github.url }),
    app: { id: github.app.id, privateKey: github.privateKey },
    webhook: { secret: github.webhookSecret, path: '/api/github/webhooks' },
    markerSecret: github.webhookSecret,
    http: { host: '127.0.0.1', port: 0 },
    // Roles may be split only where the database can be shared, which the one given here is within this process.
    databaseUrl: options.role === 'web' ? 'postgres://unused' : null,
  };
  const parts = {
    database,
    logger: pino({ level: 'silent' }),
    ...(options.judge ? { judge: options.judge } : {}),
  };
  const app = await startApp(config, { role: options.role ?? 'all', parts });
  const webhookUrl = `${app.url}${config.webhook.path}`;
  github.webhooks.url = webhookUrl;
  github.addRepository({ owner: 'acme', name: 'widgets', collaborators: ROLES });
  const people = createPeople(github);
  return {
    app,
    github,
    people,
    webhookUrl,
    newIssue: () => {
      const issue = people.openIssue(REPOSITORY, 'The menu closes too early');
      people.propose(issue, 'ann');
      return issue;
    },
    close: async () => {
      await app.close({ timeoutMs: 1_000 });
      await github.close();
    },
  };
}
