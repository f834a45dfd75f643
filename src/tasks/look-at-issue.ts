/** Looks at what GitHub does not tell by itself about one issue, and at what nobody commands. */
import type { AppContext } from '../ports.ts';
import { installationStore, issueStore, writeStore } from '../store/index.ts';
import { lookAtDecisions } from './evidence/look-at-decisions.ts';
import { readChanges } from './evidence/read-changes.ts';
import { verifyEvidence } from './evidence/verify.ts';
import { lookJob, readJob } from './queues.ts';
import { beginDueRun } from './support/plan-run.ts';

export async function lookAtIssue(ctx: AppContext, data: unknown): Promise<void> {
  const job = readJob(ctx, lookJob, data);
  const issue = job && (await issueStore.getIssue(ctx.db, job.issueId));
  if (!issue || issue.goneAt || issue.repositoryRemovedAt) return;
  const installation = await installationStore.getInstallation(ctx.db, issue.installationId);
  if (installation?.status !== 'active') return;
  // Still due when the pause is over: the next look around wakes it.
  if ((await writeStore.readPauseLeft(ctx.db, issue.installationId)) > 0) return;
  await lookAtDecisions(ctx, issue);
  await verifyEvidence(ctx, issue);
  await readChanges(ctx, issue);
  await beginDueRun(ctx, issue);
}
