/** Guards, each with the change that removes it and the scenario that must then fail. */
import type { ScenarioName } from '../guards/scenarios.ts';

export interface Mutation {
  readonly name: string;
  /** Below `src`. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly scenario: ScenarioName;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'dedupe of deliveries',
    file: 'store/deliveries.ts',
    find: '    .values(delivery)\n    .onConflictDoNothing()\n',
    replace: '    .values(delivery)\n',
    scenario: 'redelivery',
  },
  {
    name: 'dedupe of commands',
    file: 'store/commands.ts',
    find: '    .onConflictDoNothing()\n',
    replace: '',
    scenario: 'replay',
  },
  {
    name: 'the lease of the outbox',
    file: 'store/leases.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is source text.
    find: 'setWhere: sql`${leases.holder} = ${lease.holder} or ${leases.expiresAt} < clock_timestamp()`,',
    replace: 'setWhere: sql`true`,',
    scenario: 'two-writers',
  },
  {
    name: 'the signature check of webhooks',
    file: 'web/webhook-handler.ts',
    find: "if (text === '' || !(await verify(secret, text, signature))) {",
    replace: "if (text === '' || !verify) {",
    scenario: 'forgery',
  },
  {
    name: 'adoption after a lost answer',
    file: 'tasks/outbox/reconcile-comment.ts',
    find: '  if (oldest) return adopt(',
    replace: '  if (oldest && extras.length > 99) return adopt(',
    scenario: 'lost-answer',
  },
  {
    name: 'looking before a second create',
    file: 'tasks/outbox/reconcile-comment.ts',
    find: '  if (effect.createAttemptedAt === null) return',
    replace: '  if (effect.createAttemptedAt !== undefined) return',
    scenario: 'lost-answer',
  },
  {
    name: 'commit before the answer',
    file: 'tasks/receive-delivery.ts',
    find: '  await ctx.db.transaction(',
    replace: '  void ctx.db.transaction(',
    scenario: 'slow-commit',
  },
  {
    name: 'the spacing of writes',
    file: 'tasks/support/scaled.ts',
    find: '  return scaled(ctx, ctx.config.writeSpacingMs);',
    replace: '  return scaled(ctx, 0 * ctx.config.writeSpacingMs);',
    scenario: 'spacing',
  },
  {
    name: 'the tombstone',
    file: 'tasks/delivery/apply-own-comment.ts',
    find: '  if (!isOnRecord && (!isUnanswered || sender.isBot)) return;\n',
    replace: '  if (!isOnRecord && (isUnanswered || sender.isBot)) return;\n',
    scenario: 'deleted-by-a-person',
  },
  {
    name: 'the check of the choice against the snapshot',
    file: 'pipeline/decision/check-verdict.ts',
    find: 'if (problems.length > 0) {',
    replace: 'if (problems.length > 99) {',
    scenario: 'lying-judge',
  },
  {
    name: 'that an edit adds no command',
    file: 'tasks/delivery/apply-comment.ts',
    find: "event.action === 'created' && !event.comment.author.isBot",
    replace: '!event.comment.author.isBot',
    scenario: 'edited-into-a-command',
  },
  {
    name: 'that only managers command',
    file: 'tasks/lane/work-command.ts',
    find: '  if (!authorisation.allowed) return refuse(ctx, issue, row);\n',
    replace: '',
    scenario: 'reader',
  },
];
