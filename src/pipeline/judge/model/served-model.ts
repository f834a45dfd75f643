import { JudgeError } from '../../../errors.ts';
import type { InferenceClient } from './port.ts';

/**
 * Answers that belong together are of one model, and name it: without a configured name, the first one served.
 * @throws JudgeError
 */
export async function servedModel(
  client: Pick<InferenceClient, 'models'>,
  configured: string | null,
  signal?: AbortSignal,
): Promise<string> {
  if (configured) return configured;
  const [first] = await client.models(signal);
  if (first !== undefined) return first;
  throw new JudgeError('The inference service lists no model.', 'Start the server with a model.', {
    retryable: true,
  });
}
