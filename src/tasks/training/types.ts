/** What the tasks of training need of the outside. */
import type { Training } from '../../pipeline/training/types.ts';
import type { AppContext, Clock, Db } from '../../ports.ts';

export interface TrainingContext {
  readonly db: Db;
  readonly clock: Clock;
  readonly training: Training;
  readonly config: Pick<AppContext['config'], 'trainingConsent'>;
}
