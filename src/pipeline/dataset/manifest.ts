/** Counts a version's rows as they are made, and writes its manifest. */
import { createHash } from 'node:crypto';
import type { DatasetManifest, Split } from '../../schema/index.ts';
import type { LeftOutReason } from './selection.ts';

export interface CountedSnapshot {
  readonly split: Split;
  readonly reasonClass: string;
  readonly exposed: boolean;
  readonly targetKind: string;
  /** In the order in which they are stored; `pair` where a worse answer is known. */
  readonly rows: readonly { readonly id: string; readonly hash: string; readonly pair: boolean }[];
  readonly redactions: Readonly<Record<string, number>>;
}

export interface ManifestCounter {
  add(snapshot: CountedSnapshot): void;
  leaveOut(reason: LeftOutReason): void;
  /** Call once, at the end. */
  finish(): Pick<
    DatasetManifest,
    'rows' | 'snapshots' | 'splits' | 'counts' | 'leftOut' | 'redactions' | 'rowsHash'
  >;
}

const EMPTY = { rows: 0, pairs: 0, snapshots: 0 };

export function createManifestCounter(): ManifestCounter {
  const hasher = createRowsHasher();
  const splits = { train: { ...EMPTY }, holdout: { ...EMPTY } };
  const exposure = { exposed: 0, unexposed: 0 };
  const [reasonClass, target, leftOut, redactions]: Record<string, number>[] = [{}, {}, {}, {}];
  const count = (counts: Record<string, number> = {}, key: string, more = 1) => {
    counts[key] = (counts[key] ?? 0) + more;
  };
  return {
    add(snapshot) {
      for (const row of snapshot.rows) hasher.add(row);
      splits[snapshot.split].rows += snapshot.rows.length;
      splits[snapshot.split].pairs += snapshot.rows.filter(({ pair }) => pair).length;
      splits[snapshot.split].snapshots += 1;
      exposure[snapshot.exposed ? 'exposed' : 'unexposed'] += 1;
      count(reasonClass, snapshot.reasonClass);
      count(target, snapshot.targetKind);
      for (const [kind, found] of Object.entries(snapshot.redactions)) count(redactions, kind, found);
    },
    leaveOut: (reason) => count(leftOut, reason),
    finish: () => ({
      rows: splits.train.rows + splits.holdout.rows,
      snapshots: splits.train.snapshots + splits.holdout.snapshots,
      splits,
      counts: { reasonClass: reasonClass ?? {}, exposure, target: target ?? {} },
      leftOut: leftOut ?? {},
      redactions: redactions ?? {},
      rowsHash: hasher.finish(),
    }),
  };
}

/** SHA-256 over the rows' ids and hashes in order, hex: two versions with the same one hold the same rows. */
export function createRowsHasher() {
  const hash = createHash('sha256');
  return {
    add: ({ id, hash: rowHash }: { readonly id: string; readonly hash: string }) => {
      hash.update(`${id} ${rowHash}\n`);
    },
    finish: () => hash.digest('hex'),
  };
}
