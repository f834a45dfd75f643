import type { runStore } from '../../store/index.ts';

/** Whether anything of the run reaches GitHub: a dry run only answers, an observed one stays silent. */
export function isShown(run: Pick<runStore.Run, 'dryRun' | 'trigger'>): boolean {
  return !run.dryRun && run.trigger !== 'observe';
}
