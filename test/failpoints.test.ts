import { describe, expect, it } from 'vitest';
import { createFailpoint, FAILPOINTS } from '../src/failpoints.ts';

describe('failpoints', () => {
  it('are inert unless one is named', async () => {
    const pass = createFailpoint(null);
    for (const name of FAILPOINTS) await pass(name);
  });

  it('let every other place pass', async () => {
    const pass = createFailpoint('run.judged@2');
    await pass('run.judged');
    await pass('run.recorded');
  });

  it.each(['', 'run.unheard-of', 'run.judged@0', 'run.judged@x'])('refuse to start with %j', (wanted) => {
    expect(() => createFailpoint(wanted)).toThrow(/no failpoint/);
  });

  it('have names of their own', () => {
    expect(new Set(FAILPOINTS).size).toBe(FAILPOINTS.length);
  });
});
