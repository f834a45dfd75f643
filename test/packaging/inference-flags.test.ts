/** What serves the model stands in three places: the documentation, the compose file, and the engine's test. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The service that is commented out in the compose file. */
function composedFlags(): Map<string, string> {
  const [, commented = ''] = /^((?: {2}# {3,}.*\n|^ {2}# inference:\n)+)/m.exec(fromService()) ?? [];
  const { inference } = parse(commented.replace(/^ {2}# /gm, '')) as { inference: { command: string[] } };
  return new Map(
    inference.command.map((flag) => {
      const [, name = '', value = ''] = /^--([a-z-]+)(?:=(.*))?$/.exec(flag) ?? [];
      return [name, value];
    }),
  );
}

function fromService(): string {
  const compose = read('deploy/compose.yaml');
  return compose.slice(compose.indexOf('  # inference:\n'));
}

/** Of the command in the documentation; the model stands without a flag there. */
function documentedFlags(): Map<string, string> {
  const [, model = '', rest = ''] =
    /^vllm serve (\S+) \\\n((?: {2}--.*\n)+)/m.exec(read('docs/inference.md')) ?? [];
  const flags = [...rest.matchAll(/^ {2}--([a-z-]+)(?: (?!\\$)(.*?))?(?: \\)?$/gm)];
  const values = flags.map(([, name = '', value = '']): [string, string] => [
    name,
    value.replace(/^(['"])(.*)\1$/, '$2'),
  ]);
  return new Map([['model', model], ...values]);
}

describe('the flags of the inference server', () => {
  it('are the same in the compose file and in the documentation', () => {
    const [composed, documented] = [composedFlags(), documentedFlags()];
    expect(composed.size).toBeGreaterThan(5);
    for (const flags of [composed, documented]) {
      expect(flags.get('api-key')).toContain('INFERENCE_API_KEY');
      flags.delete('api-key'); // Only one of the two complains when it is not set.
    }
    expect(Object.fromEntries(composed)).toEqual(Object.fromEntries(documented));
  });

  it('are those that the engine is tested with, where they change what it answers', () => {
    const tested = read('test/engine/serve.ts');
    for (const name of ['max-model-len', 'reasoning-parser', 'structured-outputs-config', 'api-key']) {
      expect([...documentedFlags().keys()]).toContain(name);
      expect(tested).toContain(`'--${name}'`);
    }
    expect(tested).toContain(`'${documentedFlags().get('structured-outputs-config')}'`);
  });
});
