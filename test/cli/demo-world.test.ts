import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inDemoDirectory, playOn } from '../../src/cli/demo-world.ts';
import { loadConfig } from '../../src/config.ts';
import { DatabaseError, DataDirectoryLockedError } from '../../src/errors.ts';
import { startStage } from '../../src/sandbox/stage.ts';

const parent = mkdtempSync(join(tmpdir(), 'swe-demo-'));
afterAll(() => rmSync(parent, { recursive: true }));
const config = { ...loadConfig({}), dataDir: parent };

describe('a demo', () => {
  it('is refused while another one runs in its directory, whose data stay', async () => {
    await inDemoDirectory(config, 'demo', async (dataDir) => {
      mkdirSync(dataDir);
      await expect(inDemoDirectory(config, 'demo', async () => {})).rejects.toThrow(DataDirectoryLockedError);
      expect(existsSync(dataDir)).toBe(true);
    });
    await inDemoDirectory(config, 'demo', async (dataDir) => expect(existsSync(dataDir)).toBe(false));
  });

  it('closes its GitHub when the App does not start', async () => {
    const stage = await startStage();
    const file = join(parent, 'file');
    writeFileSync(file, '');
    const broken = { ...config, ...stage.credentials, dataDir: join(file, 'data') };
    await expect(playOn(stage, broken, async () => {})).rejects.toThrow(DatabaseError);
    await expect(fetch(stage.github.url)).rejects.toThrow();
  });
});
