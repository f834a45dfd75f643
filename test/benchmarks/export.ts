/**
 * `npm run bench:export [-- --rows 10000,100000,1000000] [--floor 0.5]`: rows a second and peak memory of an export,
 * beside `COPY … TO STDOUT` of the same query by psql in the same run, both flushed to the same disk. Exit code 1
 * when the export is slower than the floor or its memory grows with the rows.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm/sql';
import { migrate } from '../../src/adapters/db/migrate.ts';
import { openPostgres } from '../../src/adapters/db/postgres.ts';
import type { Db } from '../../src/ports.ts';
import { datasetVersions } from '../../src/schema/index.ts';
import { datasetVersionStore } from '../../src/store/index.ts';
import { seedThread } from '../support/labelled.ts';
import { startPostgres } from '../support/postgres.ts';
import type { Exported } from './export-process.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000,100000' },
    rounds: { type: 'string', default: '3' },
    floor: { type: 'string', default: '0.5' },
  },
});
const sizes = values.rows.split(',').map(Number);
/** Most that the peak memory of the largest export may be above the smallest one's. */
const MEMORY_GROWTH = 1.3;
/** Characters of a row's messages: the median of real threads, about 3,000 tokens. */
const MESSAGE_LENGTH = 12_000;
const POOL = 199;

const WORDS =
  'the menu closes before click arrives root cause handler state component render proposal change test when because should value false true return await effect list screen report account update focus press input'.split(
    ' ',
  );

const say = (line: string) => process.stdout.write(`${line}\n`);
const selection = { format: 'sft', split: 'train', targets: null, without: [] } as const;

const server = await startPostgres();
const directory = await mkdtemp(join(tmpdir(), 'swe-manager-bench-'));
try {
  process.exitCode = (await measure()) ? 0 : 1;
} finally {
  await server.stop();
  await rm(directory, { recursive: true });
}

async function measure(): Promise<boolean> {
  const database = await openPostgres(server.url, () => {});
  try {
    await migrate(database);
    const results = [];
    for (const rows of sizes) {
      const version = await fill(database.db, rows);
      results.push(await compare(database.db, version, rows));
    }
    return judge(results);
  } finally {
    await database.close();
  }
}

interface Result {
  readonly rows: number;
  readonly ratio: number;
  readonly peakMiB: number;
}

async function compare(db: Db, version: { id: string; number: number }, rows: number): Promise<Result> {
  let [copied, exported] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [peakMiB, bytes] = [0, 0];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    copied = Math.min(copied, await copyOut(copyStatement(db, version, rows)));
    const ours = await exportOut(version);
    exported = Math.min(exported, ours.seconds);
    peakMiB = Math.max(peakMiB, ours.peakMiB);
    bytes = (await stat(join(directory, 'ours.jsonl'))).size;
    if (ours.rows !== rows) throw new Error(`exported ${ours.rows} of ${rows} rows`);
  }
  const ratio = copied / exported;
  say(
    `${rows} rows, ${(bytes / 2 ** 20).toFixed(0)} MiB: export ${perSecond(rows, exported)}, COPY ${perSecond(rows, copied)}, ` +
      `ratio ${ratio.toFixed(2)}; peak memory ${peakMiB.toFixed(0)} MiB`,
  );
  return { rows, ratio, peakMiB };
}

function judge(results: readonly Result[]): boolean {
  const slow = results.filter(({ ratio }) => ratio < Number(values.floor));
  for (const { rows, ratio } of slow) say(`TOO SLOW at ${rows} rows: ${ratio.toFixed(2)} of COPY`);
  const [first, last] = [results[0], results.at(-1)];
  const growth = first && last ? last.peakMiB / first.peakMiB : 1;
  if (growth > MEMORY_GROWTH) say(`MEMORY GROWS with the rows: ${growth.toFixed(2)} times`);
  return slow.length === 0 && growth <= MEMORY_GROWTH;
}

