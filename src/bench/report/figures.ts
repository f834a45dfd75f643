/** The report's figures as SVG, drawn without a browser. */
import * as Plot from '@observablehq/plot';
import { type Interval, wilson } from '../../statistics/interval.ts';
import type { Summary } from '../metrics.ts';
import type { SliceTable } from '../slices.ts';
import { ACCENT, draw, type Figure, HALO, MUTED, PERCENT } from './draw.ts';
import { score } from './format.ts';

export function drawFigures(summary: Summary, tables: readonly SliceTable[]): Figure[] {
  return [
    accuracyFigure(summary),
    ...(tables.length > 0 ? [slicesFigure(summary, tables)] : []),
    riskCoverageFigure(summary),
    reliabilityFigure(summary),
  ];
}

interface Bar {
  readonly name: string;
  readonly accuracy: number;
  readonly interval: Interval | null;
  readonly own: boolean;
}

function accuracyFigure(summary: Summary): Figure {
  const { baselines, tasks, judge } = summary;
  const bars: Bar[] = [
    { name: judge, accuracy: summary.accuracy, interval: summary.accuracy_interval, own: true },
    ruleBar('takes the first', baselines.first.accuracy, tasks),
    ruleBar('takes the longest', baselines.longest.accuracy, tasks),
    { name: 'at random', accuracy: baselines.random.accuracy, interval: null, own: false },
  ];
  return {
    name: 'accuracy',
    caption: `Accuracy of the forced choice on ${tasks} tasks with 95 % Wilson intervals; the random choice is an expected value.`,
    svg: draw({
      height: 220,
      marginTop: 30,
      marginLeft: 130,
      x: { ...PERCENT, domain: [0, 1], label: 'Accuracy (%)' },
      y: { domain: bars.map(({ name }) => name), label: null },
      marks: [
        Plot.ruleX([0]),
        Plot.ruleY(
          bars.filter(({ interval }) => interval !== null),
          {
            y: 'name',
            x1: (bar: Bar) => bar.interval?.[0],
            x2: (bar: Bar) => bar.interval?.[1],
            stroke: colour,
            strokeWidth: 2,
          },
        ),
        Plot.dot(bars, { x: 'accuracy', y: 'name', fill: colour, r: 5 }),
        Plot.text(bars, {
          x: 'accuracy',
          y: 'name',
          text: (bar: Bar) => `${(bar.accuracy * 100).toFixed(1)}`,
          dy: -13,
          fill: colour,
        }),
      ],
    }),
  };
}

function ruleBar(name: string, accuracy: number, tasks: number): Bar {
  return { name, accuracy, interval: wilson(Math.round(accuracy * tasks), tasks), own: false };
}

function colour({ own }: { own: boolean }): string {
  return own ? ACCENT : MUTED;
}

function slicesFigure({ judge }: Summary, tables: readonly SliceTable[]): Figure {
  const lines = tables.reduce((total, { rows }) => total + rows.length + 1, 0);
  return {
    name: 'slices',
    caption: `Accuracy of ${judge} by slice with 95 % Wilson intervals (blue), beside an expected random choice (grey ticks). ${tables.length} ways to slice the same tasks.`,
    svg: draw({
      height: 60 + lines * 24,
      marginLeft: 170,
      x: { ...PERCENT, domain: [0, 1], label: 'Accuracy (%)' },
      y: {
        domain: tables.flatMap(({ by, rows: own }) => [by, ...own.map((row) => `${by}\n${row.slice}`)]),
        axis: null,
      },
      marks: [
        Plot.ruleX([0]),
        Plot.text(tables, {
          y: 'by',
          text: ({ by }: SliceTable) => `By ${by}`,
          frameAnchor: 'left',
          textAnchor: 'start',
          dx: -160,
          dy: 4,
          fontWeight: 600,
          ...HALO,
        }),
        ...tables.flatMap(({ by, rows: own }) => sliceMarks(by, own)),
      ],
    }),
  };
}

