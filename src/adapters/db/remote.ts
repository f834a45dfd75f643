import { connect, type Socket } from 'node:net';
import { DatabaseError } from '../../errors.ts';
import { drizzleOverPglite } from './embedded.ts';
import { guardTransactions } from './transaction-guard.ts';
import type { EmbeddedClient, EmbeddedDatabase, EmbeddedQueries } from './types.ts';
import {
  type Answer,
  errorFromWire,
  type QueryResults,
  type Request,
  rawTypesOf,
  readFrames,
  sendFrame,
} from './wire.ts';

/**
 * Opens the database that another process owns, through its socket.
 * @throws the connection's error (ENOENT, ECONNREFUSED, ...) when nobody answers there.
 */
export async function connectRemote(socketPath: string): Promise<EmbeddedDatabase> {
  const connection = await openConnection(socketPath);
  await connection.ask({ op: 'hello' });
  const client = guardTransactions(remoteClient(connection, socketPath));
  return {
    kind: 'pglite',
    remote: true,
    db: drizzleOverPglite(client),
    client,
    migrate: async () => {
      await connection.ask({ op: 'migrate' });
    },
    close: async () => connection.close(),
  };
}

/** Plain queries share a connection; a transaction has one to itself, for as long as it lasts. */
function remoteClient(connection: Connection, socketPath: string): EmbeddedClient {
  return {
    ...queriesOver(connection),
    transaction: async (body) => {
      const own = await openConnection(socketPath);
      try {
        await own.ask({ op: 'begin' });
        const result = await body(queriesOver(own));
        await own.ask({ op: 'commit' });
        return result;
      } finally {
        own.close(); // Before the commit, closing is what rolls back.
      }
    },
  };
}

function queriesOver(connection: Connection): EmbeddedQueries {
  return {
    query: async <T>(...[text, params, options]: Parameters<EmbeddedQueries['query']>) => {
      const rowMode = options?.rowMode === undefined ? {} : { rowMode: options.rowMode };
      const rawTypes = rawTypesOf(options);
      const value = await connection.ask({ op: 'query', text, params: params ?? [], rawTypes, ...rowMode });
      return value as QueryResults<T>;
    },
    exec: async (text) =>
      (await connection.ask({ op: 'exec', text })) as QueryResults<Record<string, unknown>>[],
  };
}

interface Connection {
  /** Sends a request; answers come in the order of the requests. */
  ask(request: Request): Promise<unknown>;
  close(): void;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

async function openConnection(socketPath: string): Promise<Connection> {
  const socket = await connectSocket(socketPath);
  socket.on('error', () => {}); // The loop over the frames throws the same error.
  const waiting: Waiting[] = [];
  let broken: Error | null = null;
  const breakOff = (cause: unknown) => {
    broken ??= lostOwner(cause);
    for (const request of waiting.splice(0)) request.reject(broken);
  };
  void deliverAnswers(socket, waiting).then(() => breakOff(undefined), breakOff);
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (broken) return reject(broken);
        waiting.push({ resolve, reject });
        sendFrame(socket, request);
      }),
    close: () => socket.destroy(),
  };
}

async function deliverAnswers(socket: Socket, waiting: Waiting[]): Promise<void> {
  for await (const frame of readFrames(socket)) {
    const answer = frame as Answer;
    const request = waiting.shift();
    if (answer.ok) request?.resolve(answer.value);
    else request?.reject(errorFromWire(answer.error));
  }
}

function connectSocket(socketPath: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function lostOwner(cause: unknown): DatabaseError {
  return new DatabaseError(
    'The process that owns the embedded database closed the connection; what was not committed is undone.',
    'Run this again: it opens the files itself when the other process has ended.',
    { cause },
  );
}
