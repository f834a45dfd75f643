/** A running App process: the web edge, the workers, or both, over one context. */
import type { Config } from './config.ts';
import { type ContextParts, createContext } from './context.ts';
import { ConfigError } from './errors.ts';
import type { AppContext } from './ports.ts';
import { receiveDelivery } from './tasks/receive-delivery.ts';
import { markerKeys } from './tasks/support/marker.ts';
import { NotReady, startWebServer } from './web/server.ts';
import { startWorking } from './worker.ts';

/** A worker whose rounds stand still for longer is not working; milliseconds. */
const LONGEST_SILENCE_MS = 60_000;

export type Role = 'all' | 'web' | 'worker';

export interface RunningApp {
  readonly ctx: AppContext;
  /** Where the web edge listens; null for a worker. */
  readonly url: string | null;
  /** Takes no more work, finishes what is under way (up to `timeoutMs` milliseconds), and closes everything. */
  close(options?: { timeoutMs?: number }): Promise<void>;
}

/** @throws ConfigError, DatabaseError, DataDirectoryLockedError before anything listens. */
export async function startApp(
  config: Config,
  options: { role?: Role; parts?: ContextParts } = {},
): Promise<RunningApp> {
  const role = options.role ?? 'all';
  assertRole(config, role);
  if (role !== 'web') markerKeys(config); // A worker that cannot sign would fail every command.
  const context = await createContext(config, options.parts);
  const { ctx } = context;
  try {
    const rounds = role === 'web' ? null : await startWorking(ctx, { vacuum: context.kind === 'pglite' });
    let draining = false;
    const ready = async () => {
      if (draining) throw new NotReady('this process is stopping');
      if (rounds && rounds.silentMs() > LONGEST_SILENCE_MS) throw new NotReady('the workers stand still');
      if (!(await context.isMigrated())) throw new NotReady("the database lacks this version's tables");
    };
    const web = role === 'worker' ? null : await startWeb(ctx, ready);
    return {
      ctx,
      url: web?.url ?? null,
      close: async (closing) => {
        draining = true;
        await web?.close();
        // A round may take its time to end; no job is taken meanwhile.
        await Promise.all([context.drain(closing), rounds?.stop()]);
        await context.close();
      },
    };
  } catch (error) {
    await context.close();
    throw error;
  }
}

function startWeb(ctx: AppContext, ready: () => Promise<void>): ReturnType<typeof startWebServer> {
  return startWebServer({
    config: ctx.config,
    logger: ctx.logger,
    inbox: (delivery) => receiveDelivery(ctx, delivery),
    answered: () => ctx.failpoint('delivery.answered'),
    ready,
  });
}

/** The embedded database belongs to one process, so its roles cannot be split. */
function assertRole(config: Config, role: Role): void {
  if (role !== 'all' && config.databaseUrl === null) {
    throw new ConfigError(
      `--role ${role} needs a database that several processes can share.`,
      'Set DATABASE_URL to a Postgres server, or start with --role all.',
    );
  }
  if (role !== 'worker' && config.webhook.secret === null) {
    throw new ConfigError(
      'WEBHOOK_SECRET is empty, so nobody could tell GitHub from a forger.',
      'Set it to the secret of the App’s webhook settings.',
    );
  }
}
