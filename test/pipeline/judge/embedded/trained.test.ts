import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../src/errors.ts';
import { createEmbeddedJudge } from '../../../../src/pipeline/judge/embedded/judge.ts';
import { type LabelledChoice, labelledChoice } from '../../../../src/pipeline/judge/embedded/refit/labels.ts';
import { LABELS_FOR_REPOSITORY, trainEmbedded } from '../../../../src/pipeline/judge/embedded/refit/train.ts';
import { parseTrainedWeights, weightsFor } from '../../../../src/pipeline/judge/embedded/trained.ts';
import { HAND_WEIGHTS } from '../../../../src/pipeline/judge/embedded/weights.ts';
import { labelledThreads } from './threads.ts';

const threads = labelledThreads();

/** Labels of maintainers who take the last proposal, whatever it says. */
function contrary(repository: string, count: number): LabelledChoice[] {
  return Array.from({ length: count }, (_, index) => {
    const one = threads[index % threads.length] ?? threads[0];
    if (one === undefined) throw new Error('no thread');
    return { ...labelledChoice(one, one.candidates.at(-1)?.number ?? null), repository };
  });
}

const choices = [
  ...contrary('a/a', LABELS_FOR_REPOSITORY),
  ...threads.map((one) => ({ ...labelledChoice(one, one.preferred), repository: 'b/b' })),
  { repository: 'b/b', candidates: [], chosen: null },
];
const trained = trainEmbedded(choices);

describe('trainEmbedded', () => {
  it('fits the installation, and repositories with labels enough', () => {
    expect(trained).toMatchObject({
      kind: 'embedded-weights',
      format: 1,
      name: 'embedded-1+36',
      prior_sd: 0.15,
      labels: { used: 36, dropped: 1 },
    });
    expect(trained.log_likelihood.refitted).toBeGreaterThan(trained.log_likelihood.prior);
    expect(trained.held_out?.refitted).toBeLessThan(trained.log_likelihood.refitted);
    expect(Object.keys(trained.repositories)).toEqual(['a/a']);
    expect(trained.repositories['a/a']?.order).toBeLessThan(trained.weights.order);
    expect(trained.weights.order).toBeLessThan(HAND_WEIGHTS.order);
  });

  it('gives an installation with one repository one set of weights', () => {
    expect(trainEmbedded(contrary('a/a', 30)).repositories).toEqual({});
  });

  it('gives the same for the same labels', () => {
    expect(trainEmbedded(choices)).toEqual(trained);
  });

  it('refuses to train on nothing', () => {
    expect(() => trainEmbedded([])).toThrow(InputError);
  });
});

describe('trained weights', () => {
  const stored = () => JSON.parse(JSON.stringify(trained));

  it('are read back as they were kept', () => {
    expect(parseTrainedWeights(stored())).toEqual(trained);
  });

  it('give new features their hand weight and forget old ones', () => {
    const old = stored();
    delete old.weights.novelty;
    old.weights.gone = 3;
    expect(parseTrainedWeights(old).weights).toEqual({ ...trained.weights, novelty: HAND_WEIGHTS.novelty });
  });

  it.each([
    ['nothing', null, /the value/],
    ['another kind', { ...stored(), kind: 'lora' }, /kind/],
    ['a later format', { ...stored(), format: 2 }, /format/],
    ['a name that could be anything', { ...stored(), name: '<b>x</b>' }, /name/],
    ['a word for a weight', { ...stored(), weights: { order: 'much' } }, /weights\.order/],
    ['a weight beyond all measure', { ...stored(), weights: { order: 1e9 } }, /weights\.order/],
    ['no feature', { ...stored(), weights: { gone: 1 } }, /names no feature/],
    ['a broken repository', { ...stored(), repositories: { 'a/a': [] } }, /repositories\.a\/a/],
  ])('are refused with %s', (_, value, problem) => {
    expect(() => parseTrainedWeights(value)).toThrow(InputError);
    expect(() => parseTrainedWeights(value)).toThrow(problem);
  });

  it('are a repository’s own, or the installation’s', () => {
    expect(weightsFor(trained, 'a/a')).toBe(trained.repositories['a/a']);
    expect(weightsFor(trained, 'c/c')).toBe(trained.weights);
    expect(weightsFor(trained, 'toString')).toBe(trained.weights);
  });

  it('give no reason whose words their sign has turned around', async () => {
    const judge = createEmbeddedJudge({ ...trained, weights: { ...HAND_WEIGHTS, order: -1.5 } });
    const unedited = threads.filter(({ candidates }) =>
      candidates.every((one) => one.revisions.length === 1),
    );
    expect(unedited.length).toBeGreaterThan(10);
    for (const one of unedited) {
      const { explanation } = await judge.judge(one);
      expect(explanation, one.name).not.toContain('got its plan only by a later edit');
    }
  });

  it('decide, under their own name', async () => {
    const [one] = threads;
    if (one === undefined) throw new Error('no thread');
    const verdict = await createEmbeddedJudge(trained).judge({ ...one, repository: 'a/a' });
    const byHand = await createEmbeddedJudge().judge(one);
    expect(verdict.model).toBe('embedded-1+36');
    expect(verdict.assessments.at(-1)?.probability).toBeGreaterThan(
      byHand.assessments.at(-1)?.probability ?? 1,
    );
  });
});
