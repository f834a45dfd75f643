import { createHash } from 'node:crypto';
import type { Config } from '../../config.ts';
import { ConfigError } from '../../errors.ts';

export interface MarkerKey {
  readonly id: string;
  readonly secret: string;
}

/**
 * The keys of the comment markers: `MARKER_SECRET` may list several, the first one signs and all are accepted,
 * so that a secret can be replaced without losing the comments it signed.
 */
export function markerKeys(config: Config): [MarkerKey, ...MarkerKey[]] {
  const [first, ...rest] = (config.markerSecret ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
  if (first === undefined) {
    throw new ConfigError(
      'There is no secret to sign comments with.',
      'Set MARKER_SECRET (or WEBHOOK_SECRET, which is used when it is absent).',
    );
  }
  return [toKey(first), ...rest.map(toKey)];
}

/** The id names the key without telling anything about it. */
function toKey(secret: string): MarkerKey {
  return { id: createHash('sha256').update(`marker-key:${secret}`).digest('hex').slice(0, 8), secret };
}

/** Where a comment must stand, and who may have signed it, to be ours on this issue. */
export function markerScope(config: Config, issue: { repositoryId: number; number: number }) {
  return { repositoryId: issue.repositoryId, issueNumber: issue.number, keys: markerKeys(config) };
}
