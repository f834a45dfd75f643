/** Reads request bodies, within limits for each and for all of them together. */
import type { IncomingMessage } from 'node:http';

/** GitHub's own limit for payloads: https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap */
export const MAX_BODY_BYTES = 25 * 1024 * 1024;

/** Bytes of unfinished bodies this process holds at most: a crowd of slow senders must not exhaust it. */
export const MAX_PENDING_BYTES = 8 * MAX_BODY_BYTES;

export type Body =
  | { readonly kind: 'whole'; readonly text: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'busy' }
  /** The sender went away. */
  | { readonly kind: 'broken' };

let pendingBytes = 0;

export function announcesTooMuch({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES;
}

/** Never rejects. After `too-large` and `busy` the rest of the body is still unread. */
export function readBody(request: IncomingMessage): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (body: Body): void => {
      pendingBytes -= size;
      size = 0;
      request.off('data', take).off('end', finish).off('close', breakOff);
      resolve(body);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      pendingBytes += chunk.length;
      if (size > MAX_BODY_BYTES) settle({ kind: 'too-large' });
      else if (pendingBytes > MAX_PENDING_BYTES) settle({ kind: 'busy' });
      else chunks.push(chunk);
    };
    const finish = () => settle({ kind: 'whole', text: Buffer.concat(chunks).toString('utf8') });
    const breakOff = () => settle({ kind: 'broken' });
    // An error always comes with `close`; without a listener it would end the process.
    request
      .on('error', () => {})
      .on('data', take)
      .on('end', finish)
      .on('close', breakOff);
  });
}
