/** `npm run check:deploy`: lints the deployment files; no container engine is needed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { environmentVariables } from '../../src/config.ts';
import { composeProblems, dockerfileProblems } from './deploy-rules.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const known = new Set(environmentVariables().map(({ name }) => name));

function report(file: string, problems: readonly string[]): void {
  console.log(`${file}: ${problems.length === 0 ? 'fine' : `${problems.length} problems`}`);
  for (const problem of problems) console.error(`${file}: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

const dockerfile = readFileSync(path.join(ROOT, 'deploy/Dockerfile'), 'utf8');
report('deploy/Dockerfile', dockerfileProblems(dockerfile, ROOT));
report('deploy/compose.yaml', composeProblems(path.join(ROOT, 'deploy/compose.yaml'), known));
