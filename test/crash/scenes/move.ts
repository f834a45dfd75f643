import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isAnswered, settle } from '../oracle/answered.ts';
import type { Outcome } from '../result.ts';
import { createPgliteFactory, type DatabaseFactory, type WorldDatabase } from '../world/database.ts';
import { PROGRAM } from '../world/process.ts';
import { onStage, type SceneOptions } from './stage.ts';

const run = promisify(execFile);

/** From the embedded database to Postgres with decisions made and work left; then the work goes on there. */
export async function move(options: SceneOptions): Promise<Outcome> {
  const embedded = await createPgliteFactory(options.directory, `${options.name}-template`);
  const databases = movable(embedded, options.databases);
  return onStage({ ...options, databases }, { roles: ['all'] }, async (stage) => {
    const { world, claim } = stage;
    const [app] = world.processes;
    if (!app) throw new Error('there is no process');
    await world.start();
    const before = { accounts: 2, issues: 6, commands: 20, mostOpen: 20, pauseMs: 200 };
    await stage.traffic(before);
    claim((await app.stop()) === 0, 'it did not stop well before the move');
    const { stdout } = await run(
      process.execPath,
      [PROGRAM, 'db', 'move', '--to', databases.target(), '--json'],
      { cwd: world.directory, env: { PATH: process.env.PATH, ...world.database.env } },
    );
    const { rows } = JSON.parse(stdout) as { rows: number };
    claim(rows > 0, 'nothing was moved');
    databases.switchOver();
    await app.start();
    await settle(world);
    const [issue] = world.people.commands.map(({ comment }) => comment.issue);
    if (!issue) throw new Error('there is no issue');
    const choose = world.people.command(issue, 'mia', 'choose', ['done', 'undecided', 'paused', 'cancelled']);
    await world.until('a decision after the move', () => isAnswered(world, choose));
  });
}

interface MovableFactory extends DatabaseFactory {
  /** The address of the empty database that waits. */
  target(): string;
  switchOver(): void;
}

/** A database that begins as the embedded one, and is the other from the switch on. */
function movable(from: DatabaseFactory, to: DatabaseFactory): MovableFactory {
  let both: { from: WorldDatabase; to: WorldDatabase } | null = null;
  let moved = false;
  const current = () => {
    if (both === null) throw new Error('there is no database yet');
    return moved ? both.to : both.from;
  };
  return {
    create: async () => {
      const pair = { from: await from.create(), to: await to.create() };
      both = pair;
      return {
        get kind() {
          return current().kind;
        },
        get env() {
          return current().env;
        },
        look: (read) => current().look(read),
        drop: async () => {
          await pair.from.drop();
          await pair.to.drop();
        },
      };
    },
    restart: null,
    close: async () => {},
    target: () => both?.to.env.DATABASE_URL ?? '',
    switchOver: () => {
      moved = true;
    },
  };
}
