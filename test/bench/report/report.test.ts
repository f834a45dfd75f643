import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { summarise } from '../../../src/bench/metrics.ts';
import { drawFigures } from '../../../src/bench/report/figures.ts';
import { duration, markdownTable, percentInterval, pValue } from '../../../src/bench/report/format.ts';
import { sliceTables } from '../../../src/bench/slices.ts';
import { type Run, writeReport } from '../../../src/bench/write-report.ts';
import { result } from '../results.ts';

const RESULTS = [
  result('a', { confidence: 0.9 }),
  result('b', { price: 7000, correct: false, forced: 2, chosen: 2, proposals: 4, confidence: 0.2 }),
  result('c', { abstained: true, chosen: null, proposals: 2, answer: [2], forced: 2 }),
  result('d | e', {
    correct: false,
    forced: null,
    chosen: null,
    error: 'Error: out | of\nwords',
    confidence: 0,
  }),
];

function run(results = RESULTS): Run {
  return {
    summary: summarise('embedded', results, 7),
    results,
    environment: {
      version: '1.2.3',
      commit: 'abc1234',
      node: 'v24.0.0',
      platform: 'linux x64',
      processor: 'Fast One',
      cores: 2,
      memory: 8,
      date: '2031-01-02T03:04:05.000Z',
    },
    source: { path: 'tasks.csv', format: 'swe-lancer-csv', sha256: 'f00d' },
    skipped: [{ reason: 'not of the variant swe_manager', count: 3 }],
    model: 'embedded-1',
    command: 'swe-manager bench tasks.csv --judge embedded --seed 7 --out out',
  };
}

async function written(results = RESULTS): Promise<Map<string, string>> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    await writeReport(join(dir, 'deep', 'out'), run(results));
    const names = await readdir(join(dir, 'deep', 'out'));
    const texts = names.map(
      async (name) => [name, await readFile(join(dir, 'deep', 'out', name), 'utf8')] as const,
    );
    return new Map(await Promise.all(texts));
  } finally {
    await rm(dir, { recursive: true });
  }
}

describe('a report', () => {
  it('is a Markdown file with figures and the result of every task', async () => {
    const files = await written();
    expect([...files.keys()].toSorted()).toEqual([
      'accuracy.svg',
      'reliability.svg',
      'report.md',
      'risk-coverage.svg',
      'slices.svg',
      'summary.json',
      'tasks.jsonl',
    ]);
    const lines = (files.get('tasks.jsonl') ?? '').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(RESULTS);
    expect(JSON.parse(files.get('summary.json') ?? '')).toMatchObject({
      judge: 'embedded',
      tasks: 4,
      seed: 7,
    });
  });

  it('shows every figure that it writes, and no other', async () => {
    const files = await written();
    const shown = [...(files.get('report.md') ?? '').matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(
      ([, name]) => name,
    );
    expect(shown.toSorted()).toEqual([...files.keys()].filter((name) => name.endsWith('.svg')).toSorted());
  });

  it('says what was found, on what, with which caveats, and how to do it again', async () => {
    const report = (await written()).get('report.md') ?? '';
    expect(report).toContain(
      'in 2 of 4 tasks: 50.0 % (95 % interval 15.0 to 85.0 %). It earns $2,000 of $10,000, 20.0 %',
    );
    expect(report).toContain('One task, b, holds 70.0 % of the dollars. Without it the earn rate is 66.7 %.');
    expect(report).toContain('compared by the paired test');
    expect(report).toContain('The judge failed on 1 of 4 tasks; they count as wrong.');
    expect(report).toContain('| d \\| e | Error: out \\| of words |');
    expect(report).toContain('| Left out | 3 not of the variant swe_manager |');
    for (const fact of ['f00d', '1.2.3 (abc1234)', 'v24.0.0', '2031-01-02', run().command])
      expect(report).toContain(fact);
  });

  it('has one number of columns in each table', async () => {
    const report = (await written()).get('report.md') ?? '';
    const tables = report.split('\n\n').filter((block) => block.startsWith('|'));
    expect(tables.length).toBeGreaterThan(7);
    for (const table of tables) {
      const widths = table.split('\n').map((line) => line.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  it('can be made without prices, without abstentions, and of a single task', async () => {
    const files = await written([result('only', { price: null, proposals: 1 })]);
    expect(files.get('report.md')).toContain('No earn rate');
    expect(files.get('report.md')).not.toMatch(/NaN|undefined|Infinity/);
    for (const text of files.values()) expect(text).not.toContain('NaN');
    const priced = (await written([result('only')])).get('report.md');
    expect(priced).toContain('A single task holds all of the dollars');
    expect(priced).not.toContain('No earn rate');
  });

  it('does not call a judge well calibrated that never answered', async () => {
    const failed = { correct: false, forced: null, chosen: null, error: 'Error: down', confidence: 0 };
    const report = (await written([result('a', failed), result('b', failed)])).get('report.md');
    expect(report).toContain('| Brier score of “the choice is right” | – |');
    expect(report).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('says when a directory cannot be written', async () => {
    await expect(writeReport('/dev/null/out', run())).rejects.toThrow(/cannot be written/);
  });
});

describe('figures', () => {
  const figures = drawFigures(run().summary, sliceTables(RESULTS));

  it.each(figures)('$name stands alone as SVG', ({ svg, caption }) => {
    const { document } = parseHTML(`<body>${svg}</body>`);
    const root = document.querySelector('svg');
    expect(root?.getAttribute('xmlns')).toBe('http://www.w3.org/2000/svg');
    expect(document.querySelectorAll('text').length).toBeGreaterThan(3);
    expect(svg).not.toMatch(/NaN|undefined/);
    expect(caption).toMatch(/\.$/);
  });

  it('put a dot where the number is', () => {
    const { document } = parseHTML(`<body>${figures.find(({ name }) => name === 'accuracy')?.svg}</body>`);
    const texts = [...document.querySelectorAll('text')].map((text) => text.textContent);
    expect(texts).toEqual(expect.arrayContaining(['embedded', 'takes the first', '50.0', '75.0']));
    expect(document.querySelectorAll('circle')).toHaveLength(4);
  });
});

describe('numbers', () => {
  it('are written for reading', () => {
    expect(percentInterval([0.1234, 1])).toBe('12.3 to 100.0 %');
    expect(percentInterval(null)).toBe('–');
    expect([0.00001, 0.0123, 4.567].map(duration)).toEqual(['0.01 ms', '12.3 ms', '4.57 s']);
    expect([0.04, 0.0004].map(pValue)).toEqual(['0.040', '< 0.001']);
    expect(markdownTable(['', 'n'], [['a\nb|c', '1']])).toBe('|  | n |\n| --- | ---: |\n| a b\\|c | 1 |');
  });
});
