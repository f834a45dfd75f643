import type { FileHandle } from 'node:fs/promises';

/** A line's place in its file, in bytes, without its line break. */
export interface LineSpan {
  readonly offset: number;
  readonly length: number;
}

export interface Line extends LineSpan {
  readonly text: string;
  /** False only for a last line that lacks its line break: it may be torn. */
  readonly complete: boolean;
}

const CHUNK = 1 << 20;
const NEWLINE = 10;

/** The file's lines one by one; only the current chunk and a line that crosses it are held. */
export async function* readLines(file: FileHandle): AsyncGenerator<Line> {
  let rest = Buffer.alloc(0);
  let offset = 0;
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const data = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = data.indexOf(NEWLINE); end !== -1; end = data.indexOf(NEWLINE, start)) {
      yield { text: data.toString('utf8', start, end), offset, length: end - start, complete: true };
      offset += end + 1 - start;
      start = end + 1;
    }
    rest = data.subarray(start);
  }
  if (rest.length > 0) yield { text: rest.toString('utf8'), offset, length: rest.length, complete: false };
}

export async function readSpan(file: FileHandle, span: LineSpan): Promise<string> {
  const buffer = Buffer.alloc(span.length);
  await file.read(buffer, 0, span.length, span.offset);
  return buffer.toString('utf8');
}
