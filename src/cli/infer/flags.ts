/** The options of `swe-manager infer`, and what they mean for a request. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { InputError } from '../../errors.ts';
import type { AnswerSchema, CompletionRequest } from '../../pipeline/judge/model/port.ts';

export interface InferFlags {
  readonly input_file: string;
  readonly output_file: string;
  readonly batch_size: number;
  readonly model?: string;
  readonly base_url?: string;
  readonly max_tokens: number;
  readonly temperature: number;
  readonly top_p: number;
  readonly seed?: number;
  readonly thinking_budget: number;
  readonly schema_file?: string;
  readonly patience: number;
}

export function buildRequest(
  flags: InferFlags,
  schema: AnswerSchema | null,
  { model, messages }: Required<Pick<CompletionRequest, 'model' | 'messages'>>,
): CompletionRequest {
  return {
    messages,
    model,
    maxTokens: flags.max_tokens,
    temperature: flags.temperature,
    topP: flags.top_p,
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    thinking: thinkingOf(flags.thinking_budget),
    schema,
  };
}

function thinkingOf(budget: number): CompletionRequest['thinking'] {
  return budget > 0 ? { enabled: true, budgetTokens: budget } : { enabled: false, budgetTokens: null };
}

/** Whatever changes the answers; a file holds answers of one kind only. */
export function settingsOf(flags: InferFlags, configuredModel: string | null): string {
  const {
    input_file: _in,
    output_file: _out,
    batch_size: _size,
    base_url: _url,
    patience: _,
    ...rest
  } = flags;
  const schema = readSchema(flags.schema_file);
  const model = flags.model ?? configuredModel;
  return createHash('sha256')
    .update(JSON.stringify({ ...rest, model, schema }))
    .digest('hex')
    .slice(0, 16);
}

export function readSchema(path: string | undefined): AnswerSchema | null {
  if (!path) return null;
  try {
    return { name: 'answer', schema: JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown> };
  } catch (cause) {
    throw new InputError(
      `${path} cannot be read: ${(cause as Error).message}.`,
      'Choose another --schema_file.',
      {
        cause,
      },
    );
  }
}

/** The command's own spelling has underscores; commander itself knows one spelling of an option. */
export function acceptDashes(command: Command): void {
  const known = new Set(command.options.map((option) => option.long));
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (argv) =>
    parse(
      argv.map((argument) => {
        const [name = '', ...rest] = argument.split('=');
        const spelled = name.startsWith('--') ? `--${name.slice(2).replaceAll('-', '_')}` : name;
        return known.has(spelled) ? [spelled, ...rest].join('=') : argument;
      }),
    );
}

export function positiveInteger(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('expected a whole number above 0');
  return Number(text);
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number, 0 or more');
  return Number(text);
}

export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('expected a number, 0 or more');
  }
  return value;
}
