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
import type { Figure } from '../pipeline/promotion/types.ts';
import type { TrainingPlan } from '../pipeline/training/types.ts';
import { instant } from './columns.ts';
import { datasetVersions } from './datasets.ts';
import { snapshots } from './proposals.ts';

export const JUDGE_KINDS = ['embedded', 'model'] as const;
export type JudgeKind = (typeof JUDGE_KINDS)[number];

export const TRAINING_STATES = [
  'planned',
  'submitted',
  'running',
  'succeeded',
  'failed',
  'cancelled',
] as const;

/** One retraining: what was asked for, where it runs, how it ended. */
export const trainingRuns = pgTable(
  'training_runs',
  {
    id: uuid('id').primaryKey(),
    /** The plan's name: asking for the same twice finds the same run. */
    name: text('name').notNull(),
    stage: text('stage', { enum: ['sft', 'dapo', 'embedded'] }).notNull(),
    launcher: text('launcher', { enum: ['local', 'kubernetes'] }).notNull(),
    datasetVersionId: uuid('dataset_version_id')
      .notNull()
      .references(() => datasetVersions.id),
    /** The model it starts from: a name on a hub, a directory, or `hand` for the embedded judge. */
    base: text('base').notNull(),
    /** What was submitted; null for the embedded judge, which is fitted in this process. */
    plan: jsonb('plan').$type<TrainingPlan>(),
    state: text('state', { enum: TRAINING_STATES }).notNull().default('planned'),
    /** Why it failed, or waits. */
    reason: text('reason'),
    requestedBy: text('requested_by', { enum: ['operator', 'schedule'] }).notNull(),
    /** What the trainer reported, by name. */
    metrics: jsonb('metrics').$type<Record<string, number>>(),
    createdAt: instant('created_at').notNull(),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
    /** When it last showed a sign of life. */
    lastSignAt: instant('last_sign_at'),
    /** When its files with text of threads were removed, because some of that text was erased. */
    textsErasedAt: instant('texts_erased_at'),
  },
  (table) => [uniqueIndex('training_runs_name').on(table.name), index('training_runs_state').on(table.state)],
);

export interface ModelFile {
  /** Relative to the version's directory. */
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export const MODEL_STATES = ['candidate', 'promoted', 'rejected', 'retracted'] as const;
export type ModelState = (typeof MODEL_STATES)[number];

/** A judge that can be served: what it was made of, and whether it may decide. Never changed in place. */
export const modelVersions = pgTable(
  'model_versions',
  {
    id: uuid('id').primaryKey(),
    /** The name it is served and shown by, e.g. `swe-manager-embedded-2`; a LoRA adapter is loaded under it. */
    name: text('name').notNull(),
    kind: text('kind', { enum: JUDGE_KINDS }).notNull(),
    /** Null for a base that was registered by hand, and for the weights set by hand. */
    trainingRunId: uuid('training_run_id').references(() => trainingRuns.id),
    datasetVersionId: uuid('dataset_version_id').references(() => datasetVersions.id),
    base: text('base').notNull(),
    codeVersion: text('code_version').notNull(),
    /** Trained weights (pipeline/judge/embedded/trained.ts); null for a served model. */
    weights: jsonb('weights'),
    /** Where its files lie, for whoever serves them; null for the embedded judge. */
    path: text('path'),
    files: jsonb('files').$type<ModelFile[]>().notNull().default([]),
    metrics: jsonb('metrics').$type<Record<string, number>>().notNull().default({}),
    state: text('state', { enum: MODEL_STATES }).notNull().default('candidate'),
    stateReason: text('state_reason'),
    /** When the comments of what it had decided were marked; null while it is not retracted, or they are not. */
    commentsMarkedAt: instant('comments_marked_at'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [uniqueIndex('model_versions_name').on(table.name)],
);

export const CHANNELS = ['stable', 'shadow'] as const;
export type Channel = (typeof CHANNELS)[number];

/**
 * Who judges since when: `stable` decides, `shadow` judges silently. The row without `until` holds now; a pointer of
 * null is the judge that the configuration names.
 */
export const channels = pgTable(
  'channels',
  {
    id: uuid('id').primaryKey(),
    channel: text('channel', { enum: CHANNELS }).notNull(),
    kind: text('kind', { enum: JUDGE_KINDS }).notNull(),
    modelVersionId: uuid('model_version_id').references(() => modelVersions.id),
    reason: text('reason', { enum: ['promoted', 'rolled-back', 'retracted', 'alarm'] }).notNull(),
    by: text('by').notNull(),
    since: instant('since').notNull(),
    until: instant('until'),
  },
  (table) => [index('channels_now').on(table.kind, table.channel, table.until)],
);

/** What a version answered to a snapshot without anybody seeing it: on the holdout for the gate, or as the shadow. */
export const evaluations = pgTable(
  'evaluations',
  {
    snapshotId: uuid('snapshot_id')
      .notNull()
      .references(() => snapshots.id),
    /** The version's name; judges that no version stands for have one too. */
    model: text('model').notNull(),
    /** Proposal number, null for none acceptable; forced where the judge would rather abstain. */
    chosen: integer('chosen'),
    abstained: boolean('abstained').notNull(),
    /** Every vote was readable. */
    validFormat: boolean('valid_format').notNull(),
    /** The golden proposal names nothing that the thread does not hold. */
    grounded: boolean('grounded').notNull(),
    /** Another order of the proposals changed the choice; null where that was not tried. */
    flipped: boolean('flipped'),
    durationMs: doublePrecision('duration_ms').notNull(),
    error: text('error'),
    judgedAt: instant('judged_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.snapshotId, table.model] })],
);

/** A part of the permanent holdout's labels that candidates are compared on; its level is spent once. */
export const holdoutEpochs = pgTable('holdout_epochs', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  kind: text('kind', { enum: JUDGE_KINDS }).notNull(),
  /** How many candidates share its level. */
  candidates: integer('candidates').notNull(),
  openedAt: instant('opened_at').notNull(),
  closedAt: instant('closed_at'),
});

/** Which labelled snapshots belong to an epoch, in the order in which they are looked at; one an issue, never in two. */
export const holdoutDecisions = pgTable(
  'holdout_decisions',
  {
    snapshotId: uuid('snapshot_id')
      .primaryKey()
      .references(() => snapshots.id),
    epochId: integer('epoch_id')
      .notNull()
      .references(() => holdoutEpochs.id),
    ordinal: integer('ordinal').notNull(),
  },
  (table) => [uniqueIndex('holdout_decisions_ordinal').on(table.epochId, table.ordinal)],
);

/** What the gate said of a candidate, with its report. */
export const gateReports = pgTable(
  'gate_reports',
  {
    id: uuid('id').primaryKey(),
    epochId: integer('epoch_id')
      .notNull()
      .references(() => holdoutEpochs.id),
    candidate: text('candidate').notNull(),
    incumbent: text('incumbent').notNull(),
    verdict: text('verdict', { enum: ['promote', 'keep', 'not-enough-evidence', 'wait'] }).notNull(),
    /** Which guard stopped it; empty when none did. */
    failedGuards: jsonb('failed_guards').$type<string[]>().notNull(),
    decisions: integer('decisions').notNull(),
    /** Markdown that names its figures as files. */
    report: text('report').notNull(),
    figures: jsonb('figures').$type<Figure[]>().notNull().default([]),
    at: instant('at').notNull(),
  },
  (table) => [index('gate_reports_candidate').on(table.candidate, table.at)],
);
