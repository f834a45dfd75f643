import {
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import {
  type Assessment,
  type CutRecord,
  type IdeaTimelineEntry,
  VOTE_KINDS,
} from '../pipeline/judge/types.ts';
import { githubId, instant } from './columns.ts';
import { issues } from './github.ts';
import { snapshots } from './proposals.ts';

export const RUN_STATES = ['waiting', 'running', 'finished', 'cancelled', 'failed'] as const;

/** What began a run: a command, the configured label, enough proposals and a quiet time, or nobody (observed). */
export const RUN_TRIGGERS = ['command', 'label', 'auto', 'observe'] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

/** One piece of work that one or several `choose` commands attached to. */
export const runs = pgTable(
  'runs',
  {
    id: uuid('id').primaryKey(),
    issueId: githubId('issue_id')
      .notNull()
      .references(() => issues.id),
    state: text('state', { enum: RUN_STATES }).notNull().default('waiting'),
    dryRun: boolean('dry_run').notNull().default(false),
    /** An `observe` run is silent: nothing of it ever reaches GitHub. */
    trigger: text('trigger', { enum: RUN_TRIGGERS }).notNull().default('command'),
    /** Comment ids that a manager added as proposals by hand. */
    addedCommentIds: jsonb('added_comment_ids').$type<number[]>().notNull().default([]),
    cancelRequestedBy: text('cancel_requested_by'),
    /** How often it was begun; a worker that finds another number than its own has lost the run. */
    fence: integer('fence').notNull().default(0),
    /** How often it was begun and neither ended nor was set back by its worker: the number of deaths. */
    attempts: integer('attempts').notNull().default(0),
    /** How often it was set back because GitHub or the judge could not be reached. */
    setbacks: integer('setbacks').notNull().default(0),
    error: text('error'),
    /** Since when the run waits for an inference service that does not answer; null when it does not. */
    judgeDownSince: instant('judge_down_since'),
    createdAt: instant('created_at').notNull().defaultNow(),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
  },
  (table) => [index('runs_issue_state').on(table.issueId, table.state)],
);

export const DECISION_STATES = ['proposed', 'accepted', 'overridden', 'rejected', 'superseded'] as const;
export type DecisionState = (typeof DECISION_STATES)[number];

/** What a judge made of a snapshot. Immutable but for `state` and what maintainers did. */
export const decisions = pgTable(
  'decisions',
  {
    id: uuid('id').primaryKey(),
    runId: uuid('run_id')
      .notNull()
      .references(() => runs.id),
    issueId: githubId('issue_id')
      .notNull()
      .references(() => issues.id),
    snapshotId: uuid('snapshot_id')
      .notNull()
      .references(() => snapshots.id),
    judge: text('judge', { enum: ['embedded', 'model'] }).notNull(),
    model: text('model').notNull(),
    promptVersion: text('prompt_version').notNull(),
    votePolicy: text('vote_policy').notNull(),
    /** Proposal number, null when abstained. */
    chosen: integer('chosen'),
    abstained: boolean('abstained').notNull(),
    forcedChoice: integer('forced_choice'),
    abstainReason: text('abstain_reason'),
    wouldDecide: text('would_decide'),
    confidence: doublePrecision('confidence').notNull(),
    calibrated: boolean('calibrated').notNull(),
    explanation: text('explanation').notNull(),
    goldenProposal: text('golden_proposal').notNull(),
    assessments: jsonb('assessments').$type<Assessment[]>().notNull(),
    ideas: jsonb('ideas').$type<IdeaTimelineEntry[]>().notNull(),
    state: text('state', { enum: DECISION_STATES }).notNull().default('proposed'),
    stateBy: text('state_by'),
    stateReason: text('state_reason'),
    overriddenTo: integer('overridden_to'),
    explainRequested: boolean('explain_requested').notNull().default(false),
    /** Proposals that are new or were edited since the snapshot, as numbers. */
    newerProposals: jsonb('newer_proposals').$type<number[]>().notNull().default([]),
    /** An observed decision: never shown to anybody, so that what maintainers do later is unexposed to it. */
    silent: boolean('silent').notNull().default(false),
    /** When the reactions on the comment, and the issue's timeline, are looked at next; null when no more. */
    lookDueAt: instant('look_due_at'),
    looks: integer('looks').notNull().default(0),
    decidedAt: instant('decided_at').notNull(),
    /** When the comment was first visible on GitHub; null until then and in a dry run. */
    postedAt: instant('posted_at'),
    /** Since when an answer to the command may have told the choice, as a dry run's does; null when none does. */
    shownAt: instant('shown_at'),
  },
  (table) => [
    uniqueIndex('decisions_run').on(table.runId),
    index('decisions_issue').on(table.issueId, table.decidedAt),
  ],
);

/** One pass of a judge over one ordering: enough to reconstruct it. */
export const votes = pgTable(
  'votes',
  {
    id: uuid('id').primaryKey(),
    decisionId: uuid('decision_id')
      .notNull()
      .references(() => decisions.id),
    ordinal: integer('ordinal').notNull(),
    /** What the call was for, and its name within the judgement; null for a judge that makes no calls. */
    kind: text('kind', { enum: VOTE_KINDS }),
    label: text('label'),
    /** 1 when it repeats a pass whose answer could not be read. */
    attempt: integer('attempt').notNull().default(0),
    seed: integer('seed'),
    servedBy: text('served_by'),
    /** Texts that were shown shortened. */
    cuts: jsonb('cuts').$type<CutRecord[]>().notNull().default([]),
    /** The answer was cancelled once the id was there. */
    cancelled: boolean('cancelled').notNull().default(false),
    shownOrder: jsonb('shown_order').$type<number[]>().notNull(),
    chosen: integer('chosen'),
    prompt: text('prompt'),
    answer: text('answer'),
    thinking: text('thinking'),
    promptTokens: integer('prompt_tokens'),
    completionTokens: integer('completion_tokens'),
    durationMs: doublePrecision('duration_ms').notNull(),
    error: text('error'),
    erasedAt: instant('erased_at'),
  },
  (table) => [uniqueIndex('votes_decision_ordinal').on(table.decisionId, table.ordinal)],
);
