import { describe, expect, it } from 'vitest';
import { JudgeError } from '../../../src/errors.ts';
import { client, fake, rejection } from './support.ts';

const ADAPTER = { name: 'swe-manager-dapo-v2-abc', path: '/training/run/output/checkpoint-9' };

describe('loading an adapter', () => {
  it('gives every server the version by its own name, and replaces nothing', async () => {
    const fresh = await fake({ models: ['base', 'swe-manager-dapo-v1-abc'] });
    const has = await fake({ models: ['base', ADAPTER.name] });
    const service = client([fresh, has]);
    await service.loadAdapter(ADAPTER);
    await service.loadAdapter(ADAPTER);
    expect(fresh.loaded).toEqual([ADAPTER]);
    expect(has.loaded).toEqual([]);
    expect(fresh.models).toEqual(['base', 'swe-manager-dapo-v1-abc', ADAPTER.name]);
  });

  it('is the same for two that ask at once', async () => {
    const server = await fake();
    const service = client([server]);
    await Promise.all([service.loadAdapter(ADAPTER), service.loadAdapter(ADAPTER)]);
    expect(server.loaded).toEqual([ADAPTER]);
  });

  it('says what a server needs that may not load adapters', async () => {
    const server = await fake();
    server.loadsAdapters = false;
    const error = await rejection(client([server]).loadAdapter(ADAPTER));
    expect(error).toBeInstanceOf(JudgeError);
    expect(error).toMatchObject({
      retryable: false,
      message: `The inference server ${server.url} cannot serve ${ADAPTER.name}: 404 Not Found.`,
      remedy: expect.stringContaining('VLLM_ALLOW_RUNTIME_LORA_UPDATING=True'),
    });
  });

  it('says that a server does not see the adapter', async () => {
    const server = await fake();
    server.emptyPaths.add(ADAPTER.path);
    const error = await rejection(client([server]).loadAdapter(ADAPTER));
    expect(error).toMatchObject({ message: expect.stringContaining(`No adapter found for ${ADAPTER.path}`) });
    expect(server.models).not.toContain(ADAPTER.name);
  });

  it('can be tried again when a server is down', async () => {
    const server = await fake();
    const service = client([server]);
    await server.close();
    expect(await rejection(service.loadAdapter(ADAPTER))).toMatchObject({ retryable: true });
  });
});
