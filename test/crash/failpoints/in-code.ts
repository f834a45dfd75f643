/** Which failpoints the sources name. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FAILPOINTS } from '../../../src/failpoints.ts';

const SOURCES = path.join(import.meta.dirname, '../../../src');

/** @throws Error when the list and the sources differ. */
export function assertListIsComplete(): void {
  const named = new Set(
    globSync('**/*.ts', { cwd: SOURCES }).flatMap((file) =>
      [...readFileSync(path.join(SOURCES, file), 'utf8').matchAll(/failpoint\('([^']+)'\)/g)].map(
        (match) => match[1],
      ),
    ),
  );
  const unlisted = [...named].filter((name) => !FAILPOINTS.some((one) => one === name));
  const unused = FAILPOINTS.filter((name) => !named.has(name));
  if (unlisted.length > 0) throw new Error(`Failpoints that are not listed: ${unlisted.join(', ')}`);
  if (unused.length > 0) throw new Error(`Failpoints that stand nowhere: ${unused.join(', ')}`);
}
