/** What `bench` knows about a served model: its options, how it is opened, what it cost. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CostFigures } from '../bench/cost.ts';
import { ABLATIONS, openBenchedModel } from '../bench/model.ts';
import { percent } from '../bench/report/format.ts';
import { loadInferenceConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import type { Judge } from '../pipeline/judge/types.ts';
import { shellWord } from '../pipeline/training/shell-word.ts';
import { print } from './support.ts';

export interface ModelFlags {
  readonly votes?: number;
  readonly ablate?: readonly string[];
  readonly model?: string;
  readonly baseUrl?: string;
  readonly beside?: string;
  readonly reorder?: boolean;
  readonly concurrency?: number;
}

export interface OpenBench {
  readonly judge: Judge;
  /** The same judge with other display orders; null for a judge that has none. */
  readonly reordered: Judge | null;
  close(): Promise<void>;
}

export function addModelOptions(bench: Command): void {
  const options = [
    new Option('--votes <k>', 'votes at most; 1 is a single pass').argParser(wholeNumber),
    new Option(
      '--ablate <list>',
      `switch off, separated by commas: ${ABLATIONS.join(', ')} (the embedded judge: defences)`,
    ).argParser(words),
    new Option('--model <name>', 'served model or LoRA adapter (default: INFERENCE_MODEL)'),
    new Option('--base-url <url>', 'the inference service (default: INFERENCE_URL)'),
    new Option('--beside <name>', 'another served model, such as the base, on the same tasks'),
    new Option('--reorder', 'judge every task again in other display orders and report the flip rate'),
    new Option('--concurrency <n>', 'tasks under way at a time').argParser(wholeNumber),
  ];
  for (const option of options) bench.addOption(option.helpGroup('With --judge model:'));
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('expected a whole number from 1 to 9999');
  return Number(text);
}

function words(text: string): string[] {
  const list = text.split(',').map((word) => word.trim());
  const unknown = list.find((word) => !ABLATIONS.includes(word));
  if (unknown === undefined) return list;
  throw new InvalidArgumentError(`“${unknown}” is none of ${ABLATIONS.join(', ')}`);
}

/** @throws ConfigError when no service is named. */
export function openModel(flags: ModelFlags, seed: number): OpenBench {
  const inference = loadInferenceConfig(flags.baseUrl);
  if (inference === null) {
    throw new ConfigError('There is no inference service.', 'Give --base-url or set INFERENCE_URL.');
  }
  return openBenchedModel({
    inference,
    seed,
    ...(flags.votes === undefined ? {} : { votes: flags.votes }),
    ...(flags.ablate === undefined ? {} : { ablate: flags.ablate }),
    ...(flags.model === undefined ? {} : { model: flags.model }),
  });
}

/** `--ablate` is left to the judge, for one other has something to switch off. @throws ConfigError: a switch that does nothing would be taken for a result. */
export function refuseModelOptions(flags: ModelFlags): void {
  const { votes, model, baseUrl, beside, reorder } = flags;
  const given = Object.entries({ votes, model, 'base-url': baseUrl, beside, reorder }).find(
    ([, value]) => value !== undefined,
  );
  if (given === undefined) return;
  throw new ConfigError(`--${given[0]} says something about a served model.`, 'Give it with --judge model.');
}

/** The flags as they were written, for the report's command. */
export function modelArguments({ votes, ablate, model, reorder }: ModelFlags): string {
  return [
    votes === undefined ? '' : ` --votes ${votes}`,
    ablate === undefined ? '' : ` --ablate ${ablate.join(',')}`,
    model === undefined ? '' : ` --model ${shellWord(model)}`,
    reorder ? ' --reorder' : '',
  ].join('');
}

export function printCost(cost: CostFigures | null): void {
  if (cost === null) return;
  const tokens = `${cost.prompt_tokens_per_task.toFixed(0)} + ${cost.completion_tokens_per_task.toFixed(0)}`;
  print(
    `\nCalls       ${cost.calls_per_task.toFixed(2)} a task, ${cost.votes_per_task.toFixed(2)} of them votes`,
  );
  print(`tokens      ${tokens} a task`);
  print(
    `saved       ${percent(cost.calls_saved)} of the calls, ${percent(cost.tokens_saved)} of the tokens of fixed k`,
  );
  print(`agreement   ${percent(cost.vote_agreement)} of a task’s votes with its choice`);
  if (cost.flip_rate !== null) {
    print(`flip rate   ${percent(cost.flip_rate)} of ${cost.reordered_tasks} tasks, in other display orders`);
  }
}
