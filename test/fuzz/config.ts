import fc from 'fast-check';
import { stringify } from 'yaml';
import {
  parseRepositoryConfig,
  repositoryConfigSchema,
} from '../../src/pipeline/command/repository-config.ts';
import { type Property, property } from './property.ts';
import { hostileText } from './texts.ts';

const KEYS = Object.keys(repositoryConfigSchema.shape);
const value = fc.oneof(hostileText, fc.jsonValue(), fc.constantFrom('command', 'observe', true, 0, -1, []));
const structured = fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string()), value, { maxKeys: 6 });
const yamlTexts = fc.oneof(
  structured.map((object) => stringify(object)),
  hostileText,
  fc.constantFrom(
    'a: &a [*a]',
    'a: &a {b: *a}',
    '? {}\n: 1',
    '- - - -',
    '%YAML 9.9\n---\n',
    '{',
    '"\\ud83d"',
  ),
);

export const configProperties: readonly Property[] = [
  property('a config is taken whole, or refused with what is wrong', yamlTexts, (text) => {
    const parsed = parseRepositoryConfig(text);
    return parsed.ok
      ? repositoryConfigSchema.safeParse(parsed.config).success
      : parsed.problems.length > 0 && parsed.problems.every((problem) => problem.length > 0);
  }),
];
