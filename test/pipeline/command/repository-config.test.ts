import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defaultRepositoryConfig,
  headingsOf,
  jsonSchema,
  MAX_CONFIG_LENGTH,
  parseRepositoryConfig,
  repositoryConfigSchema,
} from '../../../src/pipeline/command/repository-config.ts';
import { DEFAULT_HEADINGS } from '../../../src/pipeline/proposals/headings.ts';

const problemsOf = (text: string): readonly string[] => {
  const parsed = parseRepositoryConfig(text);
  return parsed.ok ? [] : parsed.problems;
};

describe('parseRepositoryConfig', () => {
  it.each(['', '# only a comment\n', '{}', 'version: 1'])('takes %j as the defaults', (text) => {
    expect(parseRepositoryConfig(text)).toEqual({ ok: true, config: defaultRepositoryConfig });
  });

  it('has safe defaults', () => {
    expect(defaultRepositoryConfig).toMatchObject({
      mode: 'command',
      managers: [],
      price_pattern: '[$*]',
      training: {},
    });
    expect(headingsOf(defaultRepositoryConfig)).toEqual(DEFAULT_HEADINGS);
  });

  it('reads a full file', () => {
    const text = [
      'version: 1',
      'mode: auto',
      'label: choose-please',
      'auto: { min_proposals: 3, quiet_minutes: 30 }',
      "managers: ['@ada', bob]",
      'proposal_headings:',
      '  root_cause: [Ursache]',
      "price_pattern: '* EUR'",
      'training: { consent: true }',
    ].join('\n');
    expect(parseRepositoryConfig(text)).toEqual({
      ok: true,
      config: {
        version: 1,
        mode: 'auto',
        label: 'choose-please',
        auto: { min_proposals: 3, quiet_minutes: 30 },
        managers: ['ada', 'bob'],
        reviewers: [],
        proposal_headings: { ...defaultRepositoryConfig.proposal_headings, root_cause: ['Ursache'] },
        price_pattern: '* EUR',
        training: { consent: true },
      },
    });
  });

  it.each([
    [
      'manager: [ada]',
      'Unknown key “manager”. Known keys: version, mode, label, auto, managers, reviewers, proposal_headings, price_pattern, training.',
    ],
    ['auto: { minutes: 3 }', 'Unknown key “minutes” in auto. Known keys: min_proposals, quiet_minutes.'],
    [
      'training: { consent: yes please }',
      'training.consent: Invalid input: expected boolean, received string.',
    ],
    [
      "price_pattern: '(a+)+$'",
      "price_pattern: must hold exactly one * where the amount stands, as in '[$*]'.",
    ],
    ['managers: [not a login]', 'managers.0: is not a GitHub login.'],
    ['- mode', 'The file: Invalid input: expected object, received array.'],
    ['mode: command\nmode: auto', 'The YAML is broken: Map keys must be unique at line 2, column 1.'],
    [
      'a: &a [x]\nb: *a',
      'The YAML cannot be read: Alias resolution is disabled. Write it without aliases and deep nesting.',
    ],
    ['x'.repeat(MAX_CONFIG_LENGTH + 1), `The file is longer than ${MAX_CONFIG_LENGTH} characters.`],
  ])('refuses %j with a sentence', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it('survives bombs', () => {
    const laughs = Array.from(
      { length: 20 },
      (_, index) => `a${index}: &a${index} [${`*a${index - 1},`.repeat(9)}]`,
    ).join('\n');
    for (const text of [
      laughs,
      '['.repeat(16_000),
      '{a: '.repeat(4_000),
      '- '.repeat(8_000),
      '? '.repeat(8_000),
    ]) {
      const problems = problemsOf(text);
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.length).toBeLessThanOrEqual(10);
      expect(Math.max(...problems.map((problem) => problem.length))).toBeLessThan(700);
    }
  });

  it('never throws', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constantFrom(
        'mode: ',
        'auto',
        '\n',
        '  ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        ': ',
        '&a ',
        '*a',
        '!!binary ',
        '|',
        '"',
        '__proto__: ',
      ),
    );
    fc.assert(
      fc.property(fc.array(unit), (parts) => {
        const parsed = parseRepositoryConfig(parts.join(''));
        expect(parsed.ok || parsed.problems.length > 0).toBe(true);
      }),
    );
  });

  it('gives what it stores: a parsed config parses to itself', () => {
    const parsed = parseRepositoryConfig("managers: ['@ada']\nmode: label");
    expect(parsed.ok && repositoryConfigSchema.parse(parsed.config)).toEqual(parsed.ok && parsed.config);
  });
});

it('publishes the JSON Schema it checks with', () => {
  const file = new URL('../../../docs/repository-config.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(jsonSchema());
});
