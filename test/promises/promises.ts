/** Matches the numbered promises of docs/promises.md with the tests that carry their numbers. */

export interface ListedTest {
  /** Suites and test, joined by ` > `, as vitest lists them. */
  readonly name: string;
  readonly file: string;
}

export interface PromiseReport {
  /** Number and title of each promise, with how many tests hold it. */
  readonly promises: readonly { readonly number: number; readonly title: string; readonly tests: number }[];
  /** One line for each thing that is wrong; empty when all is well. */
  readonly problems: readonly string[];
}

const HEADING = /^## (\d+)\. (.+)$/gm;
const TEST_NAME = /^promise (\d+):/;

/** Only the test's own name counts: a suite named after a promise proves nothing by itself. */
export function matchPromises(document: string, tests: readonly ListedTest[]): PromiseReport {
  const headings = [...document.matchAll(HEADING)].map((found) => ({
    number: Number(found[1]),
    title: found[2] ?? '',
  }));
  const counts = new Map<number, number>();
  const problems = headings.length === 0 ? ['The document holds no numbered promise.'] : numbering(headings);
  for (const test of tests) {
    const number = promiseOf(test);
    if (number === null) continue;
    counts.set(number, (counts.get(number) ?? 0) + 1);
    if (!headings.some((heading) => heading.number === number))
      problems.push(`There is no promise ${number}, but a test of it in ${test.file}: ${test.name}`);
  }
  const promises = headings.map((heading) => ({ ...heading, tests: counts.get(heading.number) ?? 0 }));
  for (const { number, title, tests: count } of promises)
    if (count === 0) problems.push(`Promise ${number} has no test: ${title}`);
  return { promises, problems };
}

function promiseOf(test: ListedTest): number | null {
  const own = test.name.split(' > ').at(-1) ?? '';
  const found = TEST_NAME.exec(own);
  return found ? Number(found[1]) : null;
}

function numbering(headings: readonly { readonly number: number }[]): string[] {
  return headings.flatMap(({ number }, index) =>
    number === index + 1 ? [] : [`Promise ${number} stands in place ${index + 1}.`],
  );
}
