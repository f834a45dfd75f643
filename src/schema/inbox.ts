import { bigint, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { githubId, instant } from './columns.ts';
import { decisions, runs } from './decisions.ts';
import { issues } from './github.ts';

/** The inbox: one row per webhook delivery, committed before GitHub gets its 2xx. */
export const deliveries = pgTable(
  'deliveries',
  {
    /** GitHub's `X-GitHub-Delivery` GUID: a redelivery has the same one and changes nothing. */
    id: text('id').primaryKey(),
    event: text('event').notNull(),
    action: text('action'),
    installationId: githubId('installation_id'),
    repositoryId: githubId('repository_id'),
    /** Deliveries about the same thing, e.g. `issue:12`, are worked off one after the other, in order of arrival. */
    lane: text('lane').notNull(),
    /** Order of arrival. */
    sequence: bigint('sequence', { mode: 'number' }).generatedAlwaysAsIdentity(),
    payload: jsonb('payload').notNull(),
    state: text('state', { enum: ['received', 'processed', 'ignored', 'failed'] })
      .notNull()
      .default('received'),
    attempts: integer('attempts').notNull().default(0),
    error: text('error'),
    receivedAt: instant('received_at').notNull().defaultNow(),
    processedAt: instant('processed_at'),
  },
  (table) => [index('deliveries_lane').on(table.lane, table.state, table.sequence)],
);

export const COMMAND_OUTCOMES = [
  'done',
  'dry-run',
  'observing',
  'refused',
  'invalid',
  'unknown-verb',
  'no-proposals',
  'undecided',
  'superseded',
  'cancelled',
  'paused',
  'closed',
  'gone',
  'broken-config',
  'no-decision',
  'nothing-to-cancel',
  'over-budget',
  'failed',
] as const;
export type CommandOutcome = (typeof COMMAND_OUTCOMES)[number];

/** The mailbox: commands of an issue, worked off in the order of their comments. */
export const commands = pgTable(
  'commands',
  {
    id: uuid('id').primaryKey(),
    issueId: githubId('issue_id')
      .notNull()
      .references(() => issues.id),
    commentId: githubId('comment_id').notNull(),
    /** Position among the commands of the same comment, from 0. */
    ordinal: integer('ordinal').notNull(),
    verb: text('verb').notNull(),
    /** The parsed command (see pipeline/command/grammar.ts). */
    parsed: jsonb('parsed').notNull(),
    actorId: githubId('actor_id'),
    actorLogin: text('actor_login').notNull(),
    createdAt: instant('created_at').notNull(),
    state: text('state', { enum: ['pending', 'attached', 'finished'] })
      .notNull()
      .default('pending'),
    outcome: text('outcome', { enum: COMMAND_OUTCOMES }),
    outcomeDetail: text('outcome_detail'),
    runId: uuid('run_id').references(() => runs.id),
    /** How often working it off failed by itself; what only waits for GitHub is not counted. */
    attempts: integer('attempts').notNull().default(0),
    receivedAt: instant('received_at').notNull().defaultNow(),
    finishedAt: instant('finished_at'),
  },
  (table) => [
    uniqueIndex('commands_comment_ordinal').on(table.issueId, table.commentId, table.ordinal),
    index('commands_issue_state').on(table.issueId, table.state),
    index('commands_run').on(table.runId),
  ],
);

/** A box that somebody ticked or unticked in a decision comment of ours, until it is answered. */
export interface TickChange {
  readonly box: 'accept' | 'wrong';
  readonly ticked: boolean;
}

export const ticks = pgTable(
  'ticks',
  {
    id: uuid('id').primaryKey(),
    issueId: githubId('issue_id')
      .notNull()
      .references(() => issues.id),
    decisionId: uuid('decision_id')
      .notNull()
      .references(() => decisions.id),
    commentId: githubId('comment_id').notNull(),
    /** Order of arrival. */
    sequence: bigint('sequence', { mode: 'number' }).generatedAlwaysAsIdentity(),
    changes: jsonb('changes').$type<TickChange[]>().notNull(),
    actorId: githubId('actor_id'),
    actorLogin: text('actor_login').notNull(),
    tickedAt: instant('ticked_at').notNull(),
    state: text('state', { enum: ['pending', 'finished', 'failed'] })
      .notNull()
      .default('pending'),
    attempts: integer('attempts').notNull().default(0),
    error: text('error'),
    finishedAt: instant('finished_at'),
  },
  (table) => [index('ticks_issue').on(table.issueId, table.state, table.sequence)],
);

/** A delivery that GitHub could not bring and that we asked it to bring again. */
export const redeliveries = pgTable('redeliveries', {
  /** The delivery's GUID: a row here ends in a row of `deliveries` with the same id. */
  guid: text('guid').primaryKey(),
  /** GitHub's id of the last attempt in its log. */
  attemptId: githubId('attempt_id').notNull(),
  event: text('event').notNull(),
  deliveredAt: instant('delivered_at').notNull(),
  attempts: integer('attempts').notNull().default(0),
  lastAskedAt: instant('last_asked_at'),
  error: text('error'),
  state: text('state', { enum: ['pending', 'arrived', 'failed'] })
    .notNull()
    .default('pending'),
});

/** How far the sweeper has looked, by what it looks at, e.g. `deliveries` or `comments:12`. */
export const sweepMarks = pgTable('sweep_marks', {
  key: text('key').primaryKey(),
  /** Everything up to here is settled. */
  mark: instant('mark').notNull(),
  /** Where an interrupted walk goes on. */
  cursor: text('cursor'),
  etag: text('etag'),
  /** Not looked at before this time. */
  dueAt: instant('due_at'),
  updatedAt: instant('updated_at').notNull().defaultNow(),
});
