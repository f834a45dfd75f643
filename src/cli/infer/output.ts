/**
 * The answers on disk. While work goes on they are appended in the order they come, each as one write, so a kill
 * costs at most the line being written; when all rows are answered the file is put into the input's order.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { InputError } from '../../errors.ts';
import type { Completion } from '../../pipeline/judge/model/port.ts';
import { type InputRow, keyOf } from './input.ts';
import { type LineSpan, readLines, readSpan } from './lines.ts';

/** One line of the output file. */
export interface OutputRow {
  /** The input row's position, starting at 0. */
  readonly index: number;
  readonly id: string | number | null;
  /** Null when generation ended inside the thinking. */
  readonly completion: string | null;
  readonly thinking: string | null;
  readonly finish_reason: string;
  readonly model: string;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly duration_ms: number;
  /** SHA-256 of the messages that were answered. */
  readonly input_hash: string;
  /** Fingerprint of the sampling settings. */
  readonly settings: string;
}

export function buildOutputRow(row: InputRow, completion: Completion, settings: string): OutputRow {
  return {
    index: row.index,
    id: row.id,
    completion: completion.answer,
    thinking: completion.thinking,
    finish_reason: completion.finishReason,
    model: completion.model,
    prompt_tokens: completion.promptTokens,
    completion_tokens: completion.completionTokens,
    duration_ms: Math.round(completion.durationMs),
    input_hash: row.hash,
    settings,
  };
}

/** How every line of ours begins. */
const BEGINNING = '{"index":';

export class OutputFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #spans = new Map<string, LineSpan>();
  #size = 0;
  #model: string | null = null;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Opens or creates the file, cuts off a torn last line, and finds out which rows are answered.
   * @throws InputError when it holds answers to other rows or from other settings, or is no such file at all.
   */
  static async open(path: string, rows: readonly InputRow[], settings: string): Promise<OutputFile> {
    const file = await open(path, 'a+').catch((cause: unknown) => {
      throw new InputError(
        `${path} cannot be written: ${(cause as Error).message}.`,
        'Choose another --output_file.',
        { cause },
      );
    });
    const output = new OutputFile(path, file);
    try {
      await output.#scan(new Map(rows.map((row) => [row.key, row])), settings);
      return output;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  has(row: InputRow): boolean {
    return this.#spans.has(row.key);
  }

  get count(): number {
    return this.#spans.size;
  }

  /** The model that gave the answers of earlier runs; null without any. */
  get model(): string | null {
    return this.#model;
  }

  /**
   * Appends one answer; writes follow each other, and after one that failed nothing is written behind what it left.
   * @throws InputError when it cannot be written.
   */
  append(row: InputRow, output: OutputRow): Promise<void> {
    const write = this.#writing.then(async () => {
      const bytes = Buffer.from(`${JSON.stringify(output)}\n`);
      await this.#file.appendFile(bytes).catch((cause: unknown) => {
        throw this.#unwritable(cause);
      });
      this.#spans.set(row.key, { offset: this.#size, length: bytes.length - 1 });
      this.#size += bytes.length;
    });
    this.#writing = write;
    return write;
  }

  /**
   * Rewrites the file in the rows' order; it is replaced at once or not at all.
   * @throws InputError when it cannot be written.
   */
  async sort(rows: readonly InputRow[]): Promise<void> {
    await this.#rewrite(rows).catch((cause: unknown) => {
      throw this.#unwritable(cause);
    });
  }

  async #rewrite(rows: readonly InputRow[]): Promise<void> {
    const partial = `${this.#path}.partial`;
    const target = await open(partial, 'w');
    try {
      for (const row of rows) {
        const span = this.#spans.get(row.key);
        if (!span) continue;
        const output = JSON.parse(await readSpan(this.#file, span)) as OutputRow;
        await target.appendFile(`${JSON.stringify({ ...output, index: row.index })}\n`);
      }
      await target.sync();
      await target.close();
      await rename(partial, this.#path);
    } catch (error) {
      await target.close().catch(() => {});
      await rm(partial, { force: true });
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => {}); // Whoever appended has been told.
    await this.#file.close();
  }

  async #scan(rows: ReadonlyMap<string, InputRow>, settings: string): Promise<void> {
    let number = 0;
    for await (const line of readLines(this.#file)) {
      number += 1;
      if (!line.complete) {
        if (!isTorn(line.text)) throw this.#foreign(number, 'is not an answer of this command');
        await this.#file.truncate(line.offset);
        break;
      }
      this.#size = line.offset + line.length + 1;
      if (line.text.trim() !== '') this.#admit(line.text, line, rows, settings, number);
    }
  }

  #admit(
    text: string,
    span: LineSpan,
    rows: ReadonlyMap<string, InputRow>,
    settings: string,
    number: number,
  ): void {
    const output = parseOutput(text);
    if (!output) throw this.#foreign(number, 'is not an answer of this command');
    const key = keyOf(output.id, output.index);
    const row = rows.get(key);
    if (!row) throw this.#foreign(number, `answers ${key}, which the input does not have`);
    if (row.hash !== output.input_hash) throw this.#foreign(number, `answers ${key} with other messages`);
    if (output.settings !== settings)
      throw this.#foreign(number, 'was written with other settings or models');
    if (this.#spans.has(key)) throw this.#foreign(number, `answers ${key} a second time`);
    this.#spans.set(key, { offset: span.offset, length: span.length });
    this.#model ??= output.model;
  }

  #unwritable(cause: unknown): InputError {
    return new InputError(
      `${this.#path} cannot be written: ${(cause as Error).message}.`,
      'Make room and run the same command again; it goes on behind the last whole answer.',
      { cause },
    );
  }

  #foreign(line: number, problem: string): InputError {
    return new InputError(
      `${this.#path}, line ${line} ${problem}.`,
      'Choose another --output_file, or remove this one.',
    );
  }
}

/** Whether this is the beginning of one of our lines: nothing else may be cut off. */
function isTorn(text: string): boolean {
  return text.startsWith(BEGINNING) || BEGINNING.startsWith(text);
}

function parseOutput(text: string): OutputRow | null {
  try {
    const value = JSON.parse(text) as OutputRow;
    return typeof value.index === 'number' && typeof value.input_hash === 'string' ? value : null;
  } catch {
    return null;
  }
}
