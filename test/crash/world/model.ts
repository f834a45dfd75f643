/** The served model of these worlds: it takes the first proposal, whatever the order, after some thought. */
import { type FakeScript, fairModel } from '../../../src/sandbox/inference/index.ts';

/** Long enough for a placeholder. */
const THINKING_MS = 300;

export const steadyModel: FakeScript = async (request) => ({
  ...(await fairModel(request)),
  delayMs: THINKING_MS,
});
