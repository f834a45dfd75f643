/** Runs and plans for people. */
import type { TrainingPlan } from '../../pipeline/training/types.ts';
import type { trainingRunStore } from '../../store/index.ts';
import { print } from '../support.ts';

/** Of some fifty metrics; all of them are in the JSON. */
const TOLD = new Set([
  ...['global_step', 'loss', 'eval_loss', 'reward', 'eval_reward', 'best_metric'],
  ...['rewards/Selection/mean', 'eval_rewards/Selection/mean', 'labels', 'log_likelihood'],
]);

export function printRun(run: trainingRunStore.TrainingRun): void {
  print(`${run.name}: ${run.state}${run.reason === null ? '' : ` (${run.reason})`}`);
  print(
    `  ${run.stage} on the ${run.launcher} launcher, from ${run.base}, asked for by the ${run.requestedBy}`,
  );
  for (const [what, at] of [
    ['planned', run.createdAt],
    ['submitted', run.startedAt],
    ['last sign of life', run.lastSignAt],
    ['ended', run.finishedAt],
  ] as const) {
    if (at !== null) print(`  ${what} ${at.toISOString()}`);
  }
  const metrics = Object.entries(run.metrics ?? {}).filter(([name]) => TOLD.has(name));
  for (const [name, value] of metrics) print(`  ${name}: ${value}`);
}

export function printNeeds({ resources, rows, estimate }: TrainingPlan): void {
  const { nodes, gpusPerNode, gpuMemoryGiB } = resources;
  const gpus = nodes * gpusPerNode;
  print(`Rows: ${rows}`);
  print(
    gpus === 0
      ? 'Needs: no GPU (a CPU run: for trying things out)'
      : `Needs: ${nodes} node(s) with ${gpusPerNode} GPU(s) of ${gpuMemoryGiB} GiB each`,
  );
  if (gpus === 0) return;
  const cost =
    estimate.cost === null
      ? '; set TRAIN_PRICE_PER_GPU_HOUR for costs'
      : `, ${estimate.cost.toFixed(2)} in all`;
  print(`Estimate: ${estimate.gpuHours.toFixed(1)} GPU hours${cost} (a plan, not a measurement)`);
}
