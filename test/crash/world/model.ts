/** Served models of these worlds: they take the first proposal, whatever the order, after some thought. */
import { type FakeScript, fairModel } from '../../../src/sandbox/inference/index.ts';

/** Long enough for a placeholder. */
export const steadyModel = thinkingFor(300);

/** Long enough for everything that happens while a judge is at work. */
export const slowModel = thinkingFor(2_500);

/** @param ms milliseconds before the first word */
export function thinkingFor(ms: number): FakeScript {
  return async (request) => ({ ...(await fairModel(request)), delayMs: ms });
}
