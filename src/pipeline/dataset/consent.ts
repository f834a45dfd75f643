/**
 * May a repository's decisions leave the database as training data? Its own config decides; where it is
 * silent the operator's default counts for public repositories only: private ones must say yes themselves.
 */
export function hasConsent(
  repository: { readonly isPrivate: boolean; readonly configuredConsent: boolean | null },
  operatorDefault: boolean,
): boolean {
  if (repository.configuredConsent !== null) return repository.configuredConsent;
  return !repository.isPrivate && operatorDefault;
}
