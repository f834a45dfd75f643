/** The dataset commands from the first saved thread to erasure, as a person types them. */
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { openStore } from '../../src/context.ts';
import { type Ended, runCommand } from '../support/cli.ts';
import { fillDataDirectory } from '../support/database.ts';
import { distinctProposal } from '../support/labelled.ts';

const THREADS = 8;
const thread = (number: number, repository = 'acme/saved') => ({
  repository,
  issue: { number, title: `[$250] Thing ${number} breaks`, body: distinctProposal(`issue${number}`) },
  comments: ['a', 'b'].map((letter, index) => ({
    id: number * 10 + index,
    html_url: `https://github.com/${repository}/issues/${number}#issuecomment-${number * 10 + index}`,
    user: { login: `${letter}-author` },
    body: distinctProposal(`${letter}${number}`),
  })),
  accepted_comment_ids: [number * 10 + (number % 2)],
});
const jsonl = (threads: readonly unknown[]) => threads.map((one) => `${JSON.stringify(one)}\n`).join('');

let dir: string;
let store: Awaited<ReturnType<typeof openStore>>;
const at = (name: string): string => join(dir, name);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swe-manager-dataset-'));
  await fillDataDirectory(at('data'));
  // Whoever owns the database serves it to the commands: none of them has to start it.
  store = await openStore(loadConfig({ SWE_MANAGER_DATA_DIR: at('data') }));
  const threads = Array.from({ length: THREADS }, (_, index) => thread(index + 1));
  await writeFile(at('threads.jsonl'), jsonl(threads));
  await writeFile(at('more.jsonl'), jsonl([thread(20), thread(21)]));
  await writeFile(at('benchmark.jsonl'), jsonl([thread(100, 'Expensify/App')]));
  await writeFile(at('broken.jsonl'), `${JSON.stringify(thread(30))}\n{"repository": \n`);
});
afterAll(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

function run(args: string, env: Record<string, string> = {}): Promise<Ended> {
  return runCommand(args.split(' '), {
    DATABASE_URL: '',
    SWE_MANAGER_DATA_DIR: at('data'),
    INFERENCE_URL: '',
    TRAINING_CONSENT: 'allow',
    ...env,
  });
}

async function said(args: string, env?: Record<string, string>): Promise<string> {
  const ended = await run(args, env);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return ended.stdout;
}

const told = async (args: string, env?: Record<string, string>) =>
  JSON.parse(await said(`${args} --json`, env));

function expectRefusal(ended: Ended, problem: RegExp): void {
  expect(ended).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(problem) });
  expect(ended.stderr).toMatch(/^swe-manager: [^\n]+\n$/);
}

interface Row {
  readonly id: string;
  readonly split: string;
  readonly price: number;
  readonly contaminated: boolean;
  readonly provenance: { readonly signals: readonly string[] };
}

const rowsIn = (file: string): Row[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);

