/** Who decides: promotion, rollback and retraction. Each is one transaction, which reads the versions anew. */
import { InputError } from '../../errors.ts';
import type { Clock, Db } from '../../ports.ts';
import { holdoutStore, modelStore } from '../../store/index.ts';

export interface ServeContext {
  readonly db: Db;
  readonly clock: Clock;
}

type Reason = modelStore.ChannelPeriod['reason'];

/**
 * The candidate decides from now on; who decided until now goes on judging in the shadow.
 * @throws InputError when the version is retracted by now
 */
export async function promote(
  { db, clock }: ServeContext,
  { id }: Pick<modelStore.ModelVersion, 'id'>,
  by: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    await modelStore.lockRegistry(tx);
    const version = await modelStore.getModelVersion(tx, id);
    if (version.state === 'retracted') {
      throw new InputError(
        `${version.name} was retracted: ${version.stateReason ?? 'without a reason'}.`,
        'Promote another version.',
      );
    }
    const { version: incumbent } = await modelStore.servedOn(tx, version.kind, 'stable');
    if (incumbent?.id === version.id) return;
    const period = { kind: version.kind, reason: 'promoted' as const, by, at: clock.now() };
    await hand(tx, period, { stable: version.id, shadow: incumbent?.id ?? null });
    await modelStore.setModelState(tx, version.id, 'promoted', null);
  });
}

/**
 * Back to who decided before, retracted versions skipped; in the end to the judge of the configuration.
 * @returns the name of who decides now, null for the judge of the configuration
 * @throws InputError when nothing was ever promoted
 */
export async function rollBack(
  { db, clock }: ServeContext,
  kind: modelStore.ModelVersion['kind'],
  by: string,
  reason: Extract<Reason, 'rolled-back' | 'alarm' | 'retracted'> = 'rolled-back',
): Promise<string | null> {
  return db.transaction(async (tx) => {
    await modelStore.lockRegistry(tx);
    const [now, ...before] = await modelStore.channelHistory(tx, kind, 'stable');
    if (!now?.version) {
      throw new InputError('No version decides that could be rolled back.', 'See `swe-manager models list`.');
    }
    const undone = undoneBy([now, ...before]);
    const previous = before.find(
      ({ version }) => version !== null && !undone.has(version.id) && version.state !== 'retracted',
    );
    const period = { kind, reason, by, at: clock.now() };
    await hand(tx, period, { stable: previous?.version?.id ?? null, shadow: null });
    return previous?.version?.name ?? null;
  });
}

/** Both channels get a new period. The holdout's epoch ends: whoever comes next meets another incumbent. */
async function hand(
  tx: Db,
  period: Pick<modelStore.ChannelPeriod, 'kind' | 'reason' | 'by'> & { readonly at: Date },
  to: Readonly<Record<'stable' | 'shadow', string | null>>,
): Promise<void> {
  await modelStore.point(tx, { ...period, channel: 'stable', modelVersionId: to.stable });
  await modelStore.point(tx, { ...period, channel: 'shadow', modelVersionId: to.shadow });
  await holdoutStore.closeEpoch(tx, period.kind, period.at);
}

/** Versions that decide now or were rolled back from since the last promotion: a second rollback goes further back. */
function undoneBy(history: readonly modelStore.Served[]): Set<string> {
  const undone = new Set<string>();
  for (const { period, version } of history) {
    if (version) undone.add(version.id);
    if (period?.reason === 'promoted') break;
  }
  return undone;
}

/** Marks a version as bad: it never decides again, and if it decides now it is rolled back. */
export async function retract(
  { db, clock }: ServeContext,
  { id, kind }: Pick<modelStore.ModelVersion, 'id' | 'kind'>,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    await modelStore.lockRegistry(tx);
    await modelStore.setModelState(tx, id, 'retracted', reason);
    const { version: stable } = await modelStore.servedOn(tx, kind, 'stable');
    if (stable?.id === id) await rollBack({ db: tx, clock }, kind, by, 'retracted');
  });
}
