/** A dataset on the first day: reads what maintainers chose in the past, and writes nothing to GitHub. */
import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { loadConfig, readToken } from '../config.ts';
import { gitHubWithToken, openStore, systemClock } from '../context.ts';
import { InputError } from '../errors.ts';
import type { Db } from '../ports.ts';
import { harvestLine } from '../tasks/harvest/harvest-file.ts';
import { type HarvestReport, harvestRepository } from '../tasks/harvest/harvest-repository.ts';
import { startBar } from './bar.ts';
import { action, describeFailure, print, printJson, toCount } from './support.ts';

interface HarvestFlags {
  readonly since?: string;
  readonly limit?: number;
  readonly threads?: string;
  readonly json?: boolean;
}

export function harvestCommand(): Command {
  return new Command('harvest')
    .description('read closed issues and what was chosen there into labelled snapshots; GitHub is only read')
    .argument('[repository]', 'OWNER/REPO')
    .option('--since <date>', 'only issues that changed since, e.g. 2025-01-31', toDate)
    .option('--limit <n>', 'issues to read at most in this go', toCount)
    .option('--threads <file>', 'read saved threads (JSONL) instead')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      '\nThe token is taken from GITHUB_TOKEN. It can be interrupted and run again: what did not change is not read twice.',
    )
    .action(action(harvest));
}

async function harvest(repository: string | undefined, flags: HarvestFlags): Promise<void> {
  if ((repository === undefined) === (flags.threads === undefined)) {
    throw new InputError('Give either OWNER/REPO or --threads FILE.', 'See swe-manager harvest --help.');
  }
  const store = await openStore(loadConfig());
  try {
    if (flags.threads !== undefined) await harvestThreads(store.db, flags.threads, flags);
    else await harvestFromGitHub(store.db, repository ?? '', flags);
  } finally {
    await store.close();
  }
}

async function harvestFromGitHub(db: Db, repository: string, flags: HarvestFlags): Promise<void> {
  const [, owner, name] = /^([\w.-]+)\/([\w.-]+)$/.exec(repository) ?? [];
  if (owner === undefined || name === undefined) {
    throw new InputError(`“${repository.slice(0, 100)}” is no repository.`, 'Write it as OWNER/REPO.');
  }
  const token = readToken();
  if (token === null) {
    throw new InputError('The past of issues can only be read with a token.', 'Set GITHUB_TOKEN.');
  }
  const ctx = { db, clock: systemClock, github: gitHubWithToken(loadConfig(), token) };
  const bar = startBar('issues');
  const report = await harvestRepository(
    ctx,
    { owner, name },
    { since: flags.since ?? null, limit: flags.limit ?? null },
    ({ seen, total, waitingUntil }) => {
      if (waitingUntil) process.stderr.write(`GitHub's limit: going on at ${waitingUntil.toISOString()}\n`);
      else bar.update(seen, Math.min(total, (flags.limit ?? total) + seen));
    },
  ).finally(() => bar.stop());
  if (flags.json) printJson(report);
  else printReport(report);
}

function printReport({ outcomes, read, skipped, apiCalls, apiCallsPerIssue }: HarvestReport): void {
  print(`${read} issues read, ${skipped} unchanged since the last time`);
  print(
    `${outcomes.stored} with a label, ${outcomes.unlabelled} without, ${outcomes['no-proposals']} without proposals`,
  );
  if (outcomes.known > 0) print(`${outcomes.known} left alone: the App decided there itself`);
  if (outcomes.gone > 0) print(`${outcomes.gone} deleted or moved meanwhile`);
  print(`${apiCalls} requests, ${apiCallsPerIssue.toFixed(2)} for each issue`);
}

/** A broken line does not keep the others out; it is named, and the exit code says so. */
async function harvestThreads(db: Db, file: string, flags: HarvestFlags): Promise<void> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new InputError(`${file} cannot be read: ${cause.message}.`, 'Check the path.', { cause });
  });
  const lines = text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .slice(0, flags.limit ?? Number.POSITIVE_INFINITY);
  const outcomes = { stored: 0, unlabelled: 0, 'no-proposals': 0, known: 0, gone: 0 };
  const bar = startBar('threads');
  let broken = 0;
  for (const [index, { line, number }] of lines.entries()) {
    try {
      outcomes[await harvestLine({ db, clock: systemClock }, line, { file, line: number })] += 1;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      broken += 1;
      process.stderr.write(`${describeFailure(error)}\n`);
    }
    bar.update(index + 1, lines.length);
  }
  bar.stop();
  if (broken > 0) process.exitCode = 1;
  if (flags.json) return printJson({ outcomes, read: lines.length, broken });
  print(
    `${outcomes.stored} threads with a label, ${outcomes.unlabelled} without, ${outcomes['no-proposals']} without proposals`,
  );
  if (broken > 0) print(`${broken} lines were left out, see above`);
}

function toDate(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('write it as 2025-01-31');
  return new Date(time).toISOString();
}