function sliceMarks(by: string, rows: SliceTable['rows']): Plot.Markish[] {
  type Row = SliceTable['rows'][number];
  const y = (row: Row) => `${by}\n${row.slice}`;
  return [
    Plot.text(rows, {
      y,
      text: (row: Row) => `${row.slice}  (n = ${row.tasks})`,
      frameAnchor: 'left',
      textAnchor: 'end',
      dx: -8,
    }),
    Plot.ruleY(rows, {
      y,
      x1: (row: Row) => row.accuracy_interval[0],
      x2: (row: Row) => row.accuracy_interval[1],
      stroke: ACCENT,
      strokeWidth: 2,
    }),
    Plot.tickX(rows, { x: 'random', y, stroke: MUTED, strokeWidth: 2 }),
    Plot.dot(rows, { x: 'accuracy', y, fill: ACCENT, r: 4 }),
  ];
}

function riskCoverageFigure(summary: Summary): Figure {
  const { tasks, risk_coverage: points, abstentions } = summary;
  const right = summary.correct / tasks;
  const best = points.map(({ coverage }) => ({
    coverage,
    risk: Math.max(0, (coverage - right) / coverage),
  }));
  const answered = tasks - abstentions.tasks - summary.failures;
  const own =
    abstentions.accuracy_when_chosen === null
      ? []
      : [{ coverage: answered / tasks, risk: 1 - abstentions.accuracy_when_chosen }];
  return {
    name: 'risk-coverage',
    caption: `Risk–coverage: error among the surest tasks. AURC ${score(summary.aurc)}, against ${score(summary.aurc_random)} for a confidence that says nothing (grey line) and ${score(summary.aurc_best)} for a perfect one with as many errors (dashed). The ring is where the judge itself stops answering.`,
    svg: draw({
      height: 360,
      marginLeft: 50,
      x: { ...PERCENT, domain: [0, 1], label: 'Coverage: tasks answered (%)' },
      y: { ...PERCENT, domain: [0, 1], label: 'Risk: wrong among them (%)' },
      marks: [
        Plot.ruleY([0]),
        Plot.ruleY([summary.aurc_random], { stroke: MUTED }),
        Plot.line(best, { x: 'coverage', y: 'risk', stroke: MUTED, strokeDasharray: '4 3' }),
        Plot.line(points, { x: 'coverage', y: 'risk', stroke: ACCENT, strokeWidth: 2, curve: 'step-after' }),
        Plot.dot(own, { x: 'coverage', y: 'risk', stroke: ACCENT, strokeWidth: 2, r: 6, fill: 'white' }),
      ],
    }),
  };
}

function reliabilityFigure({ reliability, ece }: Summary): Figure {
  type Bin = Summary['reliability'][number];
  return {
    name: 'reliability',
    caption: `Reliability: how often the judge is right where it is so sure, in tenths, with 95 % Wilson intervals and the number of tasks. Expected calibration error ${score(ece)}.`,
    svg: draw({
      height: 420,
      width: 460,
      marginLeft: 50,
      marginRight: 40,
      x: { ...PERCENT, domain: [0, 1], label: 'Confidence (%)' },
      y: { ...PERCENT, domain: [0, 1], label: 'Accuracy (%)' },
      marks: [
        Plot.line(
          [
            [0, 0],
            [1, 1],
          ],
          { stroke: MUTED, strokeDasharray: '4 3' },
        ),
        Plot.ruleX(reliability, {
          x: 'confidence',
          y1: (bin: Bin) => bin.accuracy_interval[0],
          y2: (bin: Bin) => bin.accuracy_interval[1],
          stroke: ACCENT,
        }),
        Plot.dot(reliability, { x: 'confidence', y: 'accuracy', fill: ACCENT, r: 5 }),
        Plot.text(reliability, {
          x: 'confidence',
          y: 'accuracy',
          text: (bin: Bin) => `n = ${bin.tasks}`,
          dx: 8,
          textAnchor: 'start',
          ...HALO,
        }),
      ],
    }),
  };
}
