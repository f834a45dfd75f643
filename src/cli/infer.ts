/** `swe-manager infer`: a file of prompts through the inference service, with N requests always in flight. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { InferenceConfig } from '../config/inference.ts';
import { loadInferenceConfig } from '../config.ts';
import { lockFile, openInference } from '../context.ts';
import { ConfigError, InputError } from '../errors.ts';
import type { InferenceClient } from '../pipeline/judge/model/port.ts';
import {
  acceptDashes,
  buildRequest,
  type InferFlags,
  number,
  positiveInteger,
  readSchema,
  settingsOf,
  wholeNumber,
} from './infer/flags.ts';
import { type InputFile, openInput } from './infer/input.ts';
import { checkModel, chooseModel } from './infer/model.ts';
import { buildOutputRow, OutputFile } from './infer/output.ts';
import { startProgress } from './infer/progress.ts';
import { type FailedRow, runRows } from './infer/run.ts';
import { action, describeFailure, print } from './support.ts';

/** Failed rows that are named one by one. */
const NAMED_FAILURES = 20;

/** Options may be spelled with underscores or with dashes. */
export function inferCommand(): Command {
  const command = new Command('infer')
    .description('answer the prompts of a JSONL file with the inference service; run it again to go on')
    .requiredOption('--input_file <file>', 'JSONL, one row a line; each holds `messages` and maybe an `id`')
    .requiredOption(
      '--output_file <file>',
      'JSONL, appended as answers come and put into input order at the end',
    )
    .option('--batch_size <n>', 'requests in flight at a time', positiveInteger, 16)
    .option(
      '--model <name>',
      'served model or LoRA adapter (default: INFERENCE_MODEL, else the first served)',
    )
    .option('--base_url <url>', 'the service, several separated by commas (default: INFERENCE_URL)')
    .option('--max_tokens <n>', 'most tokens to generate, thinking included', positiveInteger, 3584)
    .option('--temperature <t>', '0 is greedy', number, 0.6)
    .option('--top_p <p>', 'nucleus sampling', number, 0.95)
    .option('--seed <n>', 'seed of the sampling', wholeNumber)
    .option('--thinking_budget <n>', 'most tokens of thinking; 0 turns thinking off', wholeNumber, 2048)
    .option('--schema_file <file>', 'JSON Schema that every answer must fill')
    .option('--patience <seconds>', 'how long to wait for a service that is down or overloaded', number, 600)
    .action(action((flags: InferFlags) => infer(flags)));
  acceptDashes(command);
  return command;
}

/** @throws InputError, ConfigError or JudgeError; failed rows are printed and set exit code 1. */
export async function infer(
  flags: InferFlags,
  service: InferenceConfig | null = loadInferenceConfig(flags.base_url),
): Promise<void> {
  if (service === null) {
    throw new ConfigError('There is no inference service.', 'Give --base_url or set INFERENCE_URL.');
  }
  const client = openInference(service, { maxInFlight: flags.batch_size });
  const input = await openInput(flags.input_file);
  const interrupt = listenForInterrupt();
  const lock = lockOutput(flags.output_file);
  try {
    await refuseSameFile(flags);
    const settings = settingsOf(flags, service.model);
    const output = await OutputFile.open(flags.output_file, input.rows, settings);
    try {
      const names = { named: flags.model ?? service.model, earlier: output.model };
      await checkModel(client, names, flags.output_file);
      const model = chooseModel(client, names, interrupt.signal);
      const work = { client, model, input, output, signal: interrupt.signal };
      const failed = await answerRows(flags, settings, work);
      report(flags, input, output, failed);
    } finally {
      await output.close();
    }
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    process.stderr.write('\nStopped. Run the same command again to go on where it ended.\n');
    process.exitCode = 130;
  } finally {
    interrupt.release();
    lock.release();
    await input.close();
    await client.close();
  }
}

interface Work {
  readonly client: InferenceClient;
  readonly model: () => Promise<string>;
  readonly input: InputFile;
  readonly output: OutputFile;
  readonly signal: AbortSignal;
}

async function answerRows(flags: InferFlags, settings: string, work: Work): Promise<FailedRow[]> {
  const { client, model, input, output } = work;
  const schema = readSchema(flags.schema_file);
  const pending = input.rows.filter((row) => !output.has(row));
  const progress = startProgress(input.rows.length, output.count, flags.batch_size);
  try {
    const failed = await runRows(pending, {
      client,
      batchSize: flags.batch_size,
      request: async (row) =>
        buildRequest(flags, schema, { model: await model(), messages: await input.messages(row) }),
      save: async (row, completion) => {
        await output.append(row, buildOutputRow(row, completion, settings));
        progress.done();
      },
      onFailed: () => progress.failed(),
      onOutage: (down) => progress.note(down ? 'waiting for the inference service' : ''),
      signal: work.signal,
      patienceMs: flags.patience * 1000,
      pauseMs: 1_000,
    });
    await output.sort(input.rows);
    return failed;
  } finally {
    progress.stop();
  }
}

function report(flags: InferFlags, input: InputFile, output: OutputFile, failed: readonly FailedRow[]): void {
  print(`${output.count} of ${input.rows.length} rows in ${flags.output_file}`);
  if (failed.length === 0) return;
  process.exitCode = 1;
  for (const { row, error } of failed.slice(0, NAMED_FAILURES)) {
    const name = row.id === null ? '' : ` (id ${row.id})`;
    process.stderr.write(`row ${row.index}${name} failed: ${describeFailure(error)}\n`);
  }
  const unnamed = failed.length - NAMED_FAILURES;
  if (unnamed > 0) process.stderr.write(`${unnamed} more rows failed\n`);
  process.stderr.write(`${failed.length} rows failed; run the same command again to try only these.\n`);
}

/** The input would be taken for answers. */
async function refuseSameFile({ input_file, output_file }: InferFlags): Promise<void> {
  const [input, output] = await Promise.all(
    [input_file, output_file].map((path) => stat(path).catch(() => null)),
  );
  if (!input || input.ino !== output?.ino || input.dev !== output.dev) return;
  throw new InputError(`${output_file} is the input file.`, 'Choose another --output_file.');
}

/** Two runs that write one file would answer rows twice. */
function lockOutput(path: string) {
  const name = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 32);
  const lock = lockFile(join(tmpdir(), `swe-manager-infer-${name}.lock`));
  if (lock) return lock;
  throw new InputError(
    `Another process is writing ${path}.`,
    'Wait for it, or choose another --output_file.',
  );
}

function listenForInterrupt() {
  const controller = new AbortController();
  const stop = () => controller.abort(new Error('interrupted'));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return {
    signal: controller.signal,
    release: () => {
      process.removeListener('SIGINT', stop);
      process.removeListener('SIGTERM', stop);
    },
  };
}
