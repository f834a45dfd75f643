import type { Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';
import type { Results } from '@electric-sql/pglite';
import type { EmbeddedQueryOptions } from './types.ts';

/**
 * What two processes of one user say to each other over the socket. `begin` makes the connection a
 * transaction until `commit` or `rollback`; a connection that closes in between rolls back.
 */
export type Request =
  | { op: 'hello' }
  | { op: 'migrate' }
  | { op: 'query'; text: string; params: unknown[]; rowMode?: 'object' | 'array'; rawTypes: number[] }
  | { op: 'exec'; text: string }
  | { op: 'begin' }
  | { op: 'commit' }
  | { op: 'rollback' };

export type Answer = { ok: true; value: unknown } | { ok: false; error: WireError };

/** A Postgres error without its prototype: the fields that callers look at (`code` above all). */
export interface WireError {
  message: string;
  fields: Record<string, unknown>;
}

const LENGTH_BYTES = 4;
/** Far above any answer of ours, and low enough that a broken length cannot exhaust memory. */
const MAX_FRAME_BYTES = 512 * 1024 * 1024;
const ERROR_FIELDS = [
  'code',
  'severity',
  'detail',
  'hint',
  'schema',
  'table',
  'column',
  'constraint',
] as const;

/** Length-prefixed structured clones: they carry dates, big integers and bytes, which JSON does not. */
export function sendFrame(socket: Socket, value: Request | Answer): void {
  const body = serialize(value);
  const header = Buffer.alloc(LENGTH_BYTES);
  header.writeUInt32BE(body.length);
  socket.cork();
  socket.write(header);
  socket.write(body);
  socket.uncork();
}

/** The frames of a socket in order; ends when the other side closes, throws when the connection breaks. */
export async function* readFrames(socket: Socket): AsyncGenerator<unknown> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size < wantedBytes(chunks)) continue;
    let rest = Buffer.concat(chunks);
    for (let end = frameEnd(rest); end !== null; end = frameEnd(rest)) {
      yield deserialize(rest.subarray(LENGTH_BYTES, end));
      rest = rest.subarray(end);
    }
    chunks = [rest];
    size = rest.length;
  }
}

/** How many bytes must have arrived before it is worth joining them: large answers come in many chunks. */
function wantedBytes(chunks: readonly Buffer[]): number {
  const first = chunks[0];
  if (first === undefined || first.length < LENGTH_BYTES) return LENGTH_BYTES;
  return LENGTH_BYTES + first.readUInt32BE();
}

function frameEnd(bytes: Buffer): number | null {
  if (bytes.length < LENGTH_BYTES) return null;
  const length = bytes.readUInt32BE();
  if (length > MAX_FRAME_BYTES) throw new Error(`A frame of ${length} bytes exceeds ${MAX_FRAME_BYTES}.`);
  return bytes.length < LENGTH_BYTES + length ? null : LENGTH_BYTES + length;
}

export function errorToWire(error: unknown): WireError {
  if (!(error instanceof Error)) return { message: String(error), fields: {} };
  const fields: Record<string, unknown> = {};
  for (const name of ERROR_FIELDS) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'string') fields[name] = value;
  }
  return { message: error.message, fields };
}

export function errorFromWire(error: WireError): Error {
  return Object.assign(new Error(error.message), error.fields);
}

/** The type oids whose text the caller wants untouched. Functions cannot travel, and Drizzle sends no others. */
export function rawTypesOf(options: EmbeddedQueryOptions | undefined): number[] {
  const parsers = Object.entries(options?.parsers ?? {});
  for (const [oid, parse] of parsers) {
    if (parse('probe') !== 'probe')
      throw new Error(`The parser of type ${oid} cannot be used from another process.`);
  }
  return parsers.map(([oid]) => Number(oid));
}

export function queryOptions(request: {
  rowMode?: 'object' | 'array';
  rawTypes: number[];
}): EmbeddedQueryOptions {
  const parsers = Object.fromEntries(request.rawTypes.map((oid) => [oid, (text: string) => text]));
  return request.rowMode === undefined ? { parsers } : { rowMode: request.rowMode, parsers };
}

export type QueryResults<T> = Results<T>;
