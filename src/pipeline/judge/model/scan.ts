/**
 * Finds JSON objects in text without parsing it: where each ends, and its own keys with the place of their
 * values. Every character is looked at a bounded number of times, whatever the text.
 */

export interface FoundKey {
  readonly key: string;
  /** Offset of the value's first character. */
  readonly valueAt: number;
}

export interface FoundObject {
  readonly start: number;
  /** Behind the closing brace; null when the text ends before it. */
  readonly end: number | null;
  readonly keys: readonly FoundKey[];
}

const OBJECT_START = /\{\s*"/g;
const TOKEN = /["{}[\]]/g;
const STRING = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const COLON = /\s*:\s*/y;

/** Objects that begin like JSON, `{ "`, and do not stand inside another one, in order. */
export function findObjects(text: string): FoundObject[] {
  const found: FoundObject[] = [];
  OBJECT_START.lastIndex = 0;
  for (let match = OBJECT_START.exec(text); match !== null; match = OBJECT_START.exec(text)) {
    const object = scanObject(text, match.index);
    found.push(object);
    if (object.end === null) break; // everything behind it stands inside it
    OBJECT_START.lastIndex = object.end;
  }
  OBJECT_START.lastIndex = 0;
  return found;
}

function scanObject(text: string, start: number): FoundObject {
  const keys: FoundKey[] = [];
  let depth = 0;
  TOKEN.lastIndex = start;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    if (match[0] === '"') {
      const next = skipString(text, match.index, depth === 1 ? keys : null);
      if (next === null) break;
      TOKEN.lastIndex = next;
    } else {
      depth += DEPTH[match[0]] ?? 0;
      if (depth === 0) return { start, end: match.index + 1, keys };
    }
  }
  return { start, end: null, keys };
}

const DEPTH: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 };

/** Where to go on behind the string, and behind the colon when it is a key; null when it never ends. */
function skipString(text: string, from: number, keys: FoundKey[] | null): number | null {
  const end = stringEnd(text, from);
  if (end === null || keys === null) return end;
  const valueAt = afterColon(text, end);
  if (valueAt === null) return end;
  keys.push({ key: unquote(text.slice(from, end)), valueAt });
  return valueAt;
}

function stringEnd(text: string, from: number): number | null {
  STRING.lastIndex = from;
  return STRING.test(text) ? STRING.lastIndex : null;
}

function afterColon(text: string, from: number): number | null {
  COLON.lastIndex = from;
  return COLON.test(text) ? COLON.lastIndex : null;
}

/** Keys may be written with escapes: `"best\u005fproposal_id"` is the same key. */
function unquote(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted; // not JSON; the object will be refused as a whole
  }
}
