import { PassThrough } from 'node:stream';

/** A stream in the place of stderr that remembers what was written to it. */
export function fakeTerminal({ isTTY }: { isTTY: boolean }) {
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    columns: 120,
    cursorTo() {},
    moveCursor() {},
    clearLine() {},
    clearScreenDown() {},
  });
  const written: string[] = [];
  stream.on('data', (data) => written.push(String(data)));
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => written.join('') };
}
