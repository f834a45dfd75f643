/** How numbers are written in reports. */
import type { Interval } from '../../statistics/interval.ts';

const DOLLARS = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 0,
});

/** `0.123`; an en dash for null. */
export function score(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

/** `33.3 %`; an en dash for null. */
export function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`;
}

/** `20.6 to 49.0 %`; an en dash for null. */
export function percentInterval(interval: Interval | null): string {
  if (interval === null) return '–';
  return `${(interval[0] * 100).toFixed(1)} to ${(interval[1] * 100).toFixed(1)} %`;
}

export function dollars(amount: number | null): string {
  return amount === null ? '–' : DOLLARS.format(amount);
}

export function dollarInterval(interval: Interval | null): string {
  return interval === null ? '–' : `${dollars(interval[0])} to ${dollars(interval[1])}`;
}

/** `0.05 ms`, `12.3 ms`, and from a second on `4.56 s`. */
export function duration(seconds: number): string {
  const ms = seconds * 1000;
  return seconds < 1 ? `${ms.toFixed(ms < 1 ? 2 : 1)} ms` : `${seconds.toFixed(2)} s`;
}

/** Three digits, and `< 0.001` below. */
export function pValue(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** A Markdown table; the first column is left-aligned, the others to the right. Cells are escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [
    line(head),
    `|${head.map((_, index) => (index === 0 ? ' --- ' : ' ---: ')).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}

function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
}