/** One story: each step goes on where the one before it ended. */
describe('dataset', () => {
  it('says what to do while there is no version', async () => {
    expect(await said('dataset list')).toBe('No version yet: swe-manager dataset build\n');
    for (const args of ['show', 'verify', 'diff 1 2', `export latest --out-dir ${at('none')}`])
      expectRefusal(await run(`dataset ${args}`), /There is no dataset version yet\. Build one with `swe-/);
    expectRefusal(await run('dataset show nonsense'), /no dataset version yet/);
  });

  it('builds and exports an empty version of nothing', async () => {
    expect(await said('dataset build')).toContain('Dataset version 1\n  train    0 rows of 0 threads');
    expect(await said(`dataset export 1 --format sft --out ${at('empty.jsonl')}`)).toBe(
      `0 rows in ${at('empty.jsonl')}\n`,
    );
    expect(readFileSync(at('empty.jsonl'), 'utf8')).toBe('');
    expect(await told('dataset verify 1')).toMatchObject({ intact: true, rows: 0 });
  });

  it('takes nothing without consent, and says how it is given', async () => {
    await said(`harvest --threads ${at('threads.jsonl')}`);
    const printed = await said('dataset build', { TRAINING_CONSENT: 'deny' });
    expect(printed).toContain(`left out: no-consent ${THREADS}`);
    expect(printed).toContain('or TRAINING_CONSENT=allow');
    const exported = await said(`dataset export latest --format sft --out ${at('none.jsonl')}`);
    expect(exported).toContain('or TRAINING_CONSENT=allow');
  });

  it('builds a version once for the same labels', async () => {
    const manifest = await told('dataset build');
    expect(manifest).toMatchObject({
      version: 3,
      snapshots: THREADS,
      rows: 2 * THREADS,
      contaminated: false,
    });
    expect(manifest.splits.train.rows).toBeGreaterThan(0);
    expect(manifest.splits.holdout.rows).toBeGreaterThan(0);
    expect(await said('dataset build')).toContain('Nothing changed since version 3.');
    expect(await said('dataset list')).toMatch(
      /^1 {2}.*\n2 {2}.*\n3 {2}\S+ {2}train \d+, holdout \d+ rows\n$/,
    );
  });

  it('leaves out what touches a benchmark, and marks a version that was not checked', async () => {
    await said(`harvest --threads ${at('benchmark.jsonl')}`);
    expect(await told('dataset build')).toMatchObject({
      version: 4,
      snapshots: THREADS,
      contaminated: false,
    });
    expect(await said('dataset build --no-decontaminate')).toContain('CONTAMINATED: training refuses');
    expect(await said(`dataset export latest --format grpo --out ${at('dirty.jsonl')}`)).toContain(
      'The version is contaminated: training refuses it.',
    );
    expect(rowsIn(at('dirty.jsonl')).every(({ contaminated }) => contaminated)).toBe(true);
    expect(await said('dataset list')).toContain('(contaminated)');
  });

  it('shows figures, the card, and what differs between versions', async () => {
    expect(await said('dataset show 3')).toMatch(/^Dataset version 3, built .*rows hash: [\da-f]{64}\n$/s);
    expect(await said('dataset show v3 --card')).toMatch(
      /^---\npretty_name: SWE-Manager decisions, version 3\n/,
    );
    await said(`harvest --threads ${at('more.jsonl')}`);
    expect(await told('dataset build')).toMatchObject({ version: 6, snapshots: THREADS + 2 });
    const { added, removed, changed } = await told('dataset diff 3 6');
    expect([added.length, removed, changed]).toEqual([4, [], []]);
    expect(await said('dataset diff 6 3')).toMatch(/^0 added\n4 removed: .*\n0 changed\n$/);
    expectRefusal(await run('dataset diff 3 99'), /no dataset version 99\. There are 1, 2, 3, 4, 5, 6/);
  });

  it('writes a whole directory as the card says', async () => {
    const { files } = await told(`dataset export 3 --out-dir ${at('out')}`);
    expect(files.map(({ format, split }: Row & { format: string }) => `${format}/${split}`)).toEqual(
      expect.arrayContaining(['sft/train', 'sft/holdout', 'grpo/train', 'grpo/holdout']),
    );
    const manifest = JSON.parse(readFileSync(join(at('out'), 'manifest.json'), 'utf8'));
    for (const split of ['train', 'holdout']) {
      const rows = rowsIn(join(at('out'), `sft/${split}.jsonl`));
      expect(rows).toHaveLength(manifest.splits[split].rows);
      expect(rows.every((row) => row.split === split && row.price === 250)).toBe(true);
    }
    expect(readdirSync(at('out')).sort()).toEqual(['README.md', 'grpo', 'manifest.json', 'sft']);
  });

  it('traces every row of an export back to all signals behind it', async () => {
    for (const { id, provenance } of rowsIn(join(at('out'), 'sft/train.jsonl'))) {
      const trace = await told(`dataset show 3 --row ${id}`);
      expect(trace.signals.map((signal: { id: string }) => signal.id)).toEqual(provenance.signals);
      expect(provenance.signals.length).toBeGreaterThan(0);
    }
    const [row] = rowsIn(join(at('out'), 'sft/train.jsonl'));
    expect(await said(`dataset show 3 --row ${row?.id}`)).toMatch(
      /^Row .*\n {2}acme\/saved#\d+, snapshot .*\nLabel .*\nSignals: 1\n {2}\S+ merge accept by ghost, unexposed\n/s,
    );
    expectRefusal(await run('dataset show 3 --row none:0'), /Version 3 has no row none:0/);
  });

  it.each([
    ['no place to write', 'dataset export 3', /Where should the rows go\?/],
    ['two places', 'dataset export 3 --out a --out-dir b', /Where should the rows go\?/],
    ['a file without a format', 'dataset export 3 --out rows.jsonl', /A file holds one format/],
    ['a format there is not', 'dataset export 3 --format csv --out a', /Allowed choices are sft, grpo, dpo/],
    ['a benchmark that is not there', 'dataset build --decontaminate none.csv', /none\.csv cannot be read/],
    ['a class there is not', 'dataset build --reason-classes luck', /there is no class "luck"/],
    ['no permutation', 'dataset build --permutations 0', /expected a whole number from 1 to 24/],
  ])('refuses %s', async (_, args, problem) => {
    expectRefusal(await run(args), problem);
  });

  it('refuses a benchmark of which a line is broken', async () => {
    expectRefusal(await run(`dataset build --decontaminate ${at('broken.jsonl')}`), /broken\.jsonl, line 2,/);
  });

  it('harvest names the broken line, takes the others, and ends with 1', async () => {
    const ended = await run(`harvest --threads ${at('broken.jsonl')} --json`);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('broken.jsonl, line 2,') });
    expect(JSON.parse(ended.stdout)).toMatchObject({ read: 2, broken: 1, outcomes: { stored: 1 } });
  });
});

describe.skipIf(process.platform !== 'linux')(
  'dataset export on a full disk (Linux has one to write to)',
  () => {
    it('leaves the earlier file as it was, and nothing half', async () => {
      const file = at('full/rows.jsonl');
      await said(`dataset export 3 --format sft --out ${file}`);
      const before = readFileSync(file, 'utf8');
      symlinkSync('/dev/full', `${file}.${process.pid}.partial`);
      expectRefusal(
        await run(`dataset export 3 --format grpo --out ${file}`),
        /rows\.jsonl cannot be written: ENOSPC/,
      );
      expect(readFileSync(file, 'utf8')).toBe(before);
      expect(readdirSync(at('full'))).toEqual(['rows.jsonl']);
    });
  },
);

/** After the dataset's story, whose rows it erases. */
describe('forget', () => {
  it.each([
    ['a repository nobody knows', 'acme/none', /Repository acme\/none is not known/],
    ['an installation nobody knows', '999', /Installation 999 is not known/],
    ['a number that is none of GitHub’s', '9'.repeat(30), /is not known/],
    ['what is no login', '-x-', /-x- is no GitHub login/],
  ])('refuses %s', async (_, subject, problem) => {
    expectRefusal(await run(`forget -- ${subject}`), problem);
  });

  it('a user: their rows leave every export, and the version says so and stays intact', async () => {
    expect(await told('forget @a-author')).toMatchObject({ what: 'user', comments: THREADS + 4 });
    expect(await told('forget a-author')).toMatchObject({ comments: 0, names: 0 });
    expect(await told('dataset verify 3')).toMatchObject({ intact: true, erased: 2 * THREADS });
    const { files } = await told(`dataset export 3 --format sft --out ${at('after.jsonl')}`);
    expect(files).toMatchObject([{ rows: 0 }]);
    expect(await said('dataset list')).toContain(`${2 * THREADS} erased since`);
    expect(await told('dataset build')).toMatchObject({ rows: 0 });
  });

  it('a repository and an installation: their issues are erased, once', async () => {
    expect(await told('forget acme/saved')).toMatchObject({ what: 'repository', issues: THREADS + 3 });
    expect(await told('forget acme/saved')).toMatchObject({ issues: 0 });
    expect(await told('forget 0')).toMatchObject({ what: 'installation', issues: 1 });
    const { rows } = (await store.db.execute(
      `select count(*)::int as n from snapshots where erased_at is null`,
    )) as unknown as { rows: { n: number }[] };
    expect(rows).toEqual([{ n: 0 }]);
  });
});
