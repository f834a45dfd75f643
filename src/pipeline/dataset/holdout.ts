/**
 * The holdout: a permanent bucket of issues on which models are compared and which no version ever trains on.
 * The bucket follows from the repository's id and the issue's number alone, so every version, on every machine,
 * draws the same line, whatever is labelled later.
 */
import { createHash } from 'node:crypto';
import type { Split } from '../../schema/index.ts';

/** Share of all issues that are held out. Changing it, or the salt, would train on what was held out before. */
export const HOLDOUT_SHARE = 0.2;
const SALT = 'swe-manager/holdout/1';

/** Draws the line between what is trained on and what is held out. */
export type SplitRule = (repositoryId: number, issueNumber: number) => Split;

export function splitOf(repositoryId: number, issueNumber: number): Split {
  const digest = createHash('sha256').update(`${SALT}/${repositoryId}#${issueNumber}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32 < HOLDOUT_SHARE ? 'holdout' : 'train';
}
