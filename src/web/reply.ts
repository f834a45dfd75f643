import type { IncomingMessage, ServerResponse } from 'node:http';

/** Milliseconds a refused sender gets to finish: a connection that is cut while it sends loses our answer. */
const LINGER_MS = 2_000;

/** Nothing here is a page: no browser should frame, sniff, cache or run any of it. */
export function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('referrer-policy', 'no-referrer');
}

export function reply(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

/** Throws away what is left of a request's body, for a moment, and then the connection. */
export function discard(request: IncomingMessage): void {
  const cut = setTimeout(() => request.destroy(), LINGER_MS);
  const settled = () => clearTimeout(cut);
  request.once('end', settled).once('close', settled).on('error', settled).resume();
}
