/**
 * Weights that were refitted to an installation's labels, as they are kept outside the process: one JSON object. The judge
 * reads nothing else of it than the name and the weights; the rest says where they come from.
 */
import { z } from 'zod';
import { InputError } from '../../../errors.ts';
import { FEATURE_NAMES, HAND_WEIGHTS, vectorFrom, type Weights } from './weights.ts';

export interface TrainedWeights {
  readonly kind: 'embedded-weights';
  /** Version of this format. */
  readonly format: 1;
  /** Shown with every decision, e.g. `embedded-1+42`: the hand weights' version and the number of labels. */
  readonly name: string;
  /** The prior's standard deviation, in log-odds a unit. */
  readonly prior_sd: number;
  readonly labels: { readonly used: number; readonly dropped: number };
  /** Mean a label, in nats, on the labels that were fitted. */
  readonly log_likelihood: { readonly prior: number; readonly refitted: number };
  /**
   * The same for the installation's weights on issues that each fit did not see (five folds): whether the refit is any
   * better. Null where the labels are of fewer than two issues.
   */
  readonly held_out: { readonly prior: number; readonly refitted: number } | null;
  /** The installation's. */
  readonly weights: Weights;
  /** By `owner/name`, for repositories with labels enough; others use the installation's. */
  readonly repositories: Readonly<Record<string, Weights>>;
}

/** Larger weights are no weights: features lie between -1 and 1, and e¹⁰ to 1 is certainty. */
const LARGEST_WEIGHT = 10;

const weights = z
  .record(z.string(), z.number().min(-LARGEST_WEIGHT).max(LARGEST_WEIGHT))
  .refine((value) => FEATURE_NAMES.some((name) => value[name] !== undefined), 'names no feature')
  .transform((value) => vectorFrom((name) => value[name] ?? HAND_WEIGHTS[name]));
const likelihoods = z.object({ prior: z.number(), refitted: z.number() });

const trainedWeights = z.object({
  kind: z.literal('embedded-weights'),
  format: z.literal(1),
  name: z.string().regex(/^[\w.+-]{1,60}$/),
  prior_sd: z.number().positive(),
  labels: z.object({ used: z.number().int().nonnegative(), dropped: z.number().int().nonnegative() }),
  log_likelihood: likelihoods,
  held_out: likelihoods.nullable(),
  weights,
  repositories: z.record(z.string(), weights),
});

/**
 * Reads trained weights. A feature that they do not name, because it is newer, gets its hand weight; a name that is no
 * feature any more is ignored.
 * @throws InputError that names the field: another kind or format, a weight that is none
 */
export function parseTrainedWeights(value: unknown): TrainedWeights {
  const parsed = trainedWeights.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new InputError(
    `These are no trained weights: ${first?.path.join('.') || 'the value'}: ${first?.message}.`,
    'Train the embedded judge again, or remove them to use the weights set by hand.',
    { cause: parsed.error },
  );
}

/** The weights for a repository: its own, or the installation's. */
export function weightsFor(
  { weights: installation, repositories }: TrainedWeights,
  repository: string,
): Weights {
  return Object.hasOwn(repositories, repository) ? (repositories[repository] ?? installation) : installation;
}
