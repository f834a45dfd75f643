import { describe, expect, it } from 'vitest';
import {
  detectableDifference,
  LOOKS,
  type PairedDecision,
  runGate,
  takeLook,
} from '../../../src/pipeline/promotion/gate.ts';
import { promotionProbability } from '../../../src/pipeline/promotion/operating-characteristics.ts';
import { seeded } from '../../../src/statistics/random.ts';

/** So many decisions of each kind, mixed so that every long prefix looks much like the whole. */
function pairs(count: number, candidateOnly: number, incumbentOnly: number): PairedDecision[] {
  const sorted = Array.from({ length: count }, (_, index) => ({
    candidateRight: index < candidateOnly,
    incumbentRight: index >= candidateOnly && index < candidateOnly + incumbentOnly,
  }));
  // 149 shares no factor with the counts used here, so every decision is taken once.
  return sorted.map((_, index) => sorted[(index * 149) % count] ?? fail());
}

function fail(): never {
  throw new Error('no such decision');
}

describe('the gate', () => {
  it('waits for its first look and says how many decisions are missing', () => {
    expect(runGate(pairs(150, 40, 10))).toMatchObject({ verdict: 'wait', looks: [], missing: 50 });
  });

  it('promotes early only what is far ahead', () => {
    const result = runGate(pairs(200, 40, 12));
    expect(result).toMatchObject({ verdict: 'promote', missing: 0 });
    expect(result.looks).toHaveLength(1);
    expect(result.looks[0]?.pValue).toBeLessThanOrEqual(0.005);
  });

  it('goes on to the second look, whose level is larger', () => {
    expect(runGate(pairs(200, 30, 20))).toMatchObject({ verdict: 'wait', missing: 200 });
    const result = runGate(pairs(400, 61, 41));
    expect(result.looks.map((look) => look.verdict)).toEqual(['keep', 'promote']);
    expect(result.verdict).toBe('promote');
  });

  it('keeps the incumbent when the second look does not show enough', () => {
    expect(runGate(pairs(400, 55, 50))).toMatchObject({ verdict: 'keep', missing: 0 });
  });

  it('never looks a third time', () => {
    const more = [...pairs(400, 55, 50), ...pairs(200, 200, 0)];
    expect(runGate(more)).toMatchObject({ verdict: 'keep', missing: 0 });
  });

  it('gives no verdict on a handful of differences, and says what it could have found', () => {
    const few = pairs(400, 24, 0);
    expect(runGate(few).verdict).toBe('not-enough-evidence');
    expect(detectableDifference(few)).toBeCloseTo(0.031, 2);
  });

  it('makes candidates that share an epoch share its level', () => {
    const close = pairs(400, 61, 41);
    expect(runGate(close, 1).verdict).toBe('promote');
    expect(runGate(close, 2).verdict).toBe('keep');
  });

  it('agrees with tables of the binomial distribution', () => {
    // P(X >= 20 | 25, 1/2) = 68406 / 2^25.
    expect(takeLook(LOOKS[0] ?? fail(), { candidateOnly: 20, incumbentOnly: 5 }).pValue).toBeCloseTo(
      68_406 / 2 ** 25,
      12,
    );
  });
});

describe('what the gate promises, enumerated through the gate itself', () => {
  it.each([0.05, 0.1, 0.2, 0.3, 0.4, 0.5])(
    'promotes an equal candidate in at most 4 %% of the epochs (discordance %d)',
    (discordance) => {
      expect(promotionProbability({ discordance, difference: 0 })).toBeLessThanOrEqual(0.04);
    },
  );

  it('stays within its level at any discordance, however unlikely', () => {
    expect(promotionProbability({ discordance: 1, difference: 0 })).toBeLessThanOrEqual(0.05);
  });

  it('hardly ever promotes a worse one', () => {
    expect(promotionProbability({ discordance: 0.3, difference: -0.03 })).toBeLessThan(0.005);
  });

  it.each([
    [0.1, 0.982],
    [0.2, 0.82],
    [0.3, 0.664],
    [0.4, 0.553],
  ])('finds 6 points more at discordance %d with probability %d', (discordance, power) => {
    expect(promotionProbability({ discordance, difference: 0.06 })).toBeCloseTo(power, 2);
  });

  it('is what drawing at random gives', () => {
    const random = seeded(7);
    const epochs = 1_000;
    let promoted = 0;
    for (let epoch = 0; epoch < epochs; epoch += 1) {
      const drawn = Array.from({ length: 400 }, () => draw(random, { discordance: 0.25, difference: 0.06 }));
      if (runGate(drawn).verdict === 'promote') promoted += 1;
    }
    const exact = promotionProbability({ discordance: 0.25, difference: 0.06 });
    const deviation = Math.sqrt((exact * (1 - exact)) / epochs);
    expect(Math.abs(promoted / epochs - exact)).toBeLessThan(4 * deviation);
  });
});

describe('labels of maintainers who saw the incumbent’s choice', () => {
  it('hide a better candidate, which is why the gate takes unexposed ones only', () => {
    const unexposed = promotionRate(0);
    const exposed = promotionRate(0.15);
    expect(unexposed).toBeGreaterThan(0.65);
    expect(exposed).toBeLessThan(unexposed / 4);
  });

  /** How often a candidate that is 6 points better is promoted when this share of maintainers adopts what is shown. */
  function promotionRate(adopting: number): number {
    const random = seeded(11);
    const epochs = 400;
    let promoted = 0;
    for (let epoch = 0; epoch < epochs; epoch += 1) {
      const drawn = Array.from({ length: 400 }, () => {
        const truth = draw(random, { discordance: 0.25, difference: 0.06 });
        // Whoever adopts it labels the incumbent's choice as right; where the two differ, the candidate's is then wrong.
        const adopted = truth.candidateRight !== truth.incumbentRight && random() < adopting;
        return adopted ? { candidateRight: false, incumbentRight: true } : truth;
      });
      if (runGate(drawn).verdict === 'promote') promoted += 1;
    }
    return promoted / epochs;
  }
});

function draw(
  random: () => number,
  { discordance, difference }: { discordance: number; difference: number },
): PairedDecision {
  if (random() >= discordance) return { candidateRight: true, incumbentRight: true };
  const candidateRight = random() < (1 + difference / discordance) / 2;
  return { candidateRight, incumbentRight: !candidateRight };
}
