/** One command of the lane: may it, can it, do it, say how it ended. */
import type { CommandRequest, ParsedCommand } from '../../pipeline/command/grammar.ts';
import type { AppContext } from '../../ports.ts';
import type { commandStore, issueStore } from '../../store/index.ts';
import { authorise } from '../support/authorise.ts';
import { finishCommand, type Outcome } from '../support/finish.ts';
import { wantNotice, wantRefusal } from '../support/notices.ts';
import { readRepositoryConfig } from '../support/repository-config.ts';
import { choose } from './choose.ts';
import { explain } from './explain.ts';
import { giveFeedback } from './give-feedback.ts';
import { pause, resume } from './pause.ts';

/** A command with everything its handler needs. */
export interface LaneCommand {
  readonly row: commandStore.Command;
  readonly request: CommandRequest;
  readonly issue: issueStore.LocatedIssue;
  readonly role: string | null;
}

export async function workCommand(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  row: commandStore.Command,
): Promise<void> {
  await ctx.failpoint('command.taken');
  const parsed = row.parsed as ParsedCommand;
  if (issue.goneAt)
    return end(ctx, issue, row, { outcome: 'gone', detail: `the issue was ${issue.goneReason}` });
  const { config, problems } = await readRepositoryConfig(ctx, issue);
  if (config.mode === 'observe') {
    return end(ctx, issue, row, { outcome: 'observing', detail: 'the mode is observe: nothing is posted' });
  }
  const authorisation = await authorise(ctx, issue, parsed.verb, row.actorLogin, config);
  if (!authorisation.allowed) return refuse(ctx, issue, row);
  if (parsed.error !== undefined) return end(ctx, issue, row, { outcome: 'invalid', detail: parsed.error });
  if (parsed.verb === 'choose' && problems.length > 0) {
    return end(ctx, issue, row, { outcome: 'broken-config', detail: problems.join('; ') });
  }
  await ctx.failpoint('command.authorised');
  const command = { row, request: parsed, issue, role: authorisation.role };
  const outcome = await dispatch(ctx, command);
  if (outcome) await end(ctx, issue, row, outcome);
}

/** @returns null when the command goes on as part of a run. */
function dispatch(ctx: AppContext, command: LaneCommand): Promise<Outcome | null> {
  switch (command.request.verb) {
    case 'choose':
      return choose(ctx, command, command.request);
    case 'accept':
    case 'override':
    case 'reject':
      return giveFeedback(ctx, command, command.request);
    case 'explain':
      return explain(ctx, command);
    case 'pause':
      return pause(ctx, command);
    case 'resume':
      return resume(ctx, command);
    default:
      throw new Error(`the verb ${command.request.verb} does not belong to the lane`);
  }
}

async function end(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  row: commandStore.Command,
  outcome: Outcome,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await finishCommand(ctx, tx, issue, row, outcome);
    await wantNotice(ctx, tx, issue, row, outcome);
    await ctx.failpoint('command.ending');
  });
  await ctx.failpoint('command.ended');
}

async function refuse(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  row: commandStore.Command,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await wantRefusal(ctx, tx, issue, row);
    await finishCommand(ctx, tx, issue, row, {
      outcome: 'refused',
      detail: 'only managers of the repository may',
    });
  });
}