function perSecond(rows: number, seconds: number): string {
  return `${Math.round(rows / seconds)} rows/s`;
}

/** A version whose rows are as long as real ones, with texts that compress as prose does. */
async function fill(db: Db, rows: number): Promise<{ id: string; number: number }> {
  const { snapshotId, labelId } = await seedThread(db, { number: rows });
  const [id, number] = [randomUUID(), rows];
  await db.insert(datasetVersions).values({ id, number, startedAt: new Date(), builtAt: new Date() });
  await db.execute(sql`create table if not exists bench_pool (place int primary key, messages text)`);
  for (let n = 0; n < POOL; n += 1) {
    await db.execute(sql`insert into bench_pool values (${n}, ${messages(n)}) on conflict do nothing`);
  }
  await db.execute(sql`
    insert into dataset_rows (version_id, ordinal, row_id, snapshot_id, label_id, permutation, shown_order, split,
      weight, reason_class, exposed, contaminated, target_kind, hash, messages, answer, rejected, columns)
    select ${id}::uuid, n, ${snapshotId}::text || ':' || n, ${snapshotId}::uuid, ${labelId}::uuid, 0, '[1,2]'::jsonb, 'train', 0.8, 'technical', false,
      false, 'maintainers', md5(n::text), p.messages, to_jsonb(left(p.messages, 1500))::text, null,
      '"id":"' || n || '","best_proposal_id":1,"explanation":"' || md5(n::text) || '"'
    from generate_series(0, ${rows - 1}::int) as n join bench_pool p on p.place = n % ${POOL}::int`);
  await db.execute(sql`vacuum analyze dataset_rows`);
  return { id, number };
}

function messages(seed: number): string {
  let [state, text] = [seed + 1, ''];
  while (text.length < MESSAGE_LENGTH) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const word = WORDS[state % WORDS.length] ?? '';
    text +=
      state % 11 === 0 ? ` \`${word}${state % 997}.ts\`` : state % 13 === 0 ? `\n| ${word}` : ` ${word}`;
  }
  return JSON.stringify([
    { role: 'system', content: 'You are the technical manager of a software project.' },
    { role: 'user', content: text },
  ]);
}

function copyStatement(db: Db, version: { id: string; number: number }, rows: number): string {
  const query = datasetVersionStore.exportQuery(db, version, selection, { from: 0, to: rows }).toSQL();
  const inlined = query.sql.replace(/\$(\d+)/g, (_, index: string) =>
    literal(query.params[Number(index) - 1]),
  );
  return `copy (${inlined}) to stdout`;
}

function literal(value: unknown): string {
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}

/** Seconds that psql takes to write the file and the disk to have it. */
async function copyOut(statement: string): Promise<number> {
  const file = join(directory, 'copy.txt');
  const started = performance.now();
  const child = spawn(await findPsql(), [server.url, '-qAtX', '-c', statement], {
    stdio: ['ignore', openSync(file, 'w'), 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`psql ended with ${code}`);
  const written = await open(file, 'r+');
  await written.sync();
  await written.close();
  return (performance.now() - started) / 1000;
}

async function exportOut(version: { id: string; number: number }): Promise<Exported> {
  const script = join(import.meta.dirname, 'export-process.ts');
  const args = [script, server.url, version.id, String(version.number), join(directory, 'ours.jsonl')];
  const options = ['--import', join(import.meta.dirname, '../../src/quick-imports.ts')];
  return JSON.parse(execFileSync(process.execPath, [...options, ...args], { encoding: 'utf8' })) as Exported;
}

async function findPsql(): Promise<string> {
  const debian = '/usr/lib/postgresql';
  for (const version of existsSync(debian) ? (await readdir(debian)).sort().reverse() : []) {
    const file = join(debian, version, 'bin/psql');
    if (existsSync(file)) return file;
  }
  return 'psql';
}
