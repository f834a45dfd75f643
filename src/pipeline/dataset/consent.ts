/** What each level says about the use of a repository's threads as training data; null where it says nothing. */
export interface ConsentSources {
  readonly isPrivate: boolean;
  /** `training.consent` of the repository's own config. */
  readonly repository: boolean | null;
  /** What was recorded for the installation. */
  readonly installation: boolean | null;
  /** `TRAINING_CONSENT` of the operator. */
  readonly operator: boolean;
}

/**
 * May a repository's decisions leave the database as training data? The repository's config decides over the
 * installation, the installation over the operator's default. A private repository must say yes itself.
 */
export function hasConsent({ isPrivate, repository, installation, operator }: ConsentSources): boolean {
  if (isPrivate) return repository === true;
  return repository ?? installation ?? operator;
}
