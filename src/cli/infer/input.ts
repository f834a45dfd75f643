/** The rows to answer: checked whole before the first request, read again one by one when their turn comes. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import * as z from 'zod';
import { InputError } from '../../errors.ts';
import type { ChatMessage } from '../../pipeline/judge/model/port.ts';
import { type Line, type LineSpan, readLines, readSpan } from './lines.ts';

const rowSchema = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  messages: z
    .array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() }))
    .transform(withoutTarget)
    .refine((messages) => messages.length > 0, 'no message to answer'),
});

export interface InputRow extends LineSpan {
  /** Position among the rows, starting at 0. */
  readonly index: number;
  readonly id: string | number | null;
  /** What the row is known by in the output: its id, else its position. */
  readonly key: string;
  /** SHA-256 of the messages, in hex: tells whether an answer is one to this text. */
  readonly hash: string;
}

export interface InputFile {
  readonly rows: readonly InputRow[];
  messages(row: InputRow): Promise<readonly ChatMessage[]>;
  close(): Promise<void>;
}

/** @throws InputError that names the line when the file cannot be read, a row is not valid or an id occurs twice. */
export async function openInput(path: string): Promise<InputFile> {
  const file = await open(path).catch((cause: unknown) => {
    throw new InputError(
      `${path} cannot be read: ${(cause as Error).message}.`,
      'Choose another --input_file.',
      { cause },
    );
  });
  try {
    const rows = await scan(file, path);
    return {
      rows,
      messages: async (row) => parseRow(await readSpan(file, row)).messages,
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function scan(file: FileHandle, path: string): Promise<InputRow[]> {
  const rows: InputRow[] = [];
  const seen = new Map<string, number>();
  let number = 0;
  for await (const line of readLines(file)) {
    number += 1;
    if (line.text.trim() === '') continue;
    const where = `${path}, line ${number}`;
    if (!line.utf8) throw new InputError(`${where} is not UTF-8.`, 'Convert the file to UTF-8.');
    const row = describeRow(line, rows.length, where);
    const earlier = seen.get(row.key);
    if (earlier !== undefined) {
      throw new InputError(
        `${path}, line ${number}: the id ${JSON.stringify(row.id)} stands in line ${earlier} already.`,
        'Give every row its own id, or leave the ids out.',
      );
    }
    seen.set(row.key, number);
    rows.push(row);
  }
  return rows;
}

function describeRow(line: Line, index: number, where: string): InputRow {
  try {
    const { id = null, messages } = parseRow(line.text);
    const hash = createHash('sha256').update(JSON.stringify(messages)).digest('hex');
    return { index, id, key: keyOf(id, index), hash, offset: line.offset, length: line.length };
  } catch (cause) {
    throw new InputError(
      `${where}: ${problemOf(cause)}`,
      'Every row needs `messages`: a list of {"role", "content"} with a system and a user message.',
      { cause },
    );
  }
}

function problemOf(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return (cause as Error).message;
  return cause.issues.map(({ path, message }) => `${path.join('.') || 'the row'}: ${message}`).join('; ');
}

function parseRow(text: string) {
  return rowSchema.parse(JSON.parse(text));
}

export function keyOf(id: string | number | null, index: number): string {
  return id === null ? `row ${index}` : `id ${JSON.stringify(id)}`;
}

/** SFT rows end with the answer to learn; whoever is to answer must not see it. */
function withoutTarget(messages: ChatMessage[]): ChatMessage[] {
  const last = messages.findLastIndex((message) => message.role !== 'assistant');
  return messages.slice(0, last + 1);
}
