/** The commands with a model behind them: the demo, the record it leaves, a decision on a file, the doctor. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { benchCommand } from '../../src/cli/bench.ts';
import { chooseCommand } from '../../src/cli/choose.ts';
import { datasetCommand } from '../../src/cli/dataset.ts';
import { decisionCommand } from '../../src/cli/decision.ts';
import { demoCommand } from '../../src/cli/demo.ts';
import { doctorCommand } from '../../src/cli/doctor.ts';
import {
  type FakeInference,
  type FakeScript,
  fairModel,
  startFakeInference,
} from '../../src/sandbox/inference/index.ts';

const TASKS = fileURLToPath(new URL('../fixtures/bench/tasks.csv', import.meta.url));

let folder: string;
let service: FakeInference;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swe-manager-model-'));
  service = await startFakeInference({ models: ['manager-8b', 'adapter'], script: fairModel });
  vi.stubEnv('INFERENCE_URL', service.url);
  vi.stubEnv('SWE_MANAGER_DATA_DIR', folder);
  vi.stubEnv('LOG_LEVEL', 'silent');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  process.exitCode = 0;
  vi.restoreAllMocks();
});

/** Runs the command in this process. */
async function run(command: Command, ...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const said = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.err += String(text);
    return true;
  });
  await command.parseAsync(args, { from: 'user' });
  vi.restoreAllMocks();
  return { ...said, code: Number(process.exitCode ?? 0) };
}

