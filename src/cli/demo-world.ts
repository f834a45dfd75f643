/** What a demo is played in: a directory of its own, a fake GitHub, and the App between them. */
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningApp, startApp } from '../app.ts';
import type { Config } from '../config.ts';
import { lockFile } from '../context.ts';
import { DataDirectoryLockedError } from '../errors.ts';
import type { Stage } from '../sandbox/stage.ts';

/**
 * Empties the demo's directory, and keeps it from other demos while `play` runs; its data stay.
 * @throws DataDirectoryLockedError while another demo is played there
 */
export async function inDemoDirectory(
  { dataDir: parent }: Config,
  name: string,
  play: (dataDir: string) => Promise<void>,
): Promise<void> {
  const dataDir = join(parent, name);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const lock = lockFile(`${dataDir}.lock`);
  if (lock === null) {
    throw new DataDirectoryLockedError(
      `Another demo is running in ${dataDir}.`,
      'Wait until it has ended, or set SWE_MANAGER_DATA_DIR to another directory.',
    );
  }
  try {
    await rm(dataDir, { recursive: true, force: true });
    await play(dataDir);
  } finally {
    lock.release();
  }
}

/** Runs the App beside the stage for as long as `play` does. Both are closed also when the App does not start. */
export async function playOn(
  stage: Stage,
  config: Config,
  play: (app: RunningApp) => Promise<void>,
  options: Parameters<typeof startApp>[1] = {},
): Promise<void> {
  try {
    const app = await startApp(config, options);
    try {
      await play(app);
    } finally {
      await app.close();
    }
  } finally {
    await stage.close();
  }
}
