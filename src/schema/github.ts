import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { githubId, instant } from './columns.ts';

/**
 * One installation of the App on an account. Writes to GitHub are serial per installation. The one with id 0 is
 * `absent`: it holds repositories that were harvested and where the App is not installed.
 */
export const installations = pgTable('installations', {
  id: githubId('id').primaryKey(),
  accountId: githubId('account_id'),
  accountLogin: text('account_login'),
  status: text('status', { enum: ['active', 'suspended', 'deleted', 'absent'] })
    .notNull()
    .default('active'),
  /** Whether its repositories' threads may become training data; null leaves it to them and the operator. */
  trainingConsent: boolean('training_consent'),
  /** The outbox writes nothing for this installation before this time: spacing and `retry-after`. */
  nextWriteAt: instant('next_write_at'),
  /** Set when GitHub said that the installation's requests are used up: nothing is read before this time. */
  nextReadAt: instant('next_read_at'),
  createdAt: instant('created_at').notNull().defaultNow(),
  updatedAt: instant('updated_at').notNull().defaultNow(),
});

export const GONE_REASONS = ['deleted', 'transferred', 'not found'] as const;
export type GoneReason = (typeof GONE_REASONS)[number];

/** Named by GitHub's id, so that it survives rename and transfer. */
export const repositories = pgTable(
  'repositories',
  {
    id: githubId('id').primaryKey(),
    installationId: githubId('installation_id')
      .notNull()
      .references(() => installations.id),
    owner: text('owner').notNull(),
    name: text('name').notNull(),
    isPrivate: boolean('is_private').notNull().default(false),
    /** Set while the App cannot see the repository. */
    removedAt: instant('removed_at'),
    /** `told`: GitHub said that the App is out of it. `unseen`: it answers that nothing is there, and it may come back. */
    removedReason: text('removed_reason', { enum: ['told', 'unseen'] }),
    /** The last `.github/swe-manager.yml` that was read, as parsed; null while there is none. */
    config: jsonb('config'),
    configEtag: text('config_etag'),
    /** When the file was last asked for; null when never. */
    configReadAt: instant('config_read_at'),
    /** What is wrong with the file on the default branch; null when it is fine or absent. */
    configProblems: jsonb('config_problems').$type<string[]>(),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [index('repositories_installation').on(table.installationId)],
);

/** Named by GitHub's issue id. */
export const issues = pgTable(
  'issues',
  {
    id: githubId('id').primaryKey(),
    repositoryId: githubId('repository_id')
      .notNull()
      .references(() => repositories.id),
    number: integer('number').notNull(),
    title: text('title').notNull().default(''),
    authorLogin: text('author_login'),
    state: text('state', { enum: ['open', 'closed'] })
      .notNull()
      .default('open'),
    locked: boolean('locked').notNull().default(false),
    /** GitHub's `updated_at` where title, state and lock were told last; null when it was not said. */
    toldAt: instant('told_at'),
    /** Set when the issue was deleted or moved to a repository that we cannot see. */
    goneAt: instant('gone_at'),
    /** `not found` is a guess by GitHub's answer, which it takes back by speaking of the issue again. */
    goneReason: text('gone_reason', { enum: GONE_REASONS }),
    pausedAt: instant('paused_at'),
    pausedBy: text('paused_by'),
    /** When to see whether a run that nobody commands should begin (modes auto and observe); null when never. */
    lookDueAt: instant('look_due_at'),
    /** When GitHub was asked what its proposals said before the App first looked; null until then. */
    pastTextsReadAt: instant('past_texts_read_at'),
    /** Numbers of proposals are never reused. */
    nextProposalNumber: integer('next_proposal_number').notNull().default(1),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [uniqueIndex('issues_repository_number').on(table.repositoryId, table.number)],
);
