import { describe, expect, it } from 'vitest';
import { parseServers } from '../../src/config/inference.ts';
import { loadInferenceConfig } from '../../src/config.ts';
import { ConfigError } from '../../src/errors.ts';

const read = (env: Record<string, string>) => loadInferenceConfig(undefined, env);

describe('parseServers', () => {
  it.each([
    ['http://gpu:8000', ['http://gpu:8000/v1']],
    ['http://gpu:8000/', ['http://gpu:8000/v1']],
    ['https://proxy/llm/v1/', ['https://proxy/llm/v1']],
    ['http://a:1/v1, http://b:2 ,,http://a:1', ['http://a:1/v1', 'http://b:2/v1']],
  ])('%s', (text, expected) => expect(parseServers(text)).toEqual(expected));

  it.each(['gpu:8000', 'ftp://gpu', ' , ', 'not a url'])('refuses %j', (text) => {
    expect(() => parseServers(text)).toThrow(ConfigError);
  });

  it('refuses credentials without repeating them', () => {
    expect(() => parseServers('http://user:hunter2@gpu')).toThrow(/INFERENCE_API_KEY/);
    expect(() => parseServers('http://user:hunter2@gpu')).not.toThrow(/hunter2/);
  });
});

describe('loadInferenceConfig', () => {
  it('is null without a server', () => {
    expect(read({})).toBeNull();
    expect(read({ INFERENCE_URL: '', INFERENCE_MODEL: 'x' })).toBeNull();
  });

  it('takes what is set and defaults for the rest', () => {
    const env = {
      INFERENCE_URL: 'http://gpu:8000',
      INFERENCE_API_KEY: 'key',
      INFERENCE_MODEL: 'manager-8b',
      INFERENCE_MAX_IN_FLIGHT: '64',
      INFERENCE_TIMEOUT_SECONDS: '90',
    };
    expect(read(env)).toEqual({
      servers: ['http://gpu:8000/v1'],
      apiKey: 'key',
      model: 'manager-8b',
      maxInFlight: 64,
      requestTimeoutMs: 90_000,
      votes: 5,
      tokens: { prompt: 4_608, thinking: 2_048, answer: 1_536 },
    });
    expect(read({ ...env, INFERENCE_VOTES: '1', INFERENCE_THINKING_TOKENS: '0' })).toMatchObject({
      votes: 1,
      tokens: { thinking: 0, answer: 1_536 },
    });
  });

  it('takes another URL in place of the variable', () => {
    expect(loadInferenceConfig('http://other', { INFERENCE_URL: 'http://gpu' })?.servers).toEqual([
      'http://other/v1',
    ]);
  });

  it.each([
    { INFERENCE_VOTES: '0' },
    { INFERENCE_VOTES: '2.5' },
    { INFERENCE_VOTES: '100' },
    { INFERENCE_THINKING_TOKENS: 'sometimes' },
    { INFERENCE_ANSWER_TOKENS: '3' },
    { INFERENCE_PROMPT_TOKENS: '100' },
    { INFERENCE_MAX_IN_FLIGHT: 'many' },
  ])('names what is wrong in %j', (wrong) => {
    const [name = ''] = Object.keys(wrong);
    expect(() => read({ INFERENCE_URL: 'http://gpu', ...wrong })).toThrow(ConfigError);
    expect(() => read({ INFERENCE_URL: 'http://gpu', ...wrong })).toThrow(name);
  });
});
