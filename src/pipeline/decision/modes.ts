/** When a run begins that nobody commanded: the modes of the repository's config, as one pure question. */

export interface ModeFacts {
  readonly mode: 'command' | 'label' | 'auto' | 'observe';
  readonly minProposals: number;
  readonly quietMinutes: number;
  /** Whether the repository's threads may become training data. */
  readonly consented: boolean;
  readonly isOpen: boolean;
  readonly isPaused: boolean;
  /** Living proposals. */
  readonly proposals: number;
  /** When a proposal was last posted or edited; null when there is none. */
  readonly lastChangeAt: Date | null;
  /** When a person first showed what they think of a proposal; null while nobody did. */
  readonly firstEvidenceAt: Date | null;
  /** Whether a run that people can see was ever begun, and a silent one. */
  readonly hasVisibleRun: boolean;
  readonly hasSilentRun: boolean;
}

export type NextRun =
  | { readonly kind: 'begin'; readonly trigger: 'auto' | 'observe' }
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'nothing' };

/** Fewer leave nothing to choose between. */
const LEAST_OBSERVED = 2;
const MINUTE_MS = 60_000;

export function nextRun(facts: ModeFacts, now: Date): NextRun {
  const trigger = triggerOf(facts);
  if (trigger === null || facts.lastChangeAt === null || facts.isPaused) return { kind: 'nothing' };
  // Somebody has spoken: what is observed later would not be what they saw. The snapshot ends before their words.
  if (trigger === 'observe' && facts.firstEvidenceAt !== null) return { kind: 'begin', trigger };
  if (!facts.isOpen) return { kind: 'nothing' };
  const until = new Date(facts.lastChangeAt.getTime() + facts.quietMinutes * MINUTE_MS);
  return until <= now ? { kind: 'begin', trigger } : { kind: 'wait', until };
}

/**
 * `observe` judges everything silently; where the repository consented, so do the other modes as long as there is no
 * decision that people can see, which in mode `auto` may still come.
 */
function triggerOf(facts: ModeFacts): 'auto' | 'observe' | null {
  const mayPost = facts.mode === 'auto' && facts.isOpen && !facts.hasVisibleRun;
  if (mayPost && facts.proposals >= facts.minProposals) return 'auto';
  const isObserved = facts.mode === 'observe' || (facts.consented && !facts.hasVisibleRun);
  return isObserved && !facts.hasSilentRun && facts.proposals >= LEAST_OBSERVED ? 'observe' : null;
}
