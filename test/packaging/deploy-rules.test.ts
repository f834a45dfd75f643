import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentVariables } from '../../src/config.ts';
import { composeProblems, dockerfileProblems } from './deploy-rules.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const DOCKERFILE = readFileSync(path.join(ROOT, 'deploy/Dockerfile'), 'utf8');
const COMPOSE = readFileSync(path.join(ROOT, 'deploy/compose.yaml'), 'utf8').replace(
  'context: ..',
  `context: ${path.relative('/', ROOT)}`,
);

describe('the check of the Dockerfile', () => {
  it.each([
    ['an unknown instruction', ['WORKDIR /app', 'WORKDUR /app'], 'WORKDUR'],
    ['an argument too few', ['EXPOSE 3000', 'EXPOSE'], 'no arguments'],
    ['a source that does not exist', ['COPY migrations', 'COPY migratoins'], 'COPY migratoins'],
    ['a source that the build does not get', ['COPY migrations', 'COPY test'], 'COPY test'],
    ['root', ['USER node', ''], 'root'],
    ['root by name', ['USER node', 'USER root'], 'root'],
    ['no health check', [/HEALTHCHECK[^\n]*\n[^\n]*\n/, ''], 'HEALTHCHECK'],
    ['curl', [/CMD \["node", "-e".*/, 'CMD curl -f http://127.0.0.1:3000/healthz'], 'slim image'],
    ['an image without a version', [/FROM node:\S+ AS/, 'FROM node:slim AS'], 'not name a version'],
    ['one stage', [/^FROM[^\n]*AS build[\s\S]*?(?=^FROM)/m, ''], 'one stage'],
  ] as const)('sees %s', (_name, [from, to], words) => {
    const broken = DOCKERFILE.replace(from, to);
    expect(broken).not.toBe(DOCKERFILE);
    expect(dockerfileProblems(broken, ROOT).join('\n')).toContain(words);
  });
});

describe('the check of the compose file', () => {
  let file: string;
  beforeAll(() => {
    file = path.join(mkdtempSync(path.join(tmpdir(), 'swe-manager-compose-')), 'compose.yaml');
  });
  afterAll(() => rmSync(path.dirname(file), { recursive: true }));

  const problemsOf = (text: string) => {
    const [, ...up] = path.dirname(file).split('/');
    writeFileSync(file, text.replace('context: ', `context: ${up.map(() => '../').join('')}`));
    return composeProblems(file, new Set(KNOWN)).join('\n');
  };
  const KNOWN = environmentVariables().map(({ name }) => name);

  it('is content with ours', () => {
    expect(problemsOf(COMPOSE)).toBe('');
  });

  it.each([
    ['no YAML', ['services:', 'services: ['], 'invalid-yaml'],
    ['a key that Compose does not know', ['restart: unless-stopped', 'restarts: always'], 'invalid-schema'],
    ['a variable that the program does not read', ['LOG_LEVEL: $', 'LOGLEVEL: $'], 'LOGLEVEL'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose's own syntax.
    ['a misspelt interpolation', ['${INFERENCE_URL:-}', '${INFERENCE_URI:-}'], 'INFERENCE_URI'],
    ['a variable that is not passed on', [/ {4}RETENTION_DAYS.*\n/, ''], 'RETENTION_DAYS'],
    ['a Dockerfile that does not exist', ['deploy/Dockerfile', 'deploy/Dockerfil'], 'Dockerfil,'],
    ['a health nobody checks', [/ {4}healthcheck:\n {6}test[^#]*?retries: 12\n/, ''], 'no check'],
    ['an image without a version', ['postgres:17.6-bookworm', 'postgres'], 'explicit-tag'],
    ['a port open to the world', ['127.0.0.1:3000:3000', '3000:3000'], 'unbound'],
  ] as const)('sees %s', (_name, [from, to], words) => {
    const broken = COMPOSE.replace(from, to);
    expect(broken).not.toBe(COMPOSE);
    expect(problemsOf(broken)).toContain(words);
  });
});
