import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  DEFAULT_INFERENCE_OPTIONS,
  inferenceEnvironment,
  parseServers,
  readInferenceOptions,
} from '../../../src/adapters/inference/options.ts';
import { ConfigError } from '../../../src/errors.ts';

const read = (env: Record<string, string>) => readInferenceOptions(z.object(inferenceEnvironment).parse(env));

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

describe('readInferenceOptions', () => {
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
      ...DEFAULT_INFERENCE_OPTIONS,
      servers: ['http://gpu:8000/v1'],
      apiKey: 'key',
      model: 'manager-8b',
      maxInFlight: 64,
      requestTimeoutMs: 90_000,
    });
  });
});
