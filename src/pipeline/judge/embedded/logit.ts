/**
 * Conditional logit (McFadden 1974, "Conditional logit analysis of qualitative choice behavior"): from features to
 * probabilities over the proposals of one thread.
 */
import { FEATURE_NAMES, FEATURES, type FeatureVector, vectorFrom, type Weights } from './weights.ts';

/**
 * Standardises raw features within a thread: `tanh((x - mean) / sqrt(sd² + scale²))`. The scale keeps tiny
 * differences tiny when a thread has little spread; tanh keeps one extreme from deciding everything.
 */
export function standardise(raw: readonly FeatureVector[]): FeatureVector[] {
  const spread = vectorFrom((name) => Math.hypot(deviation(raw, name), FEATURES[name].scale));
  const centre = vectorFrom((name) => mean(raw.map((vector) => vector[name])));
  return raw.map((vector) => vectorFrom((name) => Math.tanh((vector[name] - centre[name]) / spread[name])));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(raw: readonly FeatureVector[], name: keyof FeatureVector): number {
  const centre = mean(raw.map((vector) => vector[name]));
  return Math.sqrt(mean(raw.map((vector) => (vector[name] - centre) ** 2)));
}

/** `w·x`: the log-odds of a proposal up to a constant of the thread. */
export function utility(vector: FeatureVector, weights: Weights): number {
  return FEATURE_NAMES.reduce((sum, name) => sum + vector[name] * weights[name], 0);
}

/** Probabilities that sum to 1; empty for no candidates. */
export function softmax(utilities: readonly number[]): number[] {
  const top = Math.max(...utilities);
  const odds = utilities.map((value) => Math.exp(value - top));
  const total = odds.reduce((sum, value) => sum + value, 0);
  return odds.map((value) => value / total);
}
