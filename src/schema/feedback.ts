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
import { githubId, instant } from './columns.ts';
import { decisions } from './decisions.ts';
import { issues } from './github.ts';
import { snapshots } from './proposals.ts';

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
    decisionId: uuid('decision_id').references(() => decisions.id),
    snapshotId: uuid('snapshot_id').references(() => snapshots.id),
    source: text('source', { enum: ['command', 'checkbox'] }).notNull(),
    polarity: text('polarity', { enum: ['accept', 'override', 'reject'] }).notNull(),
    /** The proposal the signal speaks for; null when it speaks for none. */
    proposalNumber: integer('proposal_number'),
    actorId: githubId('actor_id'),
    actorLogin: text('actor_login').notNull(),
    /** The actor's role on the repository at that time. */
    actorRole: text('actor_role'),
    reason: text('reason'),
    weight: doublePrecision('weight').notNull().default(1),
    /** True when the author could have seen our choice before giving the signal. */
    exposed: boolean('exposed').notNull(),
    evidenceUrl: text('evidence_url'),
    /** Set when the actor took it back, e.g. by unticking a box. */
    withdrawnAt: instant('withdrawn_at'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('signals_key').on(table.key),
    index('signals_snapshot').on(table.snapshotId),
    index('signals_issue').on(table.issueId),
  ],
);

/** The resolved answer for a snapshot; a later resolution supersedes it and history is kept. */
export const labels = pgTable(
  'labels',
  {
    id: uuid('id').primaryKey(),
    snapshotId: uuid('snapshot_id')
      .notNull()
      .references(() => snapshots.id),
    /** The right proposal's number; null when none is acceptable or it is only known what is wrong. */
    proposalNumber: integer('proposal_number'),
    verdict: text('verdict', { enum: ['proposal', 'none-acceptable', 'not-the-choice'] }).notNull(),
    reasonClass: text('reason_class', {
      enum: ['technical', 'priority', 'policy', 'split', 'none', 'unknown'],
    }).notNull(),
    confidence: doublePrecision('confidence').notNull(),
    conflict: boolean('conflict').notNull(),
    exposed: boolean('exposed').notNull(),
    /** The signals behind it. */
    signalIds: jsonb('signal_ids').$type<string[]>().notNull(),
    resolvedAt: instant('resolved_at').notNull(),
    supersededAt: instant('superseded_at'),
  },
  (table) => [index('labels_snapshot').on(table.snapshotId, table.supersededAt)],
);
