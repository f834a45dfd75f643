/** Brings the labels in line with the signals that stand. A label that would not change is left as it is. */
import { isDeepStrictEqual } from 'node:util';
import { ideaOrigins } from '../../pipeline/feedback/idea-origins.ts';
import { type LabelSignal, resolveLabel } from '../../pipeline/feedback/label.ts';
import type { Db } from '../../ports.ts';
import { decisionStore, labelStore, proposalStore } from '../../store/index.ts';

/** The labels of every snapshot of the issue, after a signal that counts for all of them. */
export async function resolveLabelsOfIssue(tx: Db, issueId: number, at: Date): Promise<void> {
  for (const id of await labelStore.snapshotIdsOf(tx, issueId)) await resolveLabelOfSnapshot(tx, id, at);
}

export async function resolveLabelOfSnapshot(tx: Db, snapshotId: string, at: Date): Promise<void> {
  const snapshot = await proposalStore.getSnapshot(tx, snapshotId);
  if (!snapshot) throw new Error(`there is no snapshot ${snapshotId}`);
  const [signals, decision, firstVisibleAt, current] = [
    await labelStore.evidenceFor(tx, snapshot),
    await decisionStore.decisionOnSnapshot(tx, snapshotId),
    await labelStore.firstVisibleAt(tx, snapshot.issueId),
    await labelStore.currentLabel(tx, snapshotId),
  ];
  const candidates = snapshot.input.candidates.map(({ number }) => number);
  const resolved = resolveLabel(signals.map(toLabelSignal), { candidates, choice: decision?.chosen ?? null });
  const label = resolved && {
    ...resolved,
    signalIds: [...resolved.signalIds],
    snapshotId,
    firstVisibleAt,
    ideaOrigins: snapshot.erasedAt ? null : ideaOrigins(snapshot.input, resolved.proposalNumber),
    resolvedAt: at,
  };
  if (!isSame(current, label)) await labelStore.replaceLabel(tx, snapshotId, label, at);
}

function isSame(current: labelStore.Label | null, label: labelStore.NewLabel | null): boolean {
  if (current === null || label === null) return current === label;
  const { id: _id, resolvedAt: _resolvedAt, supersededAt: _supersededAt, ...standing } = current;
  const { resolvedAt: _ignored, ...wanted } = label;
  return isDeepStrictEqual(standing, wanted);
}

function toLabelSignal(signal: labelStore.Signal): LabelSignal {
  return { ...signal, withdrawn: signal.withdrawnAt !== null };
}
