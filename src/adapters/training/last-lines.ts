/** The end of a file that may be long: it is read backwards, block by block. */
import { open } from 'node:fs/promises';

const BLOCK = 1 << 20;

/** @returns at most `count` lines, oldest first; none when there is no such file */
export async function lastLines(path: string, count: number): Promise<string[]> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!file) return [];
  try {
    const blocks: Buffer[] = [];
    let position = (await file.stat()).size;
    // One line end more than lines: what stands before it may be the end of a longer line.
    for (let ends = 0; position > 0 && ends <= count; ) {
      const length = Math.min(BLOCK, position);
      position -= length;
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, position);
      blocks.unshift(buffer);
      ends += buffer.toString('latin1').split('\n').length - 1;
    }
    const lines = Buffer.concat(blocks).toString('utf8').trimEnd().split('\n');
    return lines.slice(-count).filter((line) => line !== '');
  } finally {
    await file.close();
  }
}
