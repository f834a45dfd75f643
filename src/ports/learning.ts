import type { Judge } from '../pipeline/judge/types.ts';
import type { BenchmarkScore, Figure, GateNumbers } from '../pipeline/promotion/types.ts';
import type { Split } from '../schema/datasets.ts';
import type { Share } from '../statistics/difference.ts';

/** A judge that can be served: its name, and for the embedded one its weights. */
export interface ServableVersion {
  readonly name: string;
  /** Trained weights as they are stored; null for a model that the inference service serves by its name. */
  readonly weights: unknown;
}

/** A version of a served model, with what its files are. */
export interface LoadableVersion {
  readonly name: string;
  /** Its directory as the inference service sees it; null for the embedded judge. */
  readonly path: string | null;
  readonly files: readonly { readonly path: string }[];
}

/** Opens judges by version. */
export interface JudgeFactory {
  readonly kind: 'embedded' | 'model';
  /**
   * @param version null opens the judge that the configuration names
   * @param options `seed` makes a judge whose chance differs; judges without chance are the same for every seed
   * @throws InputError for weights that cannot be read
   */
  open(version: ServableVersion | null, options?: { readonly seed?: string }): Judge;
  /**
   * Has every server serve the version by its name, beside all others; absent where versions need no loading.
   * @throws JudgeError when one cannot
   */
  load?(version: LoadableVersion, signal?: AbortSignal): Promise<void>;
}

/** What learning needs besides: it differs between the App, a command and a simulation. */
export interface LearningParts {
  /** The package's version: models and datasets say what made them. */
  readonly codeVersion: string;
  /**
   * How often a losing proposal wins when it attacks, or no answer can be used; absent where nobody can measure it.
   * @throws what the judge throws, but for answers that cannot be used
   */
  readonly measureAttacks?: (judge: Judge, signal?: AbortSignal) => Promise<Share>;
  /**
   * How it does on SWE-Lancer's Manager tasks; absent where the operator has not got the file.
   * @throws what the judge throws, but for answers that cannot be used: these are wrong ones
   */
  readonly measureSweLancer?: (judge: Judge, signal?: AbortSignal) => Promise<BenchmarkScore>;
  /** Draws the gate's figures; absent where a report does without. */
  readonly drawGate?: (numbers: GateNumbers) => Promise<readonly Figure[]>;
  /** The permanent line between training and holdout when left out; only a simulation may draw another. */
  readonly splitOf?: (repositoryId: number, issueNumber: number) => Split;
}
