/** How figures look, and how they become SVG without a browser. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

export type { Figure } from '../../pipeline/promotion/types.ts';

const INK = '#1b1f24';
export const MUTED = '#8b949e';
export const ACCENT = '#0b62a8';
const WIDTH = 640;
const STYLE = { fontFamily: 'system-ui, sans-serif', fontSize: '12px', color: INK, background: 'white' };
/** Keeps text readable over lines. */
export const HALO = { fill: INK, stroke: 'white', strokeWidth: 4 } as const;
export const PERCENT = { tickFormat: (share: number) => `${Math.round(share * 100)}`, grid: true } as const;

/** Draws into a document of its own; the SVG stands alone, as a file must. */
export function draw(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const plot = Plot.plot({ width: WIDTH, marginBottom: 42, style: STYLE, ...options, document });
  plot.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${plot.outerHTML}\n`;
}
