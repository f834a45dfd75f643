/** A fake GitHub over real HTTP: for tests, and for the demo that needs no network. */
export type { Actor } from './actors.ts';
export type { Audit, AuditEntry, AuditFilter } from './audit.ts';
export { FakeGitHub, startFakeGitHub } from './fake.ts';
export type { Fault, FaultFilter } from './faults.ts';
export { type AppKey, generateAppKey } from './keys.ts';
export type {
  AppIdentity,
  Comment,
  Installation,
  Issue,
  ReactionContent,
  Repository,
  Role,
  User,
} from './model.ts';
export type { FakeGitHubOptions, NewIssueOptions, NewRepository } from './options.ts';
export type { SavedThread } from './saved-thread.ts';
export type { CommentRef, IssueRef, State } from './state.ts';
export type { Delivery, DeliveryFilter, Disturbance } from './webhooks/types.ts';
