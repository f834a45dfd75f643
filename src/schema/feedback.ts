import { sql } from 'drizzle-orm';
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
import { decisions } from './decisions.ts';
import { issues, repositories } from './github.ts';
import { snapshots } from './proposals.ts';

/**
 * Where evidence comes from. The first three speak to our decision; the others speak about proposals, whether or
 * not we decided anything:
 *
 * - `command`, `checkbox`, `reaction`: an answer to our comment;
 * - `comment`: a reviewer's comment that approves or refuses a proposal;
 * - `assignment`: the issue was given to a proposal's author;
 * - `merge`: a merged pull request that names the proposal's comment, or comes from its author;
 * - `reverted`, `reopened`: a delayed outcome, which lowers the weight of the merge it is about;
 * - `review`: the operator's correction in `swe-manager review`.
 */
export const SIGNAL_SOURCES = [
  'command',
  'checkbox',
  'reaction',
  'comment',
  'assignment',
  'merge',
  'reverted',
  'reopened',
  'review',
] as const;
export type SignalSource = (typeof SIGNAL_SOURCES)[number];

/** Why a proposal was chosen or lost. `priority` is "the first of sufficient quality"; `split` shares the pay. */
export const REASON_CLASSES = ['technical', 'priority', 'policy', 'split', 'none', 'unknown'] as const;
export type ReasonClass = (typeof REASON_CLASSES)[number];

