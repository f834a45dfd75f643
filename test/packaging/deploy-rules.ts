/** What the deployment files must hold. Each function returns one line for each thing that is wrong. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DCLinter } from 'dclint';
import { type Copy, DockerfileParser } from 'dockerfile-ast';
import { ValidationSeverity, validate } from 'dockerfile-utils';
import { parse } from 'yaml';

/** `root` is the build context. */
export function dockerfileProblems(text: string, root: string): string[] {
  return [...syntaxProblems(text), ...imageProblems(text), ...copyProblems(text, root)];
}

function syntaxProblems(text: string): string[] {
  const strict = ValidationSeverity.ERROR;
  const found = validate(text, {
    deprecatedMaintainer: strict,
    directiveCasing: strict,
    emptyContinuationLine: strict,
    instructionCasing: strict,
    instructionCmdMultiple: strict,
    instructionEntrypointMultiple: strict,
    instructionHealthcheckMultiple: strict,
    instructionJSONInSingleQuotes: strict,
    instructionWorkdirRelative: strict,
  });
  return found.map((problem) => `line ${problem.range.start.line + 1}: ${problem.message}`);
}

function imageProblems(text: string): string[] {
  const stages = DockerfileParser.parse(text).getFROMs();
  const problems = stages
    .filter((from) => !/^\d+(\.\d+)+/.test(from.getImageTag() ?? ''))
    .map((from) => `${from.getImage()} does not name a version.`);
  if (stages.length < 2) problems.push('It has one stage: what builds the program would be shipped with it.');
  return [...problems, ...runtimeProblems(text)];
}

/** Only what stands in the last stage is in the image. */
function runtimeProblems(text: string): string[] {
  const problems: string[] = [];
  const runtime = DockerfileParser.parse(text.slice(text.lastIndexOf('\nFROM') + 1)).getInstructions();
  const argumentsOf = (keyword: string) =>
    runtime.findLast((one) => one.getKeyword() === keyword)?.getArgumentsContent() ?? null;
  if (/^(root|0)\b/.test(argumentsOf('USER') ?? 'root')) problems.push('It runs as root.');
  const health = argumentsOf('HEALTHCHECK');
  if (health === null || health === 'NONE') problems.push('It has no HEALTHCHECK.');
  else if (/\b(curl|wget)\b/.test(health))
    problems.push('HEALTHCHECK needs a program that the slim image does not have.');
  return problems;
}

function copyProblems(text: string, root: string): string[] {
  const sent = contextFilter(readFileSync(path.join(root, '.dockerignore'), 'utf8'));
  return DockerfileParser.parse(text)
    .getCOPYs()
    .filter((copy) => copy.getFromFlag() === null)
    .flatMap(sourcesOf)
    .flatMap((source) => {
      if (!existsSync(path.join(root, source))) return [`COPY ${source}: it does not exist.`];
      return sent(source) ? [] : [`COPY ${source}: .dockerignore keeps it out of the build.`];
    });
}

function sourcesOf(copy: Copy): string[] {
  return copy
    .getArguments()
    .slice(0, -1)
    .map((argument) => argument.getValue());
}

/** Understands the form that ours has: `*` first, then each path that is let in. */
function contextFilter(ignoreFile: string): (source: string) => boolean {
  const lines = ignoreFile.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const allowed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  if (lines[0] !== '*' || lines.length !== allowed.length + 1)
    throw new Error('.dockerignore must hold `*` and then only paths that are let in.');
  return (source) => allowed.some((entry) => source === entry || source.startsWith(`${entry}/`));
}

/** What is read of dclint's results; its own types cannot be found under `nodenext`. */
interface LintedFile {
  readonly messages: readonly { readonly line: number; readonly rule: string; readonly message: string }[];
}

interface ComposeFile {
  readonly services: Record<string, ComposeService>;
}

