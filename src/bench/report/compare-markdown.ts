/** What `bench compare` prints: Markdown that reads well on a terminal, too. */

import { RESAMPLES } from '../../statistics/bootstrap.ts';
import type { Comparison } from '../compare.ts';
import { dollarInterval, dollars, markdownTable, percent, percentInterval, pValue } from './format.ts';

export function renderComparison(comparison: Comparison): string {
  const { a, b, tasks } = comparison;
  const priced = comparison.dollars_total > 0;
  const sections = [
    `# Comparison on ${tasks} tasks`,
    `A is ${a.name}\nB is ${b.name}`,
    markdownTable(
      ['', 'A', 'B', 'B − A', '95 % (paired bootstrap)'],
      [
        [
          'accuracy',
          percent(a.accuracy),
          percent(b.accuracy),
          points(comparison.accuracy_difference),
          pointsInterval(comparison),
        ],
        ...(priced
          ? [
              [
                'dollars',
                dollars(a.dollars),
                dollars(b.dollars),
                dollars(comparison.dollars_difference),
                dollarInterval(comparison.dollars_difference_interval),
              ],
            ]
          : []),
      ],
    ),
    markdownTable(
      ['', 'B right', 'B wrong'],
      [
        ['A right', String(comparison.both_right), String(comparison.only_a_right)],
        ['A wrong', String(comparison.only_b_right), String(comparison.both_wrong)],
      ],
    ),
    `Exact McNemar, two-sided: p = ${pValue(comparison.p_value)}. ${verdict(comparison)}`,
    effect(comparison),
    unmatched(comparison),
    `Bootstrap: percentile, ${RESAMPLES} paired resamples of tasks, seed ${comparison.seed}.`,
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function verdict({ p_value: p, alpha, accuracy_difference: difference }: Comparison): string {
  if (p >= alpha) return 'These tasks do not show that either is better.';
  return difference > 0 ? 'B is better.' : 'A is better.';
}

function effect({ minimum_detectable_effect: effect, tasks, alpha, power, ...rest }: Comparison): string {
  const discordant = rest.only_a_right + rest.only_b_right;
  const setting = `${tasks} tasks of which ${discordant} differ (α = ${alpha}, power ${power})`;
  return effect === null
    ? `Minimum detectable effect: none. With ${setting} no true difference would be found reliably.`
    : `Minimum detectable effect: ${(effect * 100).toFixed(1)} points of accuracy, with ${setting}.`;
}

function unmatched({ only_in_a: a, only_in_b: b }: Comparison): string {
  return a + b > 0 ? `Left out: ${a} tasks that only A has, ${b} that only B has.` : '';
}

function points(difference: number): string {
  return `${(difference * 100).toFixed(1)} points`;
}

function pointsInterval({ accuracy_difference_interval: interval }: Comparison): string {
  return interval === null ? '–' : percentInterval(interval).replace(/ %$/, ' points');
}