/** One piece of evidence about what maintainers think. */
export const signals = pgTable(
  'signals',
  {
    id: uuid('id').primaryKey(),
    /** Makes recording idempotent, e.g. `command:<id>`. */
    key: text('key').notNull(),
    issueId: githubId('issue_id')
      .notNull()
      .references(() => issues.id),
    /** The decision it answers; null for evidence about proposals. */
    decisionId: uuid('decision_id').references(() => decisions.id),
    /** The snapshot it is about; null when it counts for every snapshot of the issue. */
    snapshotId: uuid('snapshot_id').references(() => snapshots.id),
    source: text('source', { enum: SIGNAL_SOURCES }).notNull(),
    /**
     * With a proposal: `accept` and `override` speak for it, `reject` against it. Without one: `accept` says that
     * none is acceptable, `reject` that the choice of `decisionId` is wrong.
     */
    polarity: text('polarity', { enum: ['accept', 'override', 'reject'] }).notNull(),
    /** The proposal the signal speaks about; null when it speaks about none. */
    proposalNumber: integer('proposal_number'),
    /** The comment that the evidence names, also where it is no recorded proposal. */
    targetCommentId: githubId('target_comment_id'),
    actorId: githubId('actor_id'),
    actorLogin: text('actor_login').notNull(),
    /** The actor's role on the repository (REST's `role_name`) or association, at that time; null when unknown. */
    actorRole: text('actor_role'),
    /** What the actor wrote as the reason of a command. Untrusted text, overwritten by an erasure. */
    reason: text('reason'),
    /** Name of the miner's rule that recognised it (pipeline/feedback/mine); never text of the comment. */
    rule: text('rule'),
    /** What the evidence itself says about why; null when it says nothing. */
    reasonClass: text('reason_class', { enum: REASON_CLASSES }),
    /** 0 to 1: how likely evidence of this kind tells the right answer. */
    weight: doublePrecision('weight').notNull().default(1),
    /** True when the author could have seen a choice of ours on this issue before giving the signal. */
    exposed: boolean('exposed').notNull(),
    /** True when the actor speaks for a proposal of their own. */
    ownProposal: boolean('own_proposal').notNull().default(false),
    evidenceUrl: text('evidence_url'),
    /** The comment that holds the evidence: an edit or deletion of it takes the signal back. */
    evidenceCommentId: githubId('evidence_comment_id'),
    /** The pull request behind `merge` and `reverted`. */
    pullNumber: integer('pull_number'),
    /** When the actor's role was checked; while it is null the signal labels nothing. */
    verifiedAt: instant('verified_at').defaultNow(),
    /** Set when the actor took it back, e.g. by unticking a box, or turned out to have no say. */
    withdrawnAt: instant('withdrawn_at'),
    /** When the actor gave it. */
    createdAt: instant('created_at').notNull(),
    recordedAt: instant('recorded_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('signals_key').on(table.key),
    index('signals_snapshot').on(table.snapshotId),
    index('signals_issue').on(table.issueId),
    index('signals_evidence').on(table.evidenceCommentId),
  ],
);

/** Where an idea of the accepted proposal was first held: which revision of which proposal. Holds no text. */
export interface IdeaOrigin {
  readonly role: 'cause' | 'change';
  readonly proposalNumber: number;
  /** SHA-256 of the revision that held it first, hex. */
  readonly revisionHash: string;
  /** ISO 8601, null when unknown. */
  readonly at: string | null;
}

/** The resolved answer for a snapshot; a later resolution supersedes it and history is kept. */
export const labels = pgTable(
  'labels',
  {
    id: uuid('id').primaryKey(),
    /** A harvested snapshot has a label and no decision. */
    snapshotId: uuid('snapshot_id')
      .notNull()
      .references(() => snapshots.id),
    /** The right proposal's number; null when none is acceptable or it is only known what is wrong. */
    proposalNumber: integer('proposal_number'),
    verdict: text('verdict', { enum: ['proposal', 'none-acceptable', 'not-the-choice'] }).notNull(),
    /** True when `proposalNumber` is no candidate of the snapshot: no judge could have chosen it. */
    outsideSnapshot: boolean('outside_snapshot').notNull().default(false),
    /** Only technical, none and unknown train the selection by default. */
    reasonClass: text('reason_class', { enum: REASON_CLASSES }).notNull(),
    /** The kind of evidence that decided. */
    decidedBy: text('decided_by', { enum: SIGNAL_SOURCES }).notNull().default('command'),
    /** 0 to 1; delayed outcomes lower it. The weight of a training row. */
    confidence: doublePrecision('confidence').notNull(),
    /** True when other evidence says otherwise. */
    conflict: boolean('conflict').notNull(),
    /** False when the first signal for this answer came before anybody could see our choice. */
    exposed: boolean('exposed').notNull(),
    /** True when all who spoke for it spoke for their own proposal. */
    ownProposal: boolean('own_proposal').notNull().default(false),
    /** When the first signal for or against anything came. */
    firstSignalAt: instant('first_signal_at'),
    /** When a choice of ours could first be seen on the issue; null when it never was. */
    firstVisibleAt: instant('first_visible_at'),
    /** Who held the accepted root cause and change first; null where no proposal was accepted. */
    ideaOrigins: jsonb('idea_origins').$type<IdeaOrigin[]>(),
    /** The signals behind it, those that say otherwise included. */
    signalIds: jsonb('signal_ids').$type<string[]>().notNull(),
    resolvedAt: instant('resolved_at').notNull(),
    /** Null for the label that holds now. */
    supersededAt: instant('superseded_at'),
  },
  (table) => [index('labels_snapshot').on(table.snapshotId, table.supersededAt)],
);

/** What a merged pull request behind a label touched, as names: the change itself is not kept. */
export const mergedChanges = pgTable(
  'merged_changes',
  {
    repositoryId: githubId('repository_id')
      .notNull()
      .references(() => repositories.id),
    pullNumber: integer('pull_number').notNull(),
    /** Paths and symbols; null until they were read, where they cannot be, and once they are erased. */
    names: jsonb('names').$type<string[]>(),
    readAt: instant('read_at'),
    /** When to read them next; null when there is nothing left to do. */
    dueAt: instant('due_at'),
    tries: integer('tries').notNull().default(0),
    erasedAt: instant('erased_at'),
  },
  (table) => [
    primaryKey({ columns: [table.repositoryId, table.pullNumber] }),
    index('merged_changes_due').on(table.dueAt).where(sql`${table.dueAt} is not null`),
  ],
);

export const HARVEST_OUTCOMES = ['stored', 'unlabelled', 'no-proposals', 'known', 'gone'] as const;
export type HarvestOutcome = (typeof HARVEST_OUTCOMES)[number];

/** What `swe-manager harvest` has done already, so that it can be interrupted and run again. */
export const harvests = pgTable(
  'harvests',
  {
    repositoryId: githubId('repository_id')
      .notNull()
      .references(() => repositories.id),
    issueNumber: integer('issue_number').notNull(),
    /** The issue's `updated_at` as it was read: a later one makes it worth reading again. */
    issueUpdatedAt: instant('issue_updated_at').notNull(),
    /** How many comments the list said it had: a deletion may leave `updated_at` as it is. Null for older reads. */
    commentCount: integer('comment_count'),
    /** `known`: the App decided on this issue itself, and its own record is better. */
    outcome: text('outcome', { enum: HARVEST_OUTCOMES }).notNull(),
    /** Requests that reading this issue took, its share of the list not counted. */
    apiCalls: integer('api_calls').notNull(),
    harvestedAt: instant('harvested_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.repositoryId, table.issueNumber] })],
);
