/** Builds an immutable dataset version from what is labelled now. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { datasetCard } from '../../pipeline/dataset/card.ts';
import {
  type Benchmark,
  type Contamination,
  createDecontaminator,
} from '../../pipeline/dataset/decontaminate.ts';
import { HOLDOUT_SHARE, type SplitRule, splitOf } from '../../pipeline/dataset/holdout.ts';
import type { LabelledThread } from '../../pipeline/dataset/labelled-thread.ts';
import { createManifestCounter } from '../../pipeline/dataset/manifest.ts';
import { NEAR_DUPLICATE_SIMILARITY } from '../../pipeline/dataset/near-duplicates.ts';
import { prepareThread } from '../../pipeline/dataset/prepare-thread.ts';
import { buildRows, rowHash, rowTexts, type TrainingRow } from '../../pipeline/dataset/row.ts';
import type { SelectionRules } from '../../pipeline/dataset/selection.ts';
import { PROMPT_VERSION } from '../../pipeline/judge/prompt/messages.ts';
import { loadQwen3Tokens, type TokenCounter } from '../../pipeline/judge/prompt/tokens.ts';
import type { Db } from '../../ports.ts';
import type { DatasetManifest } from '../../schema/index.ts';
import { datasetStore, datasetVersionStore } from '../../store/index.ts';
import { type LabelledItem, readLabelled } from './read-labelled.ts';
import { type Survey, survey } from './survey.ts';

export interface BuildOptions {
  /** Orders each snapshot is shown in, at most. */
  readonly permutations: number;
  readonly rules: SelectionRules;
  /** The operator's default for public repositories. */
  readonly operatorConsent: boolean;
  readonly benchmarks: readonly Benchmark[];
  /** False keeps rows that touch a benchmark and marks the version as contaminated. */
  readonly decontaminate: boolean;
  readonly codeVersion: string;
  readonly at: Date;
  /** The permanent line when left out; only a simulation may draw another. */
  readonly splitOf?: SplitRule;
  /** Called as snapshots are read; each is read twice. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface BuiltVersion {
  readonly version: datasetVersionStore.DatasetVersion;
  /** True when the latest version holds the same rows already: then it is that one and nothing was added. */
  readonly unchanged: boolean;
}

/** Nobody builds for longer; what is older was interrupted. */
const ABANDONED_AFTER_MS = 86_400_000;
/** Rows that are written at once. */
const BATCH_ROWS = 50;

/** Another build, or a change of the labels meanwhile, does no harm: the version holds what the first reading saw. */
export async function buildVersion(db: Db, options: BuildOptions): Promise<BuiltVersion> {
  await datasetVersionStore.discardUnfinished(db, new Date(options.at.getTime() - ABANDONED_AFTER_MS));
  const id = randomUUID();
  await datasetVersionStore.startVersion(db, id, options.at);
  try {
    const manifest = await fillVersion(db, id, options);
    const latest = await datasetVersionStore.latestVersion(db);
    if (latest && (await isSame(db, latest, manifest))) {
      await datasetVersionStore.discardVersion(db, id);
      return { version: latest, unchanged: true };
    }
    const number = await datasetVersionStore.finishVersion(db, id, options.at, (version) => {
      const complete = { ...manifest, version };
      return { manifest: complete, card: datasetCard(complete) };
    });
    const version = await datasetVersionStore.findVersion(db, number);
    if (!version) throw new Error(`dataset version ${number} was not stored`);
    return { version, unchanged: false };
  } catch (error) {
    await datasetVersionStore.discardVersion(db, id);
    throw error;
  }
}

/** Nothing is missing, added or changed; the time alone makes no new version. */
async function isSame(
  db: Db,
  latest: datasetVersionStore.DatasetVersion,
  manifest: Omit<DatasetManifest, 'version'>,
): Promise<boolean> {
  const what = ({ query, benchmarks, rowsHash, leftOut }: Omit<DatasetManifest, 'version'>) => ({
    query,
    benchmarks,
    rowsHash,
    leftOut,
  });
  return (
    isDeepStrictEqual(what(latest.manifest), what(manifest)) &&
    (await datasetVersionStore.countErasedRows(db, latest.id)) === 0
  );
}

