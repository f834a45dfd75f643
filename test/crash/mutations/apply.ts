/** Loaded before the program: hands out one file of `src` as the mutation named in SWE_MUTATION leaves it. */
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { MUTATIONS } from './list.ts';

const SOURCES = path.join(import.meta.dirname, '../../../src');
const mutation = MUTATIONS.find(({ name }) => name === process.env.SWE_MUTATION);
const target = mutation && pathToFileURL(path.join(SOURCES, mutation.file)).href;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!mutation || url !== target || loaded.source == null) return loaded;
    return { ...loaded, source: mutate(sourceText(loaded.source), mutation.find, mutation.replace) };
  },
});

function sourceText(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === 'string' ? source : Buffer.from(source as ArrayBuffer).toString('utf8');
}

/** @throws Error unless the code to change stands there exactly once. */
function mutate(source: string, find: string, replace: string): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`the code to mutate stands ${parts.length - 1} times: ${find}`);
  return parts.join(replace);
}
