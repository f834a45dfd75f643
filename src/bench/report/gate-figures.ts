/** The figures of the gate's report: who was right, where the two differ, and what the looks found. */
import * as Plot from '@observablehq/plot';
import type { GateNumbers, JudgeAccuracy, LookNumbers } from '../../pipeline/promotion/types.ts';
import { wilson } from '../../statistics/interval.ts';
import { ACCENT, draw, type Figure, MUTED, PERCENT } from './draw.ts';

export function drawGateFigures({ accuracy, looks }: GateNumbers): Figure[] {
  const measured = accuracy.filter(({ decisions }) => decisions > 0);
  return [
    ...(measured.length > 0 ? [accuracyFigure(measured)] : []),
    ...(looks.length > 0 ? [discordantFigure(looks), levelFigure(looks)] : []),
  ];
}

function accuracyFigure(accuracy: readonly JudgeAccuracy[]): Figure {
  const dots = accuracy.map(({ name, role, right, decisions }) => {
    const [low, high] = wilson(right, decisions);
    return { label: `${name}\n${role}`, share: right / decisions, low, high, own: role === 'candidate' };
  });
  const colour = ({ own }: (typeof dots)[number]) => (own ? ACCENT : MUTED);
  return {
    name: 'accuracy',
    caption: `Accuracy of each judge on the same ${accuracy[0]?.decisions ?? 0} unexposed decisions, with 95 % Wilson intervals. Overlapping intervals say nothing about who is better: the two are compared decision by decision.`,
    svg: draw({
      height: 80 + dots.length * 50,
      marginTop: 30,
      marginLeft: 200,
      x: { ...PERCENT, domain: [0, 1], label: 'Accuracy (%)' },
      y: { domain: dots.map(({ label }) => label), label: null, tickSize: 0 },
      marks: [
        Plot.ruleX([0]),
        Plot.ruleY(dots, { y: 'label', x1: 'low', x2: 'high', stroke: colour, strokeWidth: 2 }),
        Plot.dot(dots, { x: 'share', y: 'label', fill: colour, r: 5 }),
        Plot.text(dots, {
          x: 'share',
          y: 'label',
          text: ({ share }: (typeof dots)[number]) => (100 * share).toFixed(1),
          dy: -13,
          fill: colour,
        }),
      ],
    }),
  };
}

function discordantFigure(looks: readonly LookNumbers[]): Figure {
  const bars = looks.flatMap(({ decisions, candidateOnly, incumbentOnly }) => [
    { look: `${decisions} decisions`, who: 'only the candidate is right', count: candidateOnly },
    { look: `${decisions} decisions`, who: 'only the incumbent is right', count: incumbentOnly },
  ]);
  return {
    name: 'discordant',
    caption:
      'Discordant pairs at each look: the decisions that exactly one of the two got right. Only these are tested.',
    svg: draw({
      height: 80 + looks.length * 70,
      marginLeft: 200,
      marginRight: 120,
      x: { label: 'Decisions', grid: true, insetRight: 30 },
      y: { axis: null, domain: ['only the candidate is right', 'only the incumbent is right'] },
      fy: { label: null, axis: 'right' },
      marks: [
        Plot.ruleX([0]),
        Plot.barX(bars, {
          x: 'count',
          y: 'who',
          fy: 'look',
          fill: ({ who }: (typeof bars)[number]) => (who.includes('candidate') ? ACCENT : MUTED),
        }),
        Plot.text(bars, { x: 0, y: 'who', fy: 'look', text: 'who', textAnchor: 'end', dx: -8 }),
        Plot.text(bars, { x: 'count', y: 'who', fy: 'look', text: 'count', textAnchor: 'start', dx: 6 }),
      ],
    }),
  };
}

/** Smaller ones would stretch the axis for nothing. */
const SMALLEST_P = 1e-6;

function levelFigure(looks: readonly LookNumbers[]): Figure {
  const points = looks.map((look) => ({
    look: `${look.decisions} decisions`,
    p: Math.min(1, Math.max(SMALLEST_P, look.pValue)),
    alpha: look.alpha,
    promotes: look.pValue <= look.alpha,
  }));
  return {
    name: 'level',
    caption: `One-sided exact McNemar: the p-value of each look (dot) and the level up to which it promotes (tick). Values below ${SMALLEST_P} are drawn there.`,
    svg: draw({
      height: 70 + looks.length * 50,
      marginLeft: 120,
      x: { type: 'log', domain: [SMALLEST_P, 1], label: 'p', ticks: 7, tickFormat: '~g', grid: true },
      y: { domain: points.map(({ look }) => look), label: null, tickSize: 0 },
      marks: [
        Plot.ruleY(points, { y: 'look', x1: SMALLEST_P, x2: 'alpha', stroke: MUTED, strokeWidth: 2 }),
        Plot.tickX(points, { x: 'alpha', y: 'look', stroke: MUTED, strokeWidth: 3 }),
        Plot.dot(points, {
          x: 'p',
          y: 'look',
          r: 6,
          stroke: ACCENT,
          strokeWidth: 2,
          fill: ({ promotes }: (typeof points)[number]) => (promotes ? ACCENT : 'white'),
        }),
      ],
    }),
  };
}
