import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { drawGateFigures } from '../../../src/bench/report/gate-figures.ts';

const accuracy = [
  { name: 'new', role: 'candidate', right: 120, decisions: 200 },
  { name: 'old', role: 'incumbent', right: 100, decisions: 200 },
  { name: 'hand', role: 'base', right: 80, decisions: 200 },
] as const;
const looks = [
  { decisions: 200, alpha: 0.005, pValue: 0.02, candidateOnly: 40, incumbentOnly: 20 },
  { decisions: 400, alpha: 0.045, pValue: 1e-12, candidateOnly: 90, incumbentOnly: 30 },
];

/** What a reader finds in the picture. */
function textsOf(svg: string): string[] {
  const { document } = parseHTML(svg);
  return [...document.querySelectorAll('text')].map(({ textContent }) => textContent.trim());
}

describe('drawGateFigures', () => {
  const [first, second, third] = drawGateFigures({ accuracy, looks });

  it('shows each judge with its accuracy', () => {
    const texts = textsOf(first?.svg ?? '');
    expect(texts).toEqual(expect.arrayContaining(['60.0', '50.0', '40.0']));
    for (const { name, role } of accuracy)
      expect(texts.some((text) => text.includes(name) && text.includes(role))).toBe(true);
  });

  it('shows the discordant pairs of each look', () => {
    const texts = textsOf(second?.svg ?? '');
    expect(texts).toEqual(expect.arrayContaining(['40', '20', '90', '30', '200 decisions', '400 decisions']));
  });

  it('fills the dots of the looks that promote, and keeps tiny p-values inside', () => {
    const { document } = parseHTML(third?.svg ?? '');
    const dots = [...document.querySelectorAll('circle')];
    expect(dots.map((dot) => dot.getAttribute('fill'))).toEqual(['white', expect.stringMatching(/^#/)]);
    for (const dot of dots) expect(Number(dot.getAttribute('cx'))).toBeGreaterThanOrEqual(120);
  });

  it('draws nothing of nothing', () => {
    expect(drawGateFigures({ accuracy: [], looks: [] })).toEqual([]);
  });
});
