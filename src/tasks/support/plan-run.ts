/** Runs that nobody commands: what is known of an issue, and when to look whether one should begin. */
import type { RepositoryConfig } from '../../pipeline/command/repository-config.ts';
import { hasConsent } from '../../pipeline/dataset/consent.ts';
import { type ModeFacts, nextRun } from '../../pipeline/decision/modes.ts';
import type { AppContext, Db } from '../../ports.ts';
import {
  evidenceStore,
  installationStore,
  issueStore,
  lookStore,
  proposalStore,
  repositoryStore,
  runStore,
} from '../../store/index.ts';
import { createWakeUps } from '../queues.ts';
import { readRepositoryConfig, storedConfig } from './repository-config.ts';
import { consentOf } from './training-consent.ts';

/** After something changed on the issue: plans the look that may begin a run. Asks GitHub nothing. */
export async function planRun(ctx: AppContext, tx: Db, issue: issueStore.LocatedIssue): Promise<void> {
  const repository = await repositoryStore.getRepository(tx, issue.repositoryId);
  const now = ctx.clock.now();
  const { config } = storedConfig(repository);
  const next = nextRun(await factsOf(ctx, tx, issue, config), now);
  // A config that was never read may ask for more than the defaults do.
  const isUnknown = repository?.configReadAt == null;
  const at = next.kind === 'wait' ? next.until : next.kind === 'begin' || isUnknown ? now : null;
  await lookStore.planLook(tx, issue.id, at);
  if (at !== null && at <= now) await createWakeUps(ctx.jobs).look(tx, issue.id);
}

/** Begins the run that is due, or plans the next look. @throws GitHubError when the config cannot be read */
export async function beginDueRun(ctx: AppContext, issue: issueStore.LocatedIssue): Promise<void> {
  if (issue.lookDueAt === null || issue.lookDueAt > ctx.clock.now()) return;
  const { config } = await readRepositoryConfig(ctx, issue);
  await ctx.db.transaction(async (tx) => {
    await issueStore.lockIssue(tx, issue.id); // Two looks at once would begin two runs.
    const next = nextRun(await factsOf(ctx, tx, issue, config), ctx.clock.now());
    await lookStore.planLook(tx, issue.id, next.kind === 'wait' ? next.until : null);
    if (next.kind !== 'begin') return;
    await runStore.insertRun(tx, issue.id, next.trigger);
    await createWakeUps(ctx.jobs).issue(tx, issue.id);
  });
}

async function factsOf(
  ctx: AppContext,
  tx: Db,
  issue: issueStore.LocatedIssue,
  config: RepositoryConfig,
): Promise<ModeFacts> {
  const live = await proposalStore.liveProposals(tx, issue.id);
  const changes = live.flatMap(({ proposal, revisions }) => [
    proposal.postedAt?.getTime() ?? 0,
    ...revisions.map(({ visibleAt }) => visibleAt?.getTime() ?? 0),
  ]);
  const triggers = await runStore.triggersOf(tx, issue.id);
  const first = await evidenceStore.firstEvidence(tx, issue.id);
  return {
    mode: config.mode,
    minProposals: config.auto.min_proposals,
    quietMinutes: config.auto.quiet_minutes,
    consented: await isConsented(ctx, tx, issue),
    isOpen: issue.state === 'open',
    isPaused: issue.pausedAt !== null,
    proposals: live.length,
    lastChangeAt: changes.length === 0 ? null : new Date(Math.max(...changes)),
    firstEvidenceAt: first?.createdAt ?? null,
    hasVisibleRun: triggers.some((trigger) => trigger !== 'observe'),
    hasSilentRun: triggers.includes('observe'),
  };
}

async function isConsented(ctx: AppContext, tx: Db, issue: issueStore.LocatedIssue): Promise<boolean> {
  const repository = await repositoryStore.getRepository(tx, issue.repositoryId);
  const installation = await installationStore.getInstallation(tx, issue.installationId);
  if (repository === null) return false;
  return hasConsent(consentOf(repository, installation?.trainingConsent ?? null, ctx.config.trainingConsent));
}
