import type { Judge } from '../../pipeline/judge/types.ts';
import type { Db, JudgeFactory } from '../../ports.ts';
import { modelStore } from '../../store/index.ts';

/**
 * Judges with whoever has the stable channel at that moment: a promotion or rollback holds from the next decision on,
 * in every process. Where nobody was promoted it is the judge of the configuration.
 */
export function createServingJudge(db: Db, judges: JudgeFactory): Judge {
  return {
    name: judges.open(null).name,
    async judge(input, options) {
      const { version } = await modelStore.servedOn(db, judges.kind, 'stable');
      return judges.open(version).judge(input, options);
    },
  };
}
