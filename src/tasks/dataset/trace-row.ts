/** From a training row back to everything behind it: the snapshot, its label with history, and every signal. */
import { mergedPulls } from '../../pipeline/feedback/changed-names.ts';
import type { Db } from '../../ports.ts';
import {
  changeStore,
  datasetVersionStore,
  decisionStore,
  issueStore,
  labelStore,
  proposalStore,
  repositoryStore,
} from '../../store/index.ts';

export interface RowTrace {
  readonly row: datasetVersionStore.DatasetRow;
  readonly repository: string;
  readonly issue: number;
  readonly snapshot: { readonly id: string; readonly hash: string; readonly takenAt: Date };
  readonly label: labelStore.Label;
  /** Every label the snapshot had, oldest first. */
  readonly history: readonly labelStore.Label[];
  readonly signals: readonly labelStore.Signal[];
  /** What the merged pull requests among the signals touched. */
  readonly changes: readonly { readonly pullNumber: number; readonly names: readonly string[] }[];
  readonly decision: decisionStore.Decision | null;
}

/** Null when the version has no such row. */
export async function traceRow(db: Db, versionId: string, rowId: string): Promise<RowTrace | null> {
  const row = await datasetVersionStore.findRow(db, versionId, rowId);
  if (!row) return null;
  const snapshot = await proposalStore.getSnapshot(db, row.snapshotId);
  const issue = snapshot && (await issueStore.getIssue(db, snapshot.issueId));
  const history = await labelStore.labelHistory(db, row.snapshotId);
  const label = history.find(({ id }) => id === row.labelId);
  if (!snapshot || !issue || !label) throw new Error(`row ${rowId} points to what is not there`);
  const signals = await labelStore.signalsByIds(db, label.signalIds);
  const changes = await changeStore.changesOf(db, [issue.repositoryId], mergedPulls(signals));
  const repository = await repositoryStore.getRepository(db, issue.repositoryId);
  return {
    row,
    repository: `${repository?.owner ?? ''}/${repository?.name ?? ''}`,
    issue: issue.number,
    snapshot: { id: snapshot.id, hash: snapshot.hash, takenAt: snapshot.takenAt },
    label,
    history,
    signals,
    changes: changes.map(({ pullNumber, names }) => ({ pullNumber, names: names ?? [] })),
    decision: await decisionStore.decisionOnSnapshot(db, row.snapshotId),
  };
}
