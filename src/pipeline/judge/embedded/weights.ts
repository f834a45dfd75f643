/**
 * All weights of the embedded judge and why they are what they are. This file is the judge's opinion; the
 * rest is arithmetic.
 *
 * The judge is a conditional logit (McFadden 1974): proposal i of a thread is the one to choose with probability
 * `exp(w·x_i) / Σ_j exp(w·x_j)`. Each feature x is standardised within the thread and saturates (logit.ts), so
 * it lies between -1 and 1 and a weight reads as: how much the log-odds between two proposals may move when they
 * differ as far as can be in this alone is about twice the weight. Weights were set by hand from the
 * published policy of projects that take proposals ("the earliest provided, best proposed solution wins; later ones
 * must be different") and from how reviewers there say they decide; none was fitted to any benchmark. Their size is
 * kept modest: what text shows settles about half of real cases (published judges agree with maintainers in 40 to 55 %), so
 * even a proposal that is better in everything should rarely get much more than 80 %.
 */

/** Every feature: its weight, the raw difference that counts as clear, and the reason. */
export interface FeatureSpec {
  readonly weight: number;
  /** Raw difference, in the feature's own unit, below which differences fade instead of being blown up. */
  readonly scale: number;
  readonly reason: string;
}

export const FEATURES = {
  rootCause: {
    weight: 0.25,
    scale: 0.25,
    reason:
      'Reviewers ask for the root cause first and refuse proposals that only describe the symptom. Counts a cause that ' +
      'is stated in sentences about this issue, names code, and gives a mechanism (because, when, never …).',
  },
  causeToChange: {
    weight: 0.35,
    scale: 0.25,
    reason:
      'The strongest sign of understanding that text can show: the place named as the cause is the place the change ' +
      'then touches. It cannot be had by adding links or code alone. Names that neither the issue nor a linked file nor another author mentions count half: they may be invented.',
  },
  evidence: {
    weight: 0.18,
    scale: 0.25,
    reason:
      'Links to lines and code blocks let a reviewer check a claim. Counts distinct ones that the prose talks about, ' +
      'up to three; low, because anybody can paste them.',
  },
  concreteness: {
    weight: 0.35,
    scale: 0.2,
    reason:
      'A proposal is chosen to be implemented: files, symbols, code of the change, what was there before and what comes ' +
      'after, and verbs that say what to do leave least to guess.',
  },
  coverage: {
    weight: 0.2,
    scale: 0.2,
    reason:
      "Solving another problem is the most common way to lose. Share of the issue's own words (title, expected result) " +
      "that the proposal's sentences take up; a sentence can bring in only a few, so lists of keywords gain little.",
  },
  edgeCases: {
    weight: 0.18,
    scale: 0.3,
    reason:
      'Cases beyond the report, platforms and tests show that somebody tried it, and reviewers often pick the second ' +
      'poster for a case the first one missed.',
  },
  alternatives: {
    weight: 0.06,
    scale: 0.5,
    reason: 'Weighing another way shows thought, but it is optional in the templates and may be indecision.',
  },
  substance: {
    weight: 0.32,
    scale: 0.4,
    reason:
      'How much a proposal says about this issue: logarithm of distinct informative words and identifiers in credited ' +
      'sentences. The honest part of what makes longer proposals win; padding and repeats add nothing.',
  },
  hedging: {
    weight: -0.25,
    scale: 0.15,
    reason: '"Maybe", "not sure", "needs investigation" in cause or change: the author has not found it yet.',
  },
  emptySections: {
    weight: -0.25,
    scale: 0.3,
    reason:
      'Headings of the template with nothing under them: an unfinished proposal, often posted only to be early.',
  },
  stuffing: {
    weight: -0.9,
    scale: 0.12,
    reason:
      'Repeats, links and code that nobody explains, keyword lists, many headings, text that is not about the issue: ' +
      'written for a judge, not for a reader. Heavy, so that stuffing costs more than it can bring.',
  },
  persuasion: {
    weight: -0.8,
    scale: 0.2,
    reason:
      'Self-praise, claimed approvals and sentences addressed to the judge are no argument. Honest proposals have none, ' +
      'so the weight can be high without hurting them.',
  },
  workaround: {
    weight: -0.22,
    scale: 0.3,
    reason:
      'Timers, forced re-renders, swallowed errors and hacks hide the symptom; reviewers refuse them by policy.',
  },
  order: {
    weight: 0.3,
    scale: 0.7,
    reason:
      'Published policy: the earliest acceptable proposal wins. Minus the logarithm of the position, because the step ' +
      'from first to second matters more than from sixth to seventh. A plan edited in later has the position of the edit.',
  },
  pioneered: {
    weight: 0.18,
    scale: 0.25,
    reason: 'Others later said the same: the idea was convincing, and credit goes to whoever had it first.',
  },
  support: {
    weight: 0.15,
    scale: 0.25,
    reason: 'Authors who read the code and come to the same plan are evidence that the plan is right.',
  },
  novelty: {
    weight: 0.18,
    scale: 0.25,
    reason: 'Policy again: a later proposal must be different. Ideas about code that nobody else has.',
  },
  lateDuplicate: {
    weight: -0.4,
    scale: 0.25,
    reason:
      'The same plan as an earlier proposal in other words is refused ("already proposed", "not much different").',
  },
  copied: {
    weight: -1,
    scale: 0.15,
    reason:
      'Sentences and code taken over from an earlier text of another proposal: nobody is chosen for them twice.',
  },
  lateEdits: {
    weight: -0.1,
    scale: 0.3,
    reason:
      'What was edited in after others had posted may come from them. Low: honest authors edit too, and what is copied ' +
      'already counts elsewhere.',
  },
} as const satisfies Record<string, FeatureSpec>;

export type FeatureName = keyof typeof FEATURES;

export const FEATURE_NAMES = Object.keys(FEATURES) as readonly FeatureName[];

/** One number a feature. As weights they are log-odds a unit; as a vector, a proposal's standardised features. */
export type FeatureVector = Readonly<Record<FeatureName, number>>;
export type Weights = FeatureVector;

/** A vector made by calling `value` for each feature. */
export function vectorFrom(value: (name: FeatureName) => number): FeatureVector {
  return Object.fromEntries(FEATURE_NAMES.map((name) => [name, value(name)])) as Record<FeatureName, number>;
}

/** The weights set by hand: the prior of every refit. */
export const HAND_WEIGHTS: Weights = vectorFrom((name) => FEATURES[name].weight);

/**
 * Thresholds. `close`: the log-odds between first and second under which the judge abstains (0.15 is 54 to 46
 * between the two). `merit`: the absolute quality (0 to 1, features.ts) at which a proposal is as likely acceptable as not;
 * `meritSlope`: how fast that changes. `floor`: under this merit even the best is no proposal and the judge abstains.
 */
export const THRESHOLDS = { close: 0.15, merit: 0.12, meritSlope: 14, floor: 0.1 } as const;
