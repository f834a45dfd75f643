import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { githubId, instant } from './columns.ts';
import { installations, issues } from './github.ts';

/**
 * The states of an effect; docs/operations.md has the table of what moves it from one to the next.
 *
 * - `pending`: GitHub may not show what is wanted;
 * - `done`: it does, as far as we know (`look_again_at` may owe one more look);
 * - `parked`: GitHub does not let us write there for now; the reason says what ends it;
 * - `abandoned`: no longer wanted, or there is nothing left to write on;
 * - `failed`: given up after its attempts or by GitHub's refusal; `swe-manager replay` tries again;
 * - `tombstoned`: a person deleted the comment. Final.
 */
export const EFFECT_STATES = ['pending', 'done', 'parked', 'abandoned', 'failed', 'tombstoned'] as const;
export type EffectState = (typeof EFFECT_STATES)[number];

/** What ends the parking. */
export type ParkReason = 'locked' | 'suspended' | 'removed';

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
    /** Lower goes first: decision comments and 👀 0, other reactions 1, the rest 2; then the older one. */
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
    /** When to compare with GitHub once more: a write whose answer was lost may still take effect late. */
    lookAgainAt: instant('look_again_at'),
    /** Failures since it was wanted, which its next pause grows with; `defects` counts those of our own among them. */
    attempts: integer('attempts').notNull().default(0),
    defects: integer('defects').notNull().default(0),
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
    index('effects_look_again')
      .on(table.installationId, table.lookAgainAt)
      .where(sql`${table.lookAgainAt} is not null`),
  ],
);

/**
 * Every write that was let through to GitHub: what the content ceilings count, and the trace of what was under
 * way when a process died. Kept for a week.
 */
export const writes = pgTable(
  'writes',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    installationId: githubId('installation_id')
      .notNull()
      .references(() => installations.id),
    effectId: uuid('effect_id')
      .notNull()
      .references(() => effects.id),
    what: text('what', { enum: ['create', 'edit', 'delete', 'react'] }).notNull(),
    /** The database's time, set just before the request leaves. */
    sentAt: instant('sent_at').notNull(),
    /** Null while nobody knows whether it was carried out. */
    answeredAt: instant('answered_at'),
  },
  (table) => [
    index('writes_installation').on(table.installationId, table.sentAt),
    index('writes_unanswered').on(table.installationId).where(sql`${table.answeredAt} is null`),
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
  | {
      readonly kind: 'reaction';
      readonly commentId: number;
      readonly content: ReactionContent;
      /** It stood there once and is to go. */
      readonly removed?: true;
    };

/** What a comment of ours is for; part of its signed marker. */
export type MarkerKind = 'decision' | 'notice' | 'status' | 'help' | 'refusal' | 'config';

/** The reactions we give: seen, done, refused or failed. */
export type ReactionContent = 'eyes' | 'rocket' | 'confused';
