/** Which model answers: the same one for all rows of a file, in every run that writes it. */
import { InputError } from '../../errors.ts';
import type { InferenceClient } from '../../pipeline/judge/model/port.ts';
import { servedModel } from '../../pipeline/judge/model/served-model.ts';

export interface ModelNames {
  /** By flag or configuration. */
  readonly named: string | null;
  /** Gave the answers that the output file holds already. */
  readonly earlier: string | null;
}

/**
 * The named one, else the one that answered before, else the first that is served when the first row is asked.
 * @returns a function that throws a retryable JudgeError while nothing is named and the service is down
 */
export function chooseModel(
  client: Pick<InferenceClient, 'models'>,
  { named, earlier }: ModelNames,
  signal: AbortSignal,
): () => Promise<string> {
  let chosen: Promise<string> | null = null;
  return () => {
    chosen ??= servedModel(client, named ?? earlier, signal).catch((error: unknown) => {
      chosen = null;
      throw error;
    });
    return chosen;
  };
}

/**
 * A wrong model or key would fail every row, so it is found out first. A service that is down is waited for later.
 * @throws InputError when the model is not served; JudgeError when the key is refused
 */
export async function checkModel(
  client: Pick<InferenceClient, 'models'>,
  { named, earlier }: ModelNames,
  outputFile: string,
): Promise<void> {
  const served = await client.models().catch((error: unknown) => {
    if (error instanceof Error && 'retryable' in error && error.retryable === true) return null;
    throw error;
  });
  const model = named ?? earlier;
  if (served === null || model === null || served.includes(model)) return;
  const serves = `It serves ${served.join(', ') || 'nothing'}`;
  throw named === null
    ? new InputError(
        `${outputFile} holds answers of ${model}, which the service does not serve.`,
        `${serves}; serve that one again, or choose another --output_file.`,
      )
    : new InputError(`The service does not serve ${model}.`, `${serves}; choose one by --model.`);
}