describe('with a model', () => {
  it('the demo does the main job, and its decisions can be looked into', async () => {
    // What an operator set for real installations.
    vi.stubEnv('INSTALLATION_ALLOWLIST', '1');
    vi.stubEnv('POSTING_DISABLED', 'true');
    vi.stubEnv('JUDGE_CALLS_PER_DAY', '1');
    const demo = await run(demoCommand());
    expect(demo).toMatchObject({ err: '', code: 0 });
    expect(demo.out).toContain('chosen by the **model**');
    expect(demo.out).not.toContain('embedded judge');
    expect(demo.out).toMatch(/Dataset version \d+: [1-9]\d* rows/);
    const id = /decision `([0-9a-f-]{36})`/.exec(demo.out)?.[1] ?? '';

    expect(demo.out).toMatch(
      /The dataset card: \S+README\.md [^\n]*\n\n {2}---\n {2}pretty_name: SWE-Manager/,
    );
    vi.stubEnv('SWE_MANAGER_DATA_DIR', join(folder, 'demo'));
    const row = /dataset show --row (\S+)/.exec(demo.out)?.[1] ?? '';
    const traced = await run(datasetCommand(), 'show', '--row', row);
    expect(traced).toMatchObject({ err: '', code: 0 });
    expect(traced.out).toMatch(/^Signals: [1-9]\d*\n {2}\S+ command (?:accept|override) by /m);

    const shown = await run(decisionCommand(), 'show', id.slice(0, 8));
    expect(shown.out).toMatch(/Judge: model, manager-8b; prompt manager-\d+; votes by k=5/);
    expect(shown.out).toMatch(/vote\/0, shown [\d ]+: proposal \d; \d+ \+ \d+ tokens/);
    const record = JSON.parse((await run(decisionCommand(), 'show', id, '--json')).out);
    expect(record).toMatchObject({
      id,
      judge: 'model',
      calibrated: false,
      voteShare: { votesFor: 3, votes: 3 },
    });
    expect(record.votes[0].prompt.messages[0]).toMatchObject({ role: 'system' });
    expect(record.snapshot.input.candidates.length).toBeGreaterThan(1);

    const absent = await run(decisionCommand(), 'show', '00000000');
    expect(absent).toMatchObject({ out: '', code: 1, err: expect.stringContaining('There is no decision') });
    const nonsense = await run(decisionCommand(), 'show', "'; drop table");
    expect(nonsense).toMatchObject({ code: 1, err: expect.stringContaining('no decision') });
  }, 120_000);

  it('choose decides on a saved thread and says which model did', async () => {
    const file = join(folder, 'thread.json');
    const proposal = (id: number, login: string) => ({
      id,
      html_url: `https://github.com/acme/app/issues/1#issuecomment-${id}`,
      user: { login },
      body: `## Proposal\n### Root cause\n\`${login}.ts\` forgets the draft.\n### Changes\nSave it in \`${login}.ts\`.`,
    });
    writeFileSync(
      file,
      JSON.stringify({
        repository: 'acme/app',
        issue: { number: 1, title: 'The draft is lost', body: 'Write, leave, come back.' },
        comments: [proposal(11, 'ann'), proposal(12, 'bob')],
      }),
    );
    const chosen = await run(chooseCommand(), '--thread', file, '--json');
    expect(chosen.err).toBe('');
    expect(JSON.parse(chosen.out)).toMatchObject({ judge: 'model', model: 'manager-8b', chosen: { id: 1 } });
  });

  describe('bench', () => {
    /** The adapter prefers what is shown first, so that its choice hangs on the display order. */
    const biasedAdapter: FakeScript = (request) => {
      if (request.model !== 'adapter') return fairModel(request);
      const [first] = /(?<=<proposal id=")\d+/.exec(request.messages.at(-1)?.content ?? '') ?? [];
      return {
        answer: { best_proposal_id: Number(first), explanation: 'It is first.', golden_proposal: 'Do it.' },
      };
    };
    beforeAll(() => {
      service.script = biasedAdapter;
    });
    afterAll(() => {
      service.script = fairModel;
    });
    const flags = ['--judge', 'model', '--votes', '3', '--beside', 'adapter', '--reorder'];

    it('measures a model beside another, both in other display orders again', async () => {
      const asked = service.requests.length;
      const { err, code, out } = await run(benchCommand(), TASKS, ...flags, '--concurrency', '4', '--json');
      expect({ err, code }).toEqual({ err: '', code: 0 });
      const summary = JSON.parse(out);
      expect(summary).toMatchObject({
        judge: 'model',
        tasks: 5,
        failures: 0,
        accuracy: summary.baselines.first.accuracy, // the fair model takes the first that was posted
        model: { tasks: 5, votes_per_task: 2, vote_agreement: 1, flip_rate: 0, reordered_tasks: 5 },
        beside: { judge: 'adapter', tasks: 5, failures: 0, model: { reordered_tasks: 5 } },
      });
      expect(summary.beside.model.flip_rate).toBeGreaterThan(0);
      expect(summary.beside.model.vote_agreement).toBeLessThan(1);
      expect(summary.beside.comparison).toMatchObject({
        tasks: 5,
        a: { name: 'adapter' },
        b: { name: 'model' },
      });
      const models = service.requests.slice(asked).map(({ model }) => model);
      expect(new Set(models)).toEqual(new Set(['manager-8b', 'adapter']));
    });

    it('says the same in words, with a report', async () => {
      const report = join(folder, 'bench');
      const { err, out } = await run(benchCommand(), TASKS, ...flags, '--out', report);
      expect(err).toBe('');
      expect(out.match(/^flip rate {3}/gm)).toHaveLength(2);
      expect(out).toMatch(/^saved {7}[\d.]+ % of the calls/m);
      expect(out).toMatch(/Exact McNemar, two-sided: p = /);
      expect(readFileSync(join(report, 'report.md'), 'utf8')).toContain('--judge model --votes 3 --reorder');
    });

    it('refuses another model that is not served, as a failure of every task', async () => {
      const { out } = await run(benchCommand(), TASKS, '--judge', 'model', '--model', 'nobody', '--json');
      expect(JSON.parse(out)).toMatchObject({ failures: 5, accuracy: 0, model: null });
    });
  });

  it('the doctor says which model answers, and what is wrong when none does', async () => {
    const judge = async () =>
      JSON.parse((await run(doctorCommand(), '--json')).out).checks.find(
        ({ name }: { name: string }) => name === 'Judge',
      );
    expect(await judge()).toEqual({
      name: 'Judge',
      ok: true,
      detail: 'model manager-8b on 1 server, 5 votes at most',
    });
    vi.stubEnv('INFERENCE_MODEL', 'nobody');
    expect(await judge()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('manager-8b, adapter'),
    });
    vi.stubEnv('INFERENCE_MODEL', '');
    const { port } = service;
    await service.close();
    expect(await judge()).toMatchObject({ ok: false, detail: expect.stringContaining('runs wait for it') });
    await service.listen(port);
  }, 120_000);
});
