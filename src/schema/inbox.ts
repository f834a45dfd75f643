import { bigint, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { githubId, instant } from './columns.ts';
import { runs } from './decisions.ts';
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
    receivedAt: instant('received_at').notNull().defaultNow(),
    finishedAt: instant('finished_at'),
  },
  (table) => [
    uniqueIndex('commands_comment_ordinal').on(table.issueId, table.commentId, table.ordinal),
    index('commands_issue_state').on(table.issueId, table.state),
    index('commands_run').on(table.runId),
  ],
);