interface ComposeService {
  readonly build?: { readonly context?: string; readonly dockerfile?: string };
  readonly environment?: Record<string, unknown>;
  readonly healthcheck?: { readonly disable?: boolean };
  readonly depends_on?: Record<string, { readonly condition?: string }>;
}

/** `known` are the variables that the program reads. */
export function composeProblems(file: string, known: ReadonlySet<string>): string[] {
  const linted = lintCompose(file);
  if (linted.length > 0) return linted;
  const text = readFileSync(file, 'utf8');
  const { services } = parse(text, { merge: true }) as ComposeFile;
  return [
    ...Object.entries(services).flatMap(([name, service]) =>
      serviceProblems(name, service, file, services, known),
    ),
    ...interpolationProblems(text, services, known),
  ];
}

/** Includes Compose's own schema, as the rule `invalid-schema`. */
function lintCompose(file: string): string[] {
  const linter = new DCLinter({
    quiet: false,
    debug: false,
    exclude: [],
    rules: {
      // Keys stand in the order in which they are read: `<<` first, and `command` before its exceptions.
      'service-keys-order': 0,
      'no-build-and-image': [2, { checkPullPolicy: false }],
      'no-duplicate-container-names': 2,
      'no-duplicate-exported-ports': 2,
      'no-quotes-in-volumes': 2,
      'no-unbound-port-interfaces': 2,
      'no-version-field': 2,
      'require-project-name-field': 2,
      'require-quotes-in-ports': [2, { quoteType: 'double' }],
      'service-image-require-explicit-tag': 2,
      'services-alphabetical-order': 2,
    },
  });
  const results: readonly LintedFile[] = linter.lintFiles([file], false);
  if (results.length !== 1) return [`${file}: the linter did not read it.`];
  return results.flatMap(({ messages }) =>
    messages.map((message) => `line ${message.line}: ${message.rule}: ${message.message}`),
  );
}

/** Addresses and files in the container, what only tests set, and what needs a disk with a trainer's files. */
const OF_THE_CONTAINER =
  /^(?:HOST|PORT|PRIVATE_KEY_PATH|SWE_MANAGER_\w+|SWE_LANCER_FILE|LIMITS_SCALE|TRAIN_(?!RUNS_PER_MONTH|MIN_NEW_LABELS)\w+)$/;

function serviceProblems(
  name: string,
  service: ComposeService,
  file: string,
  services: ComposeFile['services'],
  known: ReadonlySet<string>,
): string[] {
  const problems: string[] = [];
  for (const [other, { condition }] of Object.entries(service.depends_on ?? {}))
    if (condition === 'service_healthy' && !services[other]?.healthcheck)
      problems.push(`${name} waits for the health of ${other}, which has no check.`);
  if (!service.build) return problems;
  const dockerfile = path.join(
    path.dirname(file),
    service.build.context ?? '.',
    service.build.dockerfile ?? 'Dockerfile',
  );
  if (!existsSync(dockerfile)) problems.push(`${name} is built from ${dockerfile}, which does not exist.`);
  for (const variable of Object.keys(service.environment ?? {}))
    if (!known.has(variable)) problems.push(`${name} sets ${variable}, which the program does not read.`);
  for (const variable of known)
    if (!OF_THE_CONTAINER.test(variable) && service.environment?.[variable] === undefined)
      problems.push(`${name} does not pass ${variable} on: whoever sets it in .env sets nothing.`);
  return problems;
}

/** A misspelt `${NAME}` would silently be empty. */
function interpolationProblems(
  text: string,
  services: ComposeFile['services'],
  known: ReadonlySet<string>,
): string[] {
  const set = new Set(Object.values(services).flatMap((service) => Object.keys(service.environment ?? {})));
  const used = [...text.matchAll(/\$\{(\w+)/g)].map((found) => found[1] ?? '');
  return [...new Set(used)]
    .filter((name) => !known.has(name) && !set.has(name))
    .map((name) => `\${${name}} is taken from the environment, but nothing is called so.`);
}
