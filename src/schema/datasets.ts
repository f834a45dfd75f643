import {
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { githubId, instant } from './columns.ts';
import { labels } from './feedback.ts';
import { issues } from './github.ts';
import { snapshots } from './proposals.ts';

/** `holdout` is the permanent bucket that no version ever trains on. */
export const SPLITS = ['train', 'holdout'] as const;
export type Split = (typeof SPLITS)[number];

/** Where a row's answer comes from; see pipeline/dataset/target.ts. */
export const TARGET_KINDS = ['distilled', 'accepted', 'maintainers'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** What a version is made of and how; written once, when the version is ready. */
export interface DatasetManifest {
  readonly format: 1;
  readonly version: number;
  /** ISO 8601. */
  readonly builtAt: string;
  readonly codeVersion: string;
  readonly promptVersion: string;
  /** What was asked for. */
  readonly query: {
    readonly permutations: number;
    readonly reasonClasses: readonly string[];
    readonly minConfidence: number;
    readonly operatorConsent: 'allow' | 'deny';
    readonly decontaminated: boolean;
    readonly holdoutShare: number;
    readonly nearDuplicateSimilarity: number;
  };
  readonly benchmarks: readonly {
    readonly name: string;
    /** SHA-256 of the file that was given, hex; null for the benchmarks that ship with the project. */
    readonly sha256: string | null;
  }[];
  /** True when rows may touch a benchmark: training refuses the version. */
  readonly contaminated: boolean;
  readonly rows: number;
  readonly snapshots: number;
  /** `pairs` are the rows for which a worse answer is known. */
  readonly splits: Readonly<
    Record<Split, { readonly rows: number; readonly pairs: number; readonly snapshots: number }>
  >;
  /** Snapshots, by what they are. */
  readonly counts: {
    readonly reasonClass: Readonly<Record<string, number>>;
    readonly exposure: { readonly exposed: number; readonly unexposed: number };
    readonly target: Readonly<Record<string, number>>;
  };
  /** Labelled snapshots that are not in the version, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** Pieces of text that were replaced, by kind. */
  readonly redactions: Readonly<Record<string, number>>;
  /** SHA-256 over the rows' ids and hashes in order, hex. */
  readonly rowsHash: string;
}

/** An immutable set of training rows. Only erasure ever changes one, and it leaves the rows' hashes. */
export const datasetVersions = pgTable(
  'dataset_versions',
  {
    id: uuid('id').primaryKey(),
    /** From 1; what people call it. Null while it is being built. */
    number: integer('number'),
    manifest: jsonb('manifest').$type<DatasetManifest>(),
    /** README.md in the form of a Hugging Face dataset card. */
    card: text('card'),
    startedAt: instant('started_at').notNull(),
    builtAt: instant('built_at'),
  },
  (table) => [uniqueIndex('dataset_versions_number').on(table.number)],
);

/**
 * One row of a version: a snapshot with its proposals in one order, as the text that exports put together.
 * The parts are JSON texts, so that an export reads and never computes.
 */
export const datasetRows = pgTable(
  'dataset_rows',
  {
    versionId: uuid('version_id')
      .notNull()
      .references(() => datasetVersions.id, { onDelete: 'cascade' }),
    /** Place in the version, from 0. */
    ordinal: integer('ordinal').notNull(),
    /** `<snapshot>:<permutation>`: the same in every version. */
    rowId: text('row_id').notNull(),
    snapshotId: uuid('snapshot_id')
      .notNull()
      .references(() => snapshots.id),
    labelId: uuid('label_id')
      .notNull()
      .references(() => labels.id),
    permutation: integer('permutation').notNull(),
    /** Proposal numbers in the order in which they are shown; ids in the row are positions in it, from 1. */
    shownOrder: jsonb('shown_order').$type<number[]>().notNull(),
    split: text('split', { enum: SPLITS }).notNull(),
    weight: doublePrecision('weight').notNull(),
    reasonClass: text('reason_class').notNull(),
    exposed: boolean('exposed').notNull(),
    /** True when the row touches a benchmark. */
    contaminated: boolean('contaminated').notNull(),
    targetKind: text('target_kind', { enum: TARGET_KINDS }).notNull(),
    /** SHA-256 of the four texts below, hex: it stays when they are erased. */
    hash: text('hash').notNull(),
    /** JSON array of the system's and the user's message. */
    messages: text('messages'),
    /** JSON text: the assistant's answer to learn, as a JSON string. */
    answer: text('answer'),
    /** JSON text: an answer that chose otherwise, as a JSON string; null where none is known. */
    rejected: text('rejected'),
    /** The other columns as a JSON object without its braces. */
    columns: text('columns'),
    erasedAt: instant('erased_at'),
  },
  (table) => [
    primaryKey({ columns: [table.versionId, table.ordinal] }),
    uniqueIndex('dataset_rows_id').on(table.versionId, table.rowId),
    index('dataset_rows_snapshot').on(table.snapshotId),
  ],
);

/** That a thread touches a benchmark: its snapshots are no training data. */
export const contaminationMarks = pgTable(
  'contamination_marks',
  {
    issueId: githubId('issue_id')
      .notNull()
      .references(() => issues.id),
    benchmark: text('benchmark').notNull(),
    /** By which rule: the issue's number is listed, lies in a guarded range, or texts overlap. */
    rule: text('rule', { enum: ['listed', 'range', 'text'] }).notNull(),
    markedAt: instant('marked_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.issueId, table.benchmark, table.rule] })],
);

/** What a model or teacher answered to a labelled snapshot without being shown its label. */
export const distilledAnswers = pgTable(
  'distilled_answers',
  {
    id: uuid('id').primaryKey(),
    snapshotId: uuid('snapshot_id')
      .notNull()
      .references(() => snapshots.id),
    labelId: uuid('label_id')
      .notNull()
      .references(() => labels.id),
    model: text('model').notNull(),
    promptVersion: text('prompt_version').notNull(),
    shownOrder: jsonb('shown_order').$type<number[]>().notNull(),
    /** Proposal number, null for none acceptable. */
    chosen: integer('chosen'),
    /** Kept: it chose the label and passed every check. Else why not. */
    outcome: text('outcome', { enum: ['kept', 'chose-otherwise', 'unreadable', 'ungrounded'] }).notNull(),
    explanation: text('explanation'),
    goldenProposal: text('golden_proposal'),
    thinking: text('thinking'),
    createdAt: instant('created_at').notNull(),
    erasedAt: instant('erased_at'),
  },
  (table) => [index('distilled_answers_snapshot').on(table.snapshotId)],
);

/** What was erased, when and why. Users stand here as a hash of their login. */
export const erasures = pgTable(
  'erasures',
  {
    id: uuid('id').primaryKey(),
    scope: text('scope', { enum: ['comment', 'issue', 'user', 'repository', 'installation'] }).notNull(),
    /** The thing's id on GitHub; for a user the hash. */
    subject: text('subject').notNull(),
    reason: text('reason', { enum: ['deleted', 'asked', 'uninstalled', 'retention'] }).notNull(),
    erasedAt: instant('erased_at').notNull(),
    /** Rows that were overwritten, by table. */
    counts: jsonb('counts').$type<Record<string, number>>().notNull(),
  },
  (table) => [index('erasures_subject').on(table.scope, table.subject)],
);
