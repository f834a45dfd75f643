import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';

/** A line's place in its file, in bytes, without its line break. */
export interface LineSpan {
  readonly offset: number;
  readonly length: number;
}

export interface Line extends LineSpan {
  readonly text: string;
  /** False when its bytes are no UTF-8; the text then holds U+FFFD in their place. */
  readonly utf8: boolean;
  /** False only for a last line that lacks its line break: it may be torn. */
  readonly complete: boolean;
}

const CHUNK = 1 << 20;
const NEWLINE = 10;
/** What some editors write before UTF-8. */
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The file's lines one by one; only the current chunk and a line that crosses it are held. */
export async function* readLines(file: FileHandle): AsyncGenerator<Line> {
  let rest = Buffer.alloc(0);
  let offset = await startOf(file);
  for (let position = offset; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const data = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = data.indexOf(NEWLINE); end !== -1; end = data.indexOf(NEWLINE, start)) {
      yield lineOf(data.subarray(start, end), offset, true);
      offset += end + 1 - start;
      start = end + 1;
    }
    rest = data.subarray(start);
  }
  if (rest.length > 0) yield lineOf(rest, offset, false);
}

function lineOf(bytes: Buffer, offset: number, complete: boolean): Line {
  return { text: bytes.toString('utf8'), utf8: isUtf8(bytes), offset, length: bytes.length, complete };
}

/** Behind a byte order mark. */
async function startOf(file: FileHandle): Promise<number> {
  const { buffer } = await file.read(Buffer.alloc(BYTE_ORDER_MARK.length), 0, BYTE_ORDER_MARK.length, 0);
  return buffer.equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
}

export async function readSpan(file: FileHandle, span: LineSpan): Promise<string> {
  const buffer = Buffer.alloc(span.length);
  await file.read(buffer, 0, span.length, span.offset);
  return buffer.toString('utf8');
}
