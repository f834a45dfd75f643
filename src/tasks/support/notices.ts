/** Short answers on the issue: one comment per purpose, kept up to date instead of repeated. */

import { CONFIG_PATH } from '../../pipeline/command/repository-config.ts';
import { proposalViews } from '../../pipeline/comment/from-snapshot.ts';
import {
  renderConfigProblem,
  renderDryRun,
  renderHelp,
  renderNotice,
  renderRefusal,
} from '../../pipeline/comment/notices.ts';
import type { JudgeInput, Verdict } from '../../pipeline/judge/types.ts';
import type { AppContext, Db } from '../../ports.ts';
import type { CommandOutcome } from '../../schema/index.ts';
import { type commandStore, type issueStore, repositoryStore } from '../../store/index.ts';
import { isOverBudget } from './budget.ts';
import type { Outcome } from './finish.ts';
import { storedConfig } from './repository-config.ts';
import { wantAnswer, wantComment } from './want.ts';

type Command = commandStore.Command;
type Issue = issueStore.LocatedIssue;

/** Outcomes that nobody could guess from a reaction alone. */
const EXPLAINED: ReadonlySet<CommandOutcome> = new Set([
  'invalid',
  'paused',
  'closed',
  'no-decision',
  'nothing-to-cancel',
  'failed',
]);

export async function wantNotice(
  ctx: AppContext,
  tx: Db,
  issue: Issue,
  command: Command,
  ended: Outcome,
): Promise<void> {
  if (ended.outcome === 'broken-config') return wantConfigProblem(ctx, tx, issue);
  if (!EXPLAINED.has(ended.outcome)) return;
  const body = endText(command, ended);
  await wantAnswer(ctx, tx, issue, { kind: 'notice', id: `notice-${issue.id}`, body });
}

/** The choice of a dry run. A comment of its own, so that no other answer takes its place. */
export async function wantDryRunResult(
  ctx: AppContext,
  tx: Db,
  issue: Issue,
  command: Command,
  { verdict, input }: { readonly verdict: Verdict; readonly input: JudgeInput },
): Promise<void> {
  const body = renderDryRun({ ...askedBy(command), verdict, proposals: proposalViews(input) });
  await wantDryRunComment(ctx, tx, issue, body);
}

/** Why a dry run came to no choice. */
export async function wantDryRunEnd(
  ctx: AppContext,
  tx: Db,
  issue: Issue,
  command: Command,
  ended: Outcome,
): Promise<void> {
  await wantDryRunComment(ctx, tx, issue, endText(command, ended));
}

async function wantDryRunComment(ctx: AppContext, tx: Db, issue: Issue, body: string): Promise<void> {
  await wantAnswer(ctx, tx, issue, { kind: 'notice', id: `dry-run-${issue.id}`, body });
}

async function wantConfigProblem(ctx: AppContext, tx: Db, issue: Issue): Promise<void> {
  const { problems } = storedConfig(await repositoryStore.getRepository(tx, issue.repositoryId));
  const body = renderConfigProblem({ path: CONFIG_PATH, problems });
  await wantAnswer(ctx, tx, issue, { kind: 'config', id: `config-${issue.id}`, body });
}

/** Once per user and issue, and within the budget: who may. */
export async function wantRefusal(ctx: AppContext, tx: Db, issue: Issue, command: Command): Promise<void> {
  if (await isOverBudget(ctx, tx, issue.id)) return;
  const body = renderRefusal(askedBy(command));
  await wantComment(ctx, tx, issue, {
    kind: 'refusal',
    id: `refusal-${issue.id}-${command.actorId ?? command.actorLogin}`,
    body,
  });
}

/** The help is one comment per issue; it names an unknown word, or tells why a command did not count. */
export async function wantHelp(
  ctx: AppContext,
  tx: Db,
  issue: Issue,
  about: { unknownWord?: string | null; masked?: boolean },
): Promise<void> {
  if (about.masked && (await isOverBudget(ctx, tx, issue.id))) return;
  const help = {
    kind: 'help',
    id: `help-${issue.id}`,
    body: renderHelp({
      unknownWord: about.unknownWord ?? null,
      maskedBy: about.masked ? 'code formatting or a list' : null,
    }),
  } as const;
  // A hint answers no question: where a person deleted the help, it is not given.
  await (about.masked ? wantComment : wantAnswer)(ctx, tx, issue, help);
}

function endText(command: Command, { outcome, detail }: Outcome): string {
  return renderNotice({ ...askedBy(command), outcome, detail: detail ?? '' });
}

/** Who gave the command, and how it was written. */
function askedBy(command: Command): { readonly actorLogin: string; readonly request: string } {
  const parsed = command.parsed as { text?: string };
  return { actorLogin: command.actorLogin, request: parsed.text ?? `/manager ${command.verb}` };
}
