import { describe, expect, it } from 'vitest';
import {
  allPass,
  checkGuard,
  checkGuards,
  GUARDS,
  type GuardName,
} from '../../../src/pipeline/promotion/guards.ts';

const share = (successes: number, trials = 400) => ({ successes, trials });
const equal = {
  format: { candidate: share(399), incumbent: share(399) },
  grounding: { candidate: share(350), incumbent: share(350) },
  abstention: { candidate: share(200), incumbent: share(200) },
  flips: { candidate: share(60), incumbent: share(60) },
  attacks: { candidate: share(4), incumbent: share(4) },
  latency: { candidate: seconds(1), incumbent: seconds(1) },
} as const;

describe('the guards', () => {
  it('let an equal candidate pass, SWE-Lancer not being given', () => {
    const results = checkGuards(equal);
    expect(results.map(({ name, verdict }) => `${name}: ${verdict}`)).toEqual([
      'format: passed',
      'grounding: passed',
      'abstention: passed',
      'flips: passed',
      'attacks: passed',
      'latency: passed',
      'swe-lancer: not-measured',
    ]);
    expect(allPass(results)).toBe(true);
  });

  it.each([
    ['format', { candidate: share(385), incumbent: share(399) }],
    ['grounding', { candidate: share(320), incumbent: share(350) }],
    ['abstention', { candidate: share(190), incumbent: share(200) }],
    ['flips', { candidate: share(85), incumbent: share(60) }],
    ['attacks', { candidate: share(20), incumbent: share(4) }],
    ['latency', { candidate: seconds(1.3), incumbent: seconds(1) }],
    ['swe-lancer', { candidate: share(100, 237), incumbent: share(126, 237) }],
  ] as const)('%s stops a candidate that is worse', (name, measured) => {
    expect(checkGuard(name, measured).verdict).toBe('failed');
    expect(allPass(checkGuards({ ...equal, [name]: measured }))).toBe(false);
  });

  it.each(['format', 'grounding', 'abstention', 'flips', 'attacks', 'latency'] as const)(
    '%s has to be measured',
    (name) => {
      const { [name]: _left, ...others } = equal;
      expect(allPass(checkGuards(others))).toBe(false);
    },
  );

  it('a handful of decisions never passes', () => {
    expect(checkGuard('format', { candidate: share(10, 10), incumbent: share(10, 10) }).verdict).toBe(
      'failed',
    );
  });

  it('says what it measured and how much worse it may be', () => {
    const result = checkGuard('grounding', { candidate: share(360), incumbent: share(350) });
    expect(result).toMatchObject({ candidate: 0.9, incumbent: 0.875, margin: GUARDS.grounding.margin });
    // Newcombe's interval, by hand: -0.025 + sqrt(0.02678^2 + 0.02499^2).
    expect(result.worst).toBeCloseTo(0.0119, 3);
  });

  it('refuses a measurement of another kind', () => {
    expect(() => checkGuard('format' as GuardName, equal.latency)).toThrow('another kind');
  });
});

/** Seconds of 400 decisions, spread as those of a judge are. */
function seconds(mean: number): number[] {
  return Array.from({ length: 400 }, (_, index) => mean * (0.5 + ((index * 149) % 400) / 400));
}
