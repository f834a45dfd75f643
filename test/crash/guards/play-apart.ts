import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { endsWithTest } from '../ends-with-test.ts';
import type { ScenarioName } from './scenarios.ts';

const CRASH = path.join(import.meta.dirname, '..');
const IMPORTS = ['../../src/quick-imports.ts', 'mutations/apply.ts'].flatMap((file) => [
  '--import',
  pathToFileURL(path.join(CRASH, file)).href,
]);

export interface Verdict {
  /** 0: it holds; 1: it does not; anything else: it could not be played. */
  readonly code: number | null;
  readonly said: string;
}

/** Plays a scenario in a process of its own. @param mutation the guard that is removed; null leaves all in place */
export async function playApart(scenario: ScenarioName, mutation: string | null): Promise<Verdict> {
  const child = endsWithTest(
    spawn(process.execPath, [...IMPORTS, path.join(import.meta.dirname, 'play.ts'), scenario], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...(mutation === null ? {} : { SWE_MUTATION: mutation }) },
    }),
  );
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said: said.trim() };
}
