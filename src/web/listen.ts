import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../errors.ts';

/** @returns the base URL to reach it by from this machine, without a trailing slash. @throws ConfigError */
export function listen(server: Server, { host, port }: { host: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(cannotListen(host, port, cause)));
    server.listen(port, host, () => {
      resolve(`http://${reachable(host)}:${(server.address() as AddressInfo).port}`);
    });
  });
}

export function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): ConfigError {
  const reason = cause.code === 'EADDRINUSE' ? `port ${port} is in use` : cause.message;
  return new ConfigError(`The web server cannot listen on ${host}: ${reason}.`, 'Set PORT or HOST.', {
    cause,
  });
}

/** An address that means "all of them" is none to call. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * Takes no new request, waits for those under way, and cuts those off that take longer than `graceMs`
 * milliseconds: a server that is closing no longer enforces its own time limits.
 */
export function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
