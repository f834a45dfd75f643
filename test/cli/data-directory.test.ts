/** Commands on an embedded database, alone and while the App runs on it: they then ask the App's process. */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, runCommand } from '../support/cli.ts';
import { fillDataDirectory } from '../support/database.ts';

const BIN = path.join(import.meta.dirname, '../../src/cli/bin.js');
/** The embedded database is the subject here: there is nothing in it for a Postgres server to show. */
const onPostgres = process.env.TEST_DATABASE === 'postgres';

describe.skipIf(onPostgres)('commands on a data directory', () => {
  let root: string;
  let environment: Record<string, string>;
  beforeAll(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'swe-manager-'));
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    environment = {
      DATABASE_URL: '',
      INFERENCE_URL: '',
      SWE_MANAGER_DATA_DIR: path.join(root, 'data'),
      APP_ID: '1',
      PRIVATE_KEY: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      WEBHOOK_SECRET: 'sesame',
      GITHUB_API_URL: 'http://127.0.0.1:1',
      HOST: '127.0.0.1',
      PORT: '0',
    };
    await fillDataDirectory(path.join(root, 'data'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const run = (...args: string[]): Promise<Ended> => runCommand(args, environment);

  it('migrate, status and export work on it', async () => {
    expect(await run('migrate')).toEqual({
      code: 0,
      stderr: '',
      stdout: 'The embedded database is up to date.\n',
    });
    const status = await run('status', '--json');
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(status.stdout)).toMatchObject({
      database: 'pglite',
      where: environment.SWE_MANAGER_DATA_DIR,
      judge: 'embedded judge',
    });
    const out = path.join(root, 'rows.jsonl');
    const exported = await run('dataset', 'export', '--format', 'sft', '--out', out, '--json');
    expect(exported).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(exported.stdout)).toMatchObject({ files: [{ file: out, format: 'sft', rows: 0 }] });
    expect(readFileSync(out, 'utf8')).toBe('');
  });

  it('refuse a place to write to that is none, and leave what stands there', async () => {
    const file = path.join(root, 'a file');
    writeFileSync(file, 'mine');
    for (const out of [path.join(file, 'rows.jsonl'), root]) {
      const ended = await run('dataset', 'export', '--format', 'sft', '--out', out);
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toMatch(/^swe-manager: .+ cannot be written: [^\n]+\n$/);
    }
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('reach the App through its socket while it runs; a second App is refused', async () => {
    const app = spawn(process.execPath, [BIN, 'start'], {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(app, 'exit');
    try {
      for await (const line of createInterface({ input: app.stdout }))
        if (line.includes('SWE-Manager runs')) break;
      app.stdout.resume();
      const second = run('start');
      const refused = await second;
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toMatch(
        new RegExp(
          `^swe-manager: Process ${app.pid} is using the data directory [^\\n]+ Stop that process[^\\n]+\\n$`,
        ),
      );
      const status = await run('status');
      expect(status).toMatchObject({ code: 0, stderr: '' });
      expect(status.stdout).toContain(`${environment.SWE_MANAGER_DATA_DIR} (through the running process)`);
      expect(await run('migrate')).toMatchObject({ code: 0, stderr: '' });
    } finally {
      app.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
    }
  });
});
