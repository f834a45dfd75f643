import { JudgeError } from '../../errors.ts';
import type { Judge } from '../../pipeline/judge/types.ts';
import type { Db, JudgeFactory } from '../../ports.ts';
import { modelStore } from '../../store/index.ts';
import { loadVersion } from './load-version.ts';

/**
 * Judges with whoever has the stable channel at that moment: a promotion or rollback holds from the next decision on,
 * in every process. Where nobody was promoted it is the judge of the configuration. A version that the servers have
 * forgotten, because they were started anew, is loaded again first.
 */
export function createServingJudge(db: Db, judges: JudgeFactory): Judge {
  return {
    name: judges.open(null).name,
    async judge(input, options) {
      const { version } = await modelStore.servedOn(db, judges.kind, 'stable');
      const judge = judges.open(version);
      try {
        return await judge.judge(input, options);
      } catch (error) {
        if (version === null || !(error instanceof JudgeError && error.absent)) throw error;
        await loadVersion(judges, version, options?.signal);
        return judge.judge(input, options);
      }
    },
  };
}
