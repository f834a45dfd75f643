/**
 * A preload: import it before anything that imports Drizzle (`node --import`, or an entry file that imports
 * this one and then `await import`s the rest; static imports would all be resolved first).
 *
 * For every ES module it loads, Node 24 asks the nearest package.json for its `type` and in doing so parses
 * the `exports` of that file anew (`get` in lib/internal/modules/package_json_reader.js, by --cpu-prof). Drizzle's package.json has 179 KB
 * of them and Drizzle loads some 80 modules: pg-core, pglite and node-postgres take 340 ms and 264 MB. All of
 * Drizzle's .js files are ES modules and import each other by relative paths, so the answer is known: 50 ms
 * and 21 MB. `require` costs as little, but makes a second copy of Drizzle's classes beside the imported ones.
 *
 * What has been compiled is kept for the next process, in Node's own cache under the temporary directory.
 */
import { enableCompileCache, registerHooks } from 'node:module';

const INSIDE_DRIZZLE = /\/node_modules\/drizzle-orm\/.*\.js$/;

enableCompileCache();
registerHooks({
  resolve(specifier, context, nextResolve) {
    const parent = context.parentURL;
    if (!specifier.startsWith('.') || !parent || !INSIDE_DRIZZLE.test(parent))
      return nextResolve(specifier, context);
    return { url: new URL(specifier, parent).href, format: 'module', shortCircuit: true };
  },
});
