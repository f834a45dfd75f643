/** What the tasks of learning need of the outside: asked for as narrowly as they use it. */

import type { Judge } from '../../pipeline/judge/types.ts';
import type { Clock, Db, JudgeFactory } from '../../ports.ts';
import type { Share } from '../../statistics/difference.ts';

export interface LearningContext {
  readonly db: Db;
  readonly clock: Clock;
  readonly judges: JudgeFactory;
  /** How often a losing proposal wins when it attacks; absent where nobody can measure it. */
  readonly measureAttacks?: (judge: Judge, signal?: AbortSignal) => Promise<Share>;
  readonly codeVersion: string;
}
