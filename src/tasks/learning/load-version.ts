/** A version must be served by its own name before it may decide; who decides now is not touched. */
import { ConfigError, type SweManagerError } from '../../errors.ts';
import type { Db, JudgeFactory } from '../../ports.ts';
import { modelStore } from '../../store/index.ts';

/** @throws ConfigError when no inference service is configured; JudgeError when one of its servers cannot serve it */
export async function loadVersion(
  judges: JudgeFactory,
  version: modelStore.ModelVersion,
  signal?: AbortSignal,
): Promise<void> {
  if (version.kind !== judges.kind) {
    throw new ConfigError(
      `${version.name} is of the kind ${version.kind}, and the judge of the configuration is of the kind ${judges.kind}.`,
      version.kind === 'model' ? 'Set INFERENCE_URL.' : 'Unset INFERENCE_URL.',
    );
  }
  await judges.load?.(version, signal);
}

export interface Unloaded {
  readonly version: string;
  readonly problem: Error;
}

/** A server that was started anew has forgotten what it had loaded: whoever decides or shadows is loaded again. */
export async function keepLoaded(
  { db, judges }: { readonly db: Db; readonly judges: JudgeFactory },
  signal?: AbortSignal,
): Promise<Unloaded[]> {
  const unloaded: Unloaded[] = [];
  for (const channel of ['stable', 'shadow'] as const) {
    const { version } = await modelStore.servedOn(db, judges.kind, channel);
    if (version === null) continue;
    await loadVersion(judges, version, signal).catch((error: SweManagerError) => {
      signal?.throwIfAborted();
      unloaded.push({ version: version.name, problem: error });
    });
  }
  return unloaded;
}
