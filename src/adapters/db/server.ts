import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { EmbeddedClient, EmbeddedQueries } from './types.ts';
import { type Answer, errorToWire, queryOptions, type Request, readFrames, sendFrame } from './wire.ts';

export interface ServedDatabase {
  readonly client: EmbeddedClient;
  migrate(): Promise<void>;
}

/** A transaction holds the one connection: a client that goes quiet inside one loses it. */
export const TRANSACTION_IDLE_MS = 15_000;

/** Answers other processes of the same user on `socketPath` until `close` is called. */
export async function serveDatabase(
  database: ServedDatabase,
  socketPath: string,
  transactionIdleMs: number = TRANSACTION_IDLE_MS,
): Promise<{ close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // The client died: its transaction, if any, rolls back.
    void serveConnection(database, socket, transactionIdleMs).catch(() => socket.destroy());
  });
  await listen(server, socketPath);
  if (process.platform !== 'win32') chmodSync(socketPath, 0o600);
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function listen(server: Server, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => resolve());
  });
}

async function serveConnection(database: ServedDatabase, socket: Socket, idleMs: number): Promise<void> {
  const frames = readFrames(socket);
  for (;;) {
    const frame = await frames.next();
    if (frame.done) break;
    const request = frame.value as Request;
    if (request.op === 'begin') await serveTransaction(database.client, socket, frames, idleMs);
    else sendFrame(socket, await answer(() => perform(database, request)));
  }
  socket.end();
}

/** Runs the client's requests inside one transaction of PGlite, which nothing else can enter. */
async function serveTransaction(
  client: EmbeddedClient,
  socket: Socket,
  frames: AsyncGenerator<unknown>,
  idleMs: number,
): Promise<void> {
  const ended = await answer(() =>
    client.transaction(async (tx) => {
      sendFrame(socket, { ok: true, value: null });
      await performUntilCommit(tx, socket, frames, idleMs);
    }),
  );
  if (!socket.destroyed) sendFrame(socket, ended);
}

class RolledBack extends Error {}

async function performUntilCommit(
  tx: EmbeddedQueries,
  socket: Socket,
  frames: AsyncGenerator<unknown>,
  idleMs: number,
): Promise<void> {
  for (;;) {
    const frame = await nextWithin(frames, idleMs, socket);
    if (frame.done) throw new RolledBack('The client closed its connection.');
    const request = frame.value as Request;
    if (request.op === 'commit') return;
    if (request.op === 'rollback') throw new RolledBack('Rolled back.');
    sendFrame(socket, await answer(() => performQuery(tx, request)));
  }
}

/** The next frame; a client that sends none for `idleMs` is cut off, which ends the frames. */
async function nextWithin(frames: AsyncGenerator<unknown>, idleMs: number, socket: Socket) {
  const timer = setTimeout(() => socket.destroy(), idleMs);
  try {
    return await frames.next();
  } finally {
    clearTimeout(timer);
  }
}

async function perform(database: ServedDatabase, request: Request): Promise<unknown> {
  switch (request.op) {
    case 'hello':
      return { pid: process.pid };
    case 'migrate':
      return database.migrate();
    default:
      return performQuery(database.client, request);
  }
}

async function performQuery(queries: EmbeddedQueries, request: Request): Promise<unknown> {
  switch (request.op) {
    case 'query':
      return queries.query(request.text, request.params, queryOptions(request));
    case 'exec':
      return queries.exec(request.text);
    default:
      throw new Error(`${request.op} is not possible here.`);
  }
}

async function answer(work: () => Promise<unknown>): Promise<Answer> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: errorToWire(error) };
  }
}
