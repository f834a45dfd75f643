/** Files that repeat what the code says must say the same. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { environmentVariables, loadConfig } from '../../src/config.ts';
import { SUBSCRIBED_EVENTS } from '../../src/pipeline/webhook/events.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** Only the crash test sets it. */
const FOR_TESTS_ONLY = 'SWE_MANAGER_FAILPOINT';

describe('.env.example', () => {
  const lines = read('.env.example')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
  const example = new Map(lines.map((line) => line.split('=', 2) as [string, string]));

  it('lists every variable once, and no other', () => {
    const known = new Set(environmentVariables().map(({ name }) => name));
    known.delete(FOR_TESTS_ONLY);
    expect(lines).toHaveLength(example.size);
    expect([...example.keys()].sort()).toEqual([...known].sort());
  });

  it('gives the default of each', () => {
    for (const { name, fallback } of environmentVariables())
      if (name !== FOR_TESTS_ONLY) expect([name, example.get(name)]).toEqual([name, fallback ?? '']);
  });

  it('configures what nothing configures', () => {
    expect(loadConfig(Object.fromEntries(example))).toEqual(loadConfig({}));
  });
});

describe('app.yml', () => {
  const manifest = parse(read('app.yml')) as Record<string, unknown>;

  it('asks for the events that are handled, and no other', () => {
    expect(manifest.default_events).toEqual([...SUBSCRIBED_EVENTS]);
  });

  it('asks for the least permissions and stays private', () => {
    expect(manifest.default_permissions).toEqual({
      issues: 'write',
      pull_requests: 'read',
      contents: 'read',
      metadata: 'read',
    });
    expect(manifest.public).toBe(false);
  });
});
