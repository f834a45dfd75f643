import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { githubId, instant } from './columns.ts';
import { installations, issues } from './github.ts';

export const EFFECT_STATES = ['pending', 'done', 'parked', 'abandoned', 'tombstoned'] as const;
export type EffectState = (typeof EFFECT_STATES)[number];

/**
 * The outbox: everything we want GitHub to look like. A row says what is wanted; the one writer of the
 * installation makes GitHub agree and records what it did.
 */
export const effects = pgTable(
  'effects',
  {
    id: uuid('id').primaryKey(),
    /** Names the thing on GitHub, e.g. `comment:decision:<run>` or `reaction:<comment>:rocket`. */
    key: text('key').notNull(),
    installationId: githubId('installation_id')
      .notNull()
      .references(() => installations.id),
    issueId: githubId('issue_id')
      .notNull()
      .references(() => issues.id),
    kind: text('kind', { enum: ['comment', 'reaction'] }).notNull(),
    /** Comments: the marker's kind and id. Reactions: the comment and the content. */
    target: jsonb('target').$type<EffectTarget>().notNull(),
    /** The comment's wanted text; null for reactions. */
    desiredBody: text('desired_body'),
    /** SHA-256 of what is wanted, and of what GitHub was last made to show. */
    desiredHash: text('desired_hash').notNull(),
    appliedHash: text('applied_hash'),
    /** The text GitHub was last seen to show: tells a maintainer's tick from our own edit. */
    appliedBody: text('applied_body'),
    /** Lower goes first: decision comments 0, reactions 1, the rest 2. */
    priority: integer('priority').notNull(),
    state: text('state', { enum: EFFECT_STATES }).notNull().default('pending'),
    stateReason: text('state_reason'),
    /** The comment's or the reaction's id on GitHub once it is known. */
    githubId: githubId('github_id'),
    githubUrl: text('github_url'),
    /** Set before a create is sent and cleared by its answer: while it is set, look before creating. */
    createAttemptedAt: instant('create_attempted_at'),
    /** True while a delayed second look for duplicates is owed. */
    secondLookDue: boolean('second_look_due').notNull().default(false),
    attempts: integer('attempts').notNull().default(0),
    notBefore: instant('not_before'),
    lastError: text('last_error'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    appliedAt: instant('applied_at'),
  },
  (table) => [
    uniqueIndex('effects_key').on(table.key),
    index('effects_due').on(table.installationId, table.state, table.priority),
    index('effects_issue').on(table.issueId),
  ],
);

export type EffectTarget =
  | {
      readonly kind: 'comment';
      readonly markerKind: MarkerKind;
      readonly markerId: string;
      /** The decision that the wanted text shows; null while it is a placeholder or shows none. */
      readonly decisionId: string | null;
    }
  | { readonly kind: 'reaction'; readonly commentId: number; readonly content: ReactionContent };

/** What a comment of ours is for; part of its signed marker. */
export type MarkerKind = 'decision' | 'notice' | 'status' | 'help' | 'refusal' | 'config';

/** The reactions we give: seen, done, refused or failed. */
export type ReactionContent = 'eyes' | 'rocket' | 'confused';
