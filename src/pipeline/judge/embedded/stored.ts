/** Weights as they are kept outside the process: a JSON object with a number for each feature's name. */
import { z } from 'zod';
import { InputError } from '../../../errors.ts';
import { FEATURE_NAMES, HAND_WEIGHTS, vectorFrom, type Weights } from './weights.ts';

const storedSchema = z.record(z.string(), z.number());

/**
 * Reads stored weights. A feature that they do not name, because it is newer, gets its hand weight; a name that is no
 * feature any more is ignored.
 * @throws InputError when the value is no object of finite numbers or names no feature at all.
 */
export function parseWeights(value: unknown): Weights {
  const parsed = storedSchema.safeParse(value);
  const known = parsed.success ? FEATURE_NAMES.filter((name) => parsed.data[name] !== undefined) : [];
  if (!parsed.success || known.length === 0) {
    throw new InputError(
      'The stored weights are no object of numbers by feature name.',
      'Refit the embedded judge again, or remove the stored weights to use those set by hand.',
      { cause: parsed.error },
    );
  }
  return vectorFrom((name) => parsed.data[name] ?? HAND_WEIGHTS[name]);
}
