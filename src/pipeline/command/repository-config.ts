import { parseDocument } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../../errors.ts';
import { DEFAULT_HEADINGS, type TemplateHeadings } from '../proposals/headings.ts';
import { MAX_PRICE_PATTERN, pricePatternProblem } from './price.ts';

/** Where the file stands, on the default branch. */
export const CONFIG_PATH = '.github/swe-manager.yml';

/** Characters; a longer file is refused before it is parsed. */
export const MAX_CONFIG_LENGTH = 16_384;
const MAX_PROBLEMS = 10;

export type ParsedRepositoryConfig =
  | { readonly ok: true; readonly config: RepositoryConfig }
  /** Each problem is a sentence that names the key. Parts are taken from the file and untrusted. */
  | { readonly ok: false; readonly problems: readonly string[] };

const bareLogin = (login: string): string => login.replace(/^@/, '');

const phrases = (heading: string, defaults: readonly string[]) =>
  z
    .array(z.string().trim().min(1).max(200))
    .min(1)
    .max(20)
    .default([...defaults])
    .describe(
      `Phrases that mark the ${heading} heading; one word must be the whole heading, several may be part of it.`,
    );

/** The file's content, with every default filled in when parsed; parsing twice changes nothing. */
export const repositoryConfigSchema = z
  .strictObject({
    version: z.literal(1).default(1).describe('Version of this format.'),
    mode: z
      .enum(['command', 'label', 'auto', 'observe'])
      .default('command')
      .describe(
        'When to choose: on /manager choose, also on a label, also by itself, or only silently, posting nothing.',
      ),
    label: z.string().trim().min(1).max(50).default('swe-manager').describe('The label of mode label.'),
    auto: z
      .strictObject({
        min_proposals: z.int().min(2).max(100).default(2).describe('Proposals needed before choosing.'),
        quiet_minutes: z
          .int()
          .min(1)
          .max(43_200)
          .default(60)
          .describe('Minutes without a new proposal or edit.'),
      })
      .prefault({})
      .describe('When mode auto chooses.'),
    managers: z
      .array(
        z
          .string()
          .regex(/^@?[A-Za-z\d][A-Za-z\d_-]{0,99}$/, 'is not a GitHub login')
          .overwrite(bareLogin),
      )
      .max(100)
      .default([])
      .describe('Logins that may give commands besides everyone with triage permission or better.'),
    reviewers: z
      .array(
        z
          .string()
          .regex(/^@?[A-Za-z\d][A-Za-z\d_-]{0,99}(?:\[bot\])?$/, 'is not a GitHub login')
          .overwrite(bareLogin),
      )
      .max(200)
      .default([])
      .describe(
        'Logins whose comments count as evidence of what was chosen, besides those who may give commands. They get no other rights.',
      ),
    proposal_headings: z
      .strictObject({
        problem: phrases('problem', DEFAULT_HEADINGS.problem),
        root_cause: phrases('root cause', DEFAULT_HEADINGS.rootCause),
        changes: phrases('changes', DEFAULT_HEADINGS.changes),
      })
      .prefault({})
      .describe('How the headings of the proposal template read; each list replaces its default.'),
    price_pattern: z
      .string()
      .max(MAX_PRICE_PATTERN)
      .superRefine((pattern, context) => {
        const problem = pricePatternProblem(pattern);
        if (problem !== null) {
          context.addIssue({ code: 'custom', message: problem });
        }
      })
      .default('[$*]')
      .describe(
        'How an issue title shows its pay: text with one * for the amount. Not a regular expression.',
      ),
    training: z
      .strictObject({
        consent: z
          .boolean()
          .optional()
          .describe(
            'Whether threads and decisions here may become training data; where it is silent, the operator decides for public repositories.',
          ),
      })
      .prefault({})
      .describe('Use of this repository as training data.'),
  })
  .meta({ title: 'SWE-Manager repository configuration', description: `The file ${CONFIG_PATH}.` });

/** Keys are those of the file. */
export type RepositoryConfig = z.output<typeof repositoryConfigSchema>;

/** What holds without a file. */
export const defaultRepositoryConfig: RepositoryConfig = repositoryConfigSchema.parse({});

/** The configured phrases as the proposals stage takes them. */
export function headingsOf({
  proposal_headings,
}: Pick<RepositoryConfig, 'proposal_headings'>): TemplateHeadings {
  const { problem, root_cause: rootCause, changes } = proposal_headings;
  return { problem, rootCause, changes };
}

/** The published JSON Schema of the file, as plain JSON. */
export function jsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(repositoryConfigSchema, { io: 'input' });
}

/** Reads the file. Aliases, unknown keys and wrong values are refused; an empty file means the defaults. Never throws. */
export function parseRepositoryConfig(yamlText: string): ParsedRepositoryConfig {
  if (yamlText.length > MAX_CONFIG_LENGTH) {
    return { ok: false, problems: [`The file is longer than ${MAX_CONFIG_LENGTH} characters.`] };
  }
  const yaml = readYaml(yamlText);
  if ('problems' in yaml) {
    return { ok: false, problems: yaml.problems };
  }
  const parsed = repositoryConfigSchema.safeParse(yaml.value ?? {});
  return parsed.success
    ? { ok: true, config: parsed.data }
    : { ok: false, problems: parsed.error.issues.slice(0, MAX_PROBLEMS).map(toSentence) };
}

function readYaml(text: string): { readonly value: unknown } | { readonly problems: string[] } {
  try {
    const document = parseDocument(text, { prettyErrors: true, logLevel: 'silent' });
    if (document.errors.length > 0) {
      return {
        problems: document.errors
          .slice(0, MAX_PROBLEMS)
          .map((error) => `The YAML is broken: ${firstLine(error)}`),
      };
    }
    // No alias at all: nested ones grow exponentially, and a file this small needs none.
    return { value: document.toJS({ maxAliasCount: 0 }) };
  } catch (error) {
    return {
      problems: [`The YAML cannot be read: ${firstLine(error)} Write it without aliases and deep nesting.`],
    };
  }
}

function firstLine(error: unknown): string {
  const message = messageOf(error);
  const line = (message.split('\n')[0] ?? '').replace(/:$/, '').slice(0, 200);
  return line.endsWith('.') ? line : `${line}.`;
}

function toSentence(issue: z.core.$ZodIssue): string {
  const where = issue.path.map(String).join('.').slice(0, 100);
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.slice(0, 5).map((key) => `“${key.slice(0, 60)}”`);
    return `Unknown key ${keys.join(', ')}${where === '' ? '' : ` in ${where}`}. ${knownKeys(issue.path)}`;
  }
  return `${where === '' ? 'The file' : where}: ${issue.message}.`;
}

function knownKeys(path: readonly PropertyKey[]): string {
  const shapes: Record<string, object> = {
    '': repositoryConfigSchema.shape,
    auto: repositoryConfigSchema.shape.auto.unwrap().shape,
    proposal_headings: repositoryConfigSchema.shape.proposal_headings.unwrap().shape,
    training: repositoryConfigSchema.shape.training.unwrap().shape,
  };
  return `Known keys: ${Object.keys(shapes[path.map(String).join('.')] ?? {}).join(', ')}.`;
}