async function fillVersion(
  db: Db,
  id: string,
  options: BuildOptions,
): Promise<Omit<DatasetManifest, 'version'>> {
  const total = 2 * (await datasetStore.countLabelled(db));
  let done = 0;
  const onRead = () => {
    done += 1;
    options.onProgress?.(done, total);
  };
  const surveyed = await surveyLabelled(db, options, onRead);
  const counter = createManifestCounter();
  for (const reason of surveyed.leftOut.values()) counter.leaveOut(reason);
  const tokens = await loadQwen3Tokens();
  let ordinal = 0;
  let batch: datasetVersionStore.NewDatasetRow[] = [];
  for await (const { thread } of readLabelled(db, options.operatorConsent, options.signal)) {
    onRead();
    const made = await rowsOf(thread, surveyed, options, tokens);
    if (made === null) continue;
    const stored = made.rows.map((row) => storedRow(row, ordinal++));
    counter.add({
      ...made,
      rows: stored.map(({ rowId, hash, rejected }) => ({ id: rowId, hash, pair: rejected !== null })),
    });
    batch.push(...stored);
    if (batch.length < BATCH_ROWS) continue;
    await datasetVersionStore.insertRows(db, id, batch);
    batch = [];
  }
  await datasetVersionStore.insertRows(db, id, batch);
  return describe(options, counter.finish());
}

async function surveyLabelled(db: Db, options: BuildOptions, onRead: () => void): Promise<Survey> {
  return survey(readLabelled(db, options.operatorConsent, options.signal), {
    rules: options.rules,
    touches: createDecontaminator(options.benchmarks),
    decontaminate: options.decontaminate,
    splitOf: options.splitOf ?? splitOf,
    trainedBefore: await datasetVersionStore.trainedSnapshots(db),
    onContaminated: (item, found) => mark(db, item, found, options.at),
    onRead,
  });
}

/** Null for a snapshot that is not selected, or whose label changed since it was. */
async function rowsOf(raw: LabelledThread, surveyed: Survey, options: BuildOptions, counter: TokenCounter) {
  const selected = surveyed.selected.get(raw.snapshotId);
  if (selected?.labelId !== raw.label.id) return null;
  const { thread, redactions } = await prepareThread(raw);
  // Not checked is not clean, even where nothing was found.
  const contaminated = !options.decontaminate || surveyed.contaminated.has(raw.snapshotId);
  const { permutations } = options;
  const rows = await buildRows(thread, { permutations, counter, split: selected.split, contaminated });
  const { reasonClass, exposed } = raw.label;
  const targetKind = rows[0]?.targetKind ?? 'maintainers';
  return { split: selected.split, reasonClass, exposed, targetKind, rows, redactions };
}

async function mark(
  db: Db,
  { issue }: LabelledItem,
  found: readonly Contamination[],
  at: Date,
): Promise<void> {
  for (const { benchmark, rule } of found) {
    await datasetVersionStore.markContamination(db, { issueId: issue.id, benchmark, rule, markedAt: at });
  }
}

function storedRow(row: TrainingRow, ordinal: number): datasetVersionStore.NewDatasetRow {
  const texts = rowTexts(row);
  const { weight, reason_class, exposed, contaminated, split, provenance } = row.columns;
  return {
    ordinal,
    rowId: row.id,
    snapshotId: provenance.snapshot,
    labelId: provenance.label,
    permutation: row.permutation,
    shownOrder: [...row.shownOrder],
    split,
    weight,
    reasonClass: reason_class,
    exposed,
    contaminated,
    targetKind: row.targetKind,
    hash: rowHash(texts),
    ...texts,
  };
}

function describe(
  options: BuildOptions,
  counted: ReturnType<ReturnType<typeof createManifestCounter>['finish']>,
): Omit<DatasetManifest, 'version'> {
  return {
    format: 1,
    builtAt: options.at.toISOString(),
    codeVersion: options.codeVersion,
    promptVersion: PROMPT_VERSION,
    query: {
      permutations: options.permutations,
      reasonClasses: [...options.rules.reasonClasses],
      minConfidence: options.rules.minConfidence,
      operatorConsent: options.operatorConsent ? 'allow' : 'deny',
      decontaminated: options.decontaminate,
      holdoutShare: HOLDOUT_SHARE,
      nearDuplicateSimilarity: NEAR_DUPLICATE_SIMILARITY,
    },
    benchmarks: options.benchmarks.map(({ name, sha256 }) => ({ name, sha256 })),
    contaminated: !options.decontaminate,
    ...counted,
  };
}
