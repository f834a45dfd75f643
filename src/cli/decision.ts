/** Prints the record of a decision: enough to reconstruct every prompt and every vote. */
import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { openStore } from '../context.ts';
import { InputError } from '../errors.ts';
import { castVotes, shareOf } from '../pipeline/judge/cast.ts';
import type { Db } from '../ports.ts';
import { decisionStore, issueStore, labelStore, proposalStore } from '../store/index.ts';
import { originLines } from './origin-lines.ts';
import { action, print, printJson } from './support.ts';

export function decisionCommand(): Command {
  const command = new Command('decision').description('look into the decisions that were made');
  command
    .command('show')
    .description('print the record of one decision: what was judged, every prompt, every answer')
    .argument('<id>', 'the id at the foot of the decision comment, or its first digits')
    .option('--json', 'print all of it as JSON')
    .action(action(show));
  return command;
}

async function show(id: string, flags: { json?: boolean }): Promise<void> {
  const store = await openStore(loadConfig());
  try {
    const record = await readRecord(store.db, id);
    if (flags.json) printJson(record);
    else printRecord(record);
  } finally {
    await store.close();
  }
}

type DecisionRecord = Awaited<ReturnType<typeof readRecord>>;

/** @throws InputError when no decision, or more than one, has such an id. */
export async function readRecord(db: Db, id: string) {
  const decision = await findDecision(db, id);
  const issue = await issueStore.getIssue(db, decision.issueId);
  const snapshot = await proposalStore.getSnapshot(db, decision.snapshotId);
  if (!issue || !snapshot) throw new Error(`decision ${decision.id} has lost its issue or snapshot`);
  const votes = (await decisionStore.votesOf(db, decision.id)).map(
    ({ decisionId: _decision, shownOrder: order, prompt, ...vote }) => ({
      ...vote,
      order,
      prompt: prompt === null ? null : requestOf(prompt),
    }),
  );
  const label = await labelStore.currentLabel(db, snapshot.id);
  const issueName = `${issue.owner}/${issue.repositoryName}#${issue.number}`;
  return {
    issue: issueName,
    ...decision,
    snapshot,
    label,
    voteShare: shareOf(votes, decision.chosen),
    votes,
  };
}

async function findDecision(db: Db, id: string): Promise<decisionStore.Decision> {
  const remedy = 'Take the id from the foot of the decision comment.';
  if (!/^[0-9a-f-]{4,36}$/i.test(id)) {
    throw new InputError(`“${id.slice(0, 60)}” is no decision's id.`, remedy);
  }
  const [found, second] = await decisionStore.findDecisions(db, id.toLowerCase(), 2);
  if (found === undefined) throw new InputError(`There is no decision ${id}.`, remedy);
  if (second !== undefined) throw new InputError(`Several decisions begin with ${id}.`, 'Give more digits.');
  return found;
}

/** A prompt is stored as the request that was sent; erased ones hold other text. */
function requestOf(prompt: string): unknown {
  try {
    return JSON.parse(prompt);
  } catch {
    return prompt;
  }
}

function printRecord(record: DecisionRecord): void {
  const { voteShare, votes } = record;
  print(`Decision ${record.id} on ${record.issue}, ${record.decidedAt.toISOString()}`);
  print(
    `Judge: ${record.judge}, ${record.model}; prompt ${record.promptVersion}; votes by ${record.votePolicy}`,
  );
  print(
    record.chosen === null
      ? `Chosen: none. ${record.abstainReason ?? ''}`
      : `Chosen: proposal ${record.chosen}, ${voteShare.votesFor} of ${voteShare.votes} votes`,
  );
  print(`Confidence: ${record.confidence.toFixed(3)}, ${record.calibrated ? 'calibrated' : 'uncalibrated'}`);
  print(`State: ${record.state}${record.stateBy ? ` by ${record.stateBy}` : ''}`);
  print('\nJudged');
  for (const { number, authorLogin, revisions } of record.snapshot.input.candidates) {
    print(`  ${number}. ${authorLogin}, revision ${revisions.at(-1)?.hash.slice(0, 12)}`);
  }
  printLabel(record.label);
  print('\nCalls');
  const counted = new Set(castVotes(votes));
  for (const vote of votes) print(`  ${voteLine(vote, counted.has(vote))}`);
  print('\nPrompts, answers and thinking are in the output of --json.');
}

function printLabel(label: DecisionRecord['label']): void {
  if (label === null) return;
  const answer = label.proposalNumber === null ? label.verdict : `proposal ${label.proposalNumber}`;
  print(`\nLabel: ${answer}, by ${label.decidedBy}, confidence ${label.confidence.toFixed(2)}`);
  for (const line of originLines(label.ideaOrigins)) print(`  ${line}`);
}

function voteLine(vote: DecisionRecord['votes'][number], counted: boolean): string {
  const result = vote.error ?? (vote.chosen === null ? 'none' : `proposal ${vote.chosen}`);
  const tokens = `${vote.promptTokens ?? 0} + ${vote.completionTokens ?? 0} tokens`;
  const name = vote.label ?? `pass ${vote.ordinal + 1}`;
  return `${name}${counted ? '' : ' (not counted)'}, shown ${vote.order.join(' ')}: ${result}; ${tokens}`;
}
