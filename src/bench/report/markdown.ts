/** The report of one run, as Markdown: pure, so that a test can read what an engineer will. */

import { RESAMPLES } from '../../statistics/bootstrap.ts';
import { exactMcNemar } from '../../statistics/mcnemar.ts';
import type { Environment } from '../environment.ts';
import { measureRule, type Summary } from '../metrics.ts';
import type { TaskResult } from '../run.ts';
import type { SliceTable } from '../slices.ts';
import type { Skipped } from '../task.ts';
import type { Figure } from './draw.ts';
import {
  dollarInterval,
  dollars,
  duration,
  markdownTable,
  percent,
  percentInterval,
  pValue,
  score,
} from './format.ts';

export interface ReportParts {
  readonly summary: Summary;
  readonly results: readonly TaskResult[];
  readonly tables: readonly SliceTable[];
  readonly figures: readonly Figure[];
  readonly environment: Environment;
  readonly source: { readonly path: string; readonly format: string; readonly sha256: string };
  readonly skipped: readonly Skipped[];
  /** Model name and version, as the judge gives it. */
  readonly model: string;
  /** The command that makes this report again. */
  readonly command: string;
}

export function renderReport(parts: ReportParts): string {
  const { summary } = parts;
  const sections = [
    `# Benchmark of the judge “${summary.judge}”`,
    abstract(summary),
    '## Result',
    resultTable(parts),
    figure(parts, 'accuracy'),
    '## Against the trivial rules',
    rulesTable(parts.results),
    '## Slices',
    ...parts.tables.flatMap(({ by, rows }) => [`### By ${by}`, sliceTable(rows)]),
    figure(parts, 'slices'),
    '## Confidence',
    confidenceTable(summary),
    figure(parts, 'risk-coverage'),
    figure(parts, 'reliability'),
    '## Abstentions',
    abstentionTable(summary),
    ...costs(summary),
    ...failures(parts.results),
    '## Setting',
    settingTable(parts),
    '## Caveats',
    caveats(summary)
      .map((caveat) => `- ${caveat}`)
      .join('\n'),
    '## Reproduce',
    `\`\`\`sh\n${parts.command}\n\`\`\``,
    'Choices, intervals and figures depend on the file, the judge’s version and the seed alone; times depend on the machine. The results of every task are in `tasks.jsonl`; `swe-manager bench compare A B` compares two such files.',
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function abstract(summary: Summary): string {
  const earned =
    summary.earn_rate === null
      ? ''
      : ` It earns ${dollars(summary.dollars)} of ${dollars(summary.dollars_total)}, ${percent(summary.earn_rate)} (${percentInterval(summary.earn_rate_interval)}).`;
  return `Having to choose, the judge picks the maintainers’ proposal in ${summary.correct} of ${summary.tasks} tasks: ${percent(summary.accuracy)} (95 % interval ${percentInterval(summary.accuracy_interval)}).${earned} A task takes ${duration(summary.seconds_per_task)}.`;
}

function resultTable({ summary, results }: ReportParts): string {
  const { baselines } = summary;
  const own = [
    `**${summary.judge}**`,
    percent(summary.accuracy),
    percentInterval(summary.accuracy_interval),
    percent(summary.earn_rate),
    percentInterval(summary.earn_rate_interval),
    summary.dollars_total > 0 ? dollars(summary.dollars) : '–',
    dollarInterval(summary.dollars_interval),
  ];
  const rule = (name: string, choice: (result: TaskResult) => number | null) => {
    const measured = measureRule(results, choice, summary.seed);
    return [
      name,
      percent(measured.accuracy),
      percentInterval(measured.accuracy_interval),
      percent(measured.earn_rate),
      percentInterval(measured.earn_rate_interval),
      summary.dollars_total > 0 ? dollars(measured.dollars) : '–',
      dollarInterval(measured.dollars_interval),
    ];
  };
  const { accuracy, earn_rate } = baselines.random;
  const earned = earn_rate === null ? '–' : dollars(earn_rate * summary.dollars_total);
  return markdownTable(
    ['', 'accuracy', '95 % (Wilson)', 'earn rate', '95 % (bootstrap)', 'dollars', '95 % (bootstrap)'],
    [
      own,
      rule('takes the first', ({ first }) => first),
      rule('takes the longest', ({ longest }) => longest),
      ['at random (expected)', percent(accuracy), '', percent(earn_rate), '', earned, ''],
    ],
  );
}

/** The rules ran on the same tasks, so the comparison is paired. */
function rulesTable(results: readonly TaskResult[]): string {
  const row = (name: string, choice: (result: TaskResult) => number | null) => {
    const pairs = results.map((result) => {
      const number = choice(result);
      return { own: result.correct, rule: number !== null && result.answer.includes(number) };
    });
    const ownOnly = pairs.filter(({ own, rule }) => own && !rule).length;
    const ruleOnly = pairs.filter(({ own, rule }) => !own && rule).length;
    return [name, String(ownOnly), String(ruleOnly), pValue(exactMcNemar(ownOnly, ruleOnly))];
  };
  return markdownTable(
    ['', 'only the judge is right', 'only the rule is right', 'p (exact McNemar, two-sided)'],
    [row('takes the first', ({ first }) => first), row('takes the longest', ({ longest }) => longest)],
  );
}

function sliceTable(rows: SliceTable['rows']): string {
  return markdownTable(
    ['', 'tasks', 'right', 'accuracy', '95 % (Wilson)', 'random', 'first', 'longest', 'abstained'],
    rows.map((row) => [
      row.slice,
      String(row.tasks),
      String(row.correct),
      percent(row.accuracy),
      percentInterval(row.accuracy_interval),
      percent(row.random),
      percent(row.first),
      percent(row.longest),
      String(row.abstained),
    ]),
  );
}

function confidenceTable(summary: Summary): string {
  return markdownTable(
    ['measure', 'value'],
    [
      ['AURC, lower is better', score(summary.aurc)],
      ['AURC of a perfect confidence with as many errors', score(summary.aurc_best)],
      ['AURC of a confidence that says nothing', score(summary.aurc_random)],
      ['Expected calibration error, 10 bins of equal width', score(summary.ece)],
      ['Brier score of “the choice is right”', score(summary.brier)],
    ],
  );
}

function abstentionTable({ abstentions, tasks, failures: failed }: Summary): string {
  const chosen = tasks - abstentions.tasks - failed;
  return markdownTable(
    ['', 'tasks', 'accuracy of the forced choice', '95 % (Wilson)'],
    [
      [
        'chose',
        String(chosen),
        percent(abstentions.accuracy_when_chosen),
        chosen > 0 ? percentInterval(abstentions.accuracy_when_chosen_interval) : '–',
      ],
      [
        'abstained',
        String(abstentions.tasks),
        percent(abstentions.accuracy_when_abstained),
        abstentions.tasks > 0 ? percentInterval(abstentions.accuracy_when_abstained_interval) : '–',
      ],
    ],
  );
}

function costs({ model }: Summary): string[] {
  if (model === null) return [];
  return [
    '## Calls and tokens',
    markdownTable(
      ['measure', 'value'],
      [
        ['Calls a task, with rounds, playoffs and writing', model.calls_per_task.toFixed(2)],
        ['Votes a task', model.votes_per_task.toFixed(2)],
        ['Prompt tokens a task', model.prompt_tokens_per_task.toFixed(0)],
        ['Completion tokens a task', model.completion_tokens_per_task.toFixed(0)],
        ['Calls saved against fixed k', percent(model.calls_saved)],
        ['Tokens saved against fixed k', percent(model.tokens_saved)],
        ['Agreement of the votes of a task', percent(model.vote_agreement)],
        [
          'Choices that flip under other display orders',
          model.flip_rate === null
            ? 'not measured (--reorder)'
            : `${percent(model.flip_rate)} of ${model.reordered_tasks}`,
        ],
      ],
    ),
  ];
}

function failures(results: readonly TaskResult[]): string[] {
  const failed = results.filter(({ error }) => error !== null);
  if (failed.length === 0) return [];
  return [
    '## Failures',
    `The judge failed on ${failed.length} of ${results.length} tasks; they count as wrong.`,
    markdownTable(
      ['task', 'error'],
      failed.map(({ id, error }) => [id, (error ?? '').slice(0, 300)]),
    ),
  ];
}

function settingTable({ summary, environment, source, skipped, model }: ReportParts): string {
  return markdownTable(
    ['', ''],
    [
      ['Judge', `${summary.judge}, ${model}`],
      ['File', source.path],
      ['Format', source.format],
      ['SHA-256', source.sha256],
      ['Tasks', String(summary.tasks)],
      ['Left out', skipped.map(({ reason, count }) => `${count} ${reason}`).join('; ') || 'none'],
      ['Seed', String(summary.seed)],
      ['Bootstrap', `percentile, ${RESAMPLES} resamples of tasks`],
      ['SWE-Manager', `${environment.version}${environment.commit ? ` (${environment.commit})` : ''}`],
      ['Node', environment.node],
      ['System', environment.platform],
      ['Processor', `${environment.processor}, ${environment.cores} cores`],
      ['Memory', `${environment.memory} GiB`],
      ['Date', environment.date],
    ],
  );
}

function caveats(summary: Summary): string[] {
  const [low, high] = summary.accuracy_interval;
  const { largest_task: largest } = summary;
  return [
    `With ${summary.tasks} tasks the interval of the accuracy is ${((high - low) * 100).toFixed(0)} points wide. Judges on the same tasks are compared by the paired test, not by whether their intervals overlap.`,
    largest
      ? `One task, ${largest.id}, holds ${percent(largest.share)} of the dollars. Without it the earn rate is ${percent(largest.earn_rate_without)}.`
      : withoutLargest(summary),
    'The answer is what the maintainers chose then, not proof that the others were worse; often several would have done.',
    'Slices overlap and are many: some will stand out by chance. No correction for looking often has been made.',
    'Titles and descriptions were edited after the choice. States, prices, bots’ contract blocks and owners are removed; a proposal’s own text may still have been edited later.',
    'Discussion, reactions and screenshots of the threads are not part of the tasks.',
  ];
}

function withoutLargest({ earn_rate }: Summary): string {
  return earn_rate === null
    ? 'No earn rate: the tasks state no price.'
    : 'A single task holds all of the dollars: the earn rate says no more than whether the judge got that one right.';
}

function figure({ figures }: ReportParts, name: string): string {
  const found = figures.find((one) => one.name === name);
  return found ? `![${found.name}](${found.name}.svg)\n\n*${found.caption}*` : '';
}
