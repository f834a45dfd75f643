/** Looks at everything the App needs and says, line by line, what is fine and what to do about the rest. */
import { Command, InvalidArgumentError } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import { gitHubAppOf, openJudge, openStore } from '../context.ts';
import { adviceOf, ConfigError, JudgeError, SweManagerError } from '../errors.ts';
import type { ServerHealth } from '../pipeline/judge/model/port.ts';
import type { RepositoryRef } from '../ports.ts';
import { editHistories } from './doctor/edit-history.ts';
import { print, printJson } from './support.ts';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** True for what is worth knowing and nothing depends on. */
  readonly note?: true;
}

interface DoctorFlags {
  readonly repository?: RepositoryRef;
  readonly json?: boolean;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check the configuration, the database, the judge and the access to GitHub')
    .option(
      '--repository <owner/repo>',
      'where to see whether edits can be read (default: the first repository of the App)',
      toRepository,
    )
    .option('--json', 'print the checks as JSON')
    .action(examine);
}

function toRepository(text: string): RepositoryRef {
  const [, owner, name] = /^([\w.-]+)\/([\w.-]+)$/.exec(text) ?? [];
  if (owner === undefined || name === undefined) throw new InvalidArgumentError('write it as OWNER/REPO');
  return { owner, name };
}

async function examine(flags: DoctorFlags): Promise<void> {
  const checks = await runChecks(flags.repository ?? null);
  if (flags.json) printJson({ ok: checks.every((check) => check.ok), checks });
  else
    for (const { name, ok, detail, note } of checks)
      print(`${note ? 'note' : ok ? 'ok  ' : 'FAIL'} ${name}: ${detail}`);
  const failed = checks.filter((check) => !check.ok);
  if (failed.length > 0) {
    process.stderr.write(`swe-manager: ${failed.length} of ${checks.length} checks failed.\n`);
    process.exitCode = 1;
  }
}

async function runChecks(repository: RepositoryRef | null): Promise<Check[]> {
  const node = await check('Node.js', async () => {
    const major = Number(process.versions.node.split('.')[0]);
    if (major < 24) throw new Error(`version ${process.versions.node}, but 24 or newer is needed`);
    return process.versions.node;
  });
  let config: Config | null = null;
  const environment = await check('Environment', async () => {
    config = loadConfig();
    return 'valid';
  });
  if (config === null) return [node, environment];
  const histories = await editHistories(config, repository);
  return [
    node,
    environment,
    ...(await checksOf(config)),
    ...histories.map(
      ({ name, detail, readable }): Check => ({
        name,
        ok: true,
        detail,
        ...(readable ? {} : { note: true }),
      }),
    ),
  ];
}

function checksOf(config: Config): Promise<Check[]> {
  return Promise.all([
    check('Database', async () => {
      const store = await openStore(config);
      await store.close();
      return config.databaseUrl === null ? `embedded, in ${config.dataDir}` : 'Postgres, migrated';
    }),
    check('Judge', () => examineJudge(config)),
    check('Webhook secret', async () => {
      if (config.webhook.secret === null)
        throw new Error('WEBHOOK_SECRET is empty; set the App’s webhook secret');
      return 'set';
    }),
    check('GitHub App', async () => {
      if (config.app === null) throw new Error('APP_ID is not set; run swe-manager start to register an App');
      const { slug, installations } = await gitHubAppOf(config).describe();
      return `${slug}, ${installations} ${installations === 1 ? 'installation' : 'installations'}`;
    }),
  ]);
}

/** Every server must answer, and one of them must serve the model that is configured. */
async function examineJudge(config: Config): Promise<string> {
  const { judge, service, close } = openJudge(config);
  if (service === null) return judge.name;
  try {
    const servers = await service.health();
    const down = servers.filter(({ state }) => state !== 'up');
    if (down.length > 0) {
      throw new JudgeError(
        `${down.map(({ url, problem }) => `${url} is down: ${problem}`).join('; ')}.`,
        'Start it or correct INFERENCE_URL; runs wait for it meanwhile.',
        { retryable: true },
      );
    }
    return describeService(config, servers);
  } finally {
    await close();
  }
}

function describeService({ inference }: Config, servers: readonly ServerHealth[]): string {
  const models = [...new Set(servers.flatMap((server) => server.models))];
  const wanted = inference?.model ?? models[0];
  if (wanted === undefined || !models.includes(wanted)) {
    throw new ConfigError(
      `The inference service does not serve ${wanted ?? 'any model'}.`,
      `Set INFERENCE_MODEL to one of: ${models.join(', ') || 'none'}.`,
    );
  }
  const count = servers.length === 1 ? '1 server' : `${servers.length} servers`;
  return `model ${wanted} on ${count}, ${inference?.votes} votes at most`;
}

async function check(name: string, look: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    const detail =
      error instanceof SweManagerError
        ? adviceOf(error)
        : error instanceof Error
          ? error.message
          : String(error);
    return { name, ok: false, detail };
  }
}
