import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { JudgeInput } from '../pipeline/judge/types.ts';
import { githubId, instant } from './columns.ts';
import { issues } from './github.ts';

/** A comment that names a root cause and says what to change. */
export const proposals = pgTable(
  'proposals',
  {
    id: uuid('id').primaryKey(),
    issueId: githubId('issue_id')
      .notNull()
      .references(() => issues.id),
    /** Stable for the issue, from 1, never reused. */
    number: integer('number').notNull(),
    commentId: githubId('comment_id').notNull(),
    url: text('url').notNull(),
    authorId: githubId('author_id'),
    authorLogin: text('author_login').notNull(),
    authorKind: text('author_kind', { enum: ['person', 'bot'] }).notNull(),
    source: text('source', { enum: ['heading', 'template', 'listed', 'manual'] }).notNull(),
    postedAt: instant('posted_at'),
    /** Set while the comment is deleted, hidden, or no longer a proposal. */
    droppedAt: instant('dropped_at'),
    currentHash: text('current_hash').notNull(),
  },
  (table) => [
    uniqueIndex('proposals_issue_number').on(table.issueId, table.number),
    uniqueIndex('proposals_issue_comment').on(table.issueId, table.commentId),
  ],
);

/** Every text a proposal ever had. */
export const revisions = pgTable(
  'revisions',
  {
    id: uuid('id').primaryKey(),
    proposalId: uuid('proposal_id')
      .notNull()
      .references(() => proposals.id),
    ordinal: integer('ordinal').notNull(),
    /** SHA-256 of the text, hex: the revision's name. It stays when the text is erased. */
    hash: text('hash').notNull(),
    body: text('body').notNull(),
    /** From when this text was visible, as far as is known. */
    visibleAt: instant('visible_at'),
    erasedAt: instant('erased_at'),
  },
  (table) => [
    uniqueIndex('revisions_proposal_ordinal').on(table.proposalId, table.ordinal),
    index('revisions_hash').on(table.hash),
  ],
);

/** What made us freeze a thread: how the run began, or a thread of the past that nobody decided on. */
export const SNAPSHOT_ORIGINS = ['command', 'label', 'auto', 'observe', 'harvest', 'file'] as const;
export type SnapshotOrigin = (typeof SNAPSHOT_ORIGINS)[number];

/**
 * What may leak the answer into a thread of the past: a proposal that was edited after the first signal, one whose
 * comment is gone, a title or body that changed since, a text that changed since and cannot be rewound.
 */
export const SNAPSHOT_FLAGS = [
  'edited-after-signal',
  'deleted-comments',
  'issue-edited-after-signal',
  'history-unreadable',
  'times-unknown',
] as const;
export type SnapshotFlag = (typeof SNAPSHOT_FLAGS)[number];

/** The frozen thread a decision was made on. */
export const snapshots = pgTable(
  'snapshots',
  {
    id: uuid('id').primaryKey(),
    issueId: githubId('issue_id')
      .notNull()
      .references(() => issues.id),
    takenAt: instant('taken_at').notNull(),
    /** SHA-256 over issue text and revision hashes, hex. */
    hash: text('hash').notNull(),
    input: jsonb('input').$type<JudgeInput>().notNull(),
    origin: text('origin', { enum: SNAPSHOT_ORIGINS }).notNull().default('command'),
    /** Empty for what was frozen live. */
    flags: jsonb('flags').$type<SnapshotFlag[]>().notNull().default([]),
    erasedAt: instant('erased_at'),
  },
  (table) => [index('snapshots_issue').on(table.issueId, table.takenAt)],
);
