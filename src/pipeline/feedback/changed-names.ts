/**
 * What a merged change touched, as names alone: paths, and symbols of the code around and on its changed lines. They
 * are what a golden proposal should have named; no line of the change itself is kept.
 */
import type { ChangedFile } from '../../ports.ts';
import { symbolsInProse } from '../judge/embedded/identifiers.ts';

/** Nobody names more in a proposal, and a change of a hundred files has no few names. */
const MOST_PATHS = 24;
const MOST_SYMBOLS = 24;
/** Characters of a file's diff that are read. */
const MOST_PATCH = 40_000;

/** Written by tools: no proposal names them. */
const GENERATED =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|go\.sum|[\w.-]{1,60}\.lock|pnpm-lock\.yaml|[\w.-]{1,60}\.(?:snap|min\.js|map))$/i;
/** `@@ -10,7 +10,8 @@ function closeMenu(event) {`: git says which function a hunk lies in. */
const HUNK = /^@@ [^@\n]{1,60} @@ ?(.*)$/;
const DECLARED =
  /\b(?:const|let|var|function|class|interface|type|enum|def|func|fn|struct|val|trait)\s{1,8}([A-Za-z_$][\w$]{2,79})/g;

/** Numbers of the pull requests whose merge speaks for a proposal. */
export function mergedPulls(
  signals: readonly { readonly source: string; readonly pullNumber: number | null }[],
): number[] {
  const merges = signals.filter(({ source }) => source === 'merge');
  return [...new Set(merges.flatMap(({ pullNumber }) => pullNumber ?? []))];
}

/** Paths first, then symbols, those on most changed lines first. Linear in the diffs. */
export function changedNames(files: readonly ChangedFile[]): string[] {
  const own = files.filter(({ path }) => !GENERATED.test(path));
  const paths = own.flatMap(({ path, previousPath }) =>
    previousPath === null ? [path] : [path, previousPath],
  );
  return [...new Set(paths)].slice(0, MOST_PATHS).concat(symbolsOf(own));
}

function symbolsOf(files: readonly ChangedFile[]): string[] {
  const lines = new Map<string, number>();
  for (const { patch } of files) {
    for (const text of touchedTexts((patch ?? '').slice(0, MOST_PATCH))) {
      for (const name of namesOn(text)) lines.set(name, (lines.get(name) ?? 0) + 1);
    }
  }
  const byLines = [...lines].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return byLines.slice(0, MOST_SYMBOLS).map(([name]) => name);
}

/** The functions that hunks lie in, and the changed lines. */
function touchedTexts(patch: string): string[] {
  return patch.split('\n').flatMap((line) => {
    const around = HUNK.exec(line)?.[1];
    if (around !== undefined) return [around];
    return /^[+-]/.test(line) ? [line.slice(1)] : [];
  });
}

function namesOn(text: string): Set<string> {
  const declared = [...text.matchAll(DECLARED)].map((match) => match[1] ?? '');
  return new Set([...declared, ...symbolsInProse(text)]);
}
