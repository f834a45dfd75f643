/** What the tasks of learning need of the outside: asked for as narrowly as they use it. */
import type { AppContext } from '../../ports.ts';

export type LearningContext = Pick<AppContext, 'db' | 'clock' | 'judges' | 'learning'>;
