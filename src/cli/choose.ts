/** Decides on one issue, from GitHub or from a file, and writes nothing to GitHub. */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { type Config, loadConfig, readToken } from '../config.ts';
import { gitHubWithToken, openJudge } from '../context.ts';
import { InputError } from '../errors.ts';
import { checkVerdict } from '../pipeline/decision/check-verdict.ts';
import { freezeThread } from '../pipeline/decision/freeze-thread.ts';
import type { JudgeInput, Verdict } from '../pipeline/judge/types.ts';
import { parseSavedThread } from '../pipeline/thread/saved-thread.ts';
import type { Thread } from '../pipeline/thread/types.ts';
import { action, print, printJson, progress } from './support.ts';

interface ChooseFlags {
  readonly thread?: string;
  readonly number: string;
  readonly json?: boolean;
}

export function chooseCommand(): Command {
  return new Command('choose')
    .description('print the decision on one issue; nothing is written to GitHub')
    .argument('[issue]', 'address of an issue, e.g. https://github.com/owner/name/issues/1')
    .option('--thread <file>', 'decide on a saved thread instead (JSON, or JSONL with --number)')
    .option('--number <n>', 'line of the JSONL file, from 1', '1')
    .option('--json', 'print the decision as JSON')
    .addHelpText('after', '\nThe token for private repositories is taken from GITHUB_TOKEN.')
    .action(action(choose));
}

async function choose(issue: string | undefined, flags: ChooseFlags): Promise<void> {
  const config = loadConfig();
  const thread = await threadOf(config, issue, flags);
  const input = freezeThread(thread);
  if (input.candidates.length === 0) {
    throw new InputError(
      `${thread.issue.url} holds no proposal.`,
      'A proposal has a heading "Proposal" or two headings of the template.',
    );
  }
  const verdict = await judgeOnce(config, input);
  if (flags.json) printJson(toJson(input, verdict));
  else printDecision(input, verdict);
}

async function judgeOnce(config: Config, input: JudgeInput): Promise<Verdict> {
  const { judge, close } = openJudge(config);
  try {
    const verdict = await judge.judge(input);
    checkVerdict(verdict, input);
    return verdict;
  } finally {
    await close();
  }
}

async function threadOf(config: Config, issue: string | undefined, flags: ChooseFlags): Promise<Thread> {
  if ((issue === undefined) === (flags.thread === undefined)) {
    throw new InputError(
      'Give either the address of an issue or --thread FILE.',
      'See swe-manager choose --help.',
    );
  }
  if (flags.thread !== undefined) return readThreadFile(flags.thread, flags.number);
  const ref = parseIssueUrl(issue ?? '', config.githubApiUrl);
  progress(`reading ${issue}`);
  const thread = await gitHubWithToken(config, readToken()).readThread(ref);
  progress('');
  return thread;
}

/** @throws InputError when it is no issue's address, or one on another GitHub than the one that is asked. */
function parseIssueUrl(address: string, apiUrl: string): { owner: string; name: string; number: number } {
  const match = /^https:\/\/([^/\s]+)\/([\w.-]+)\/([\w.-]+)\/issues\/(\d{1,10})(?:[?#].*)?$/.exec(address);
  const [, host, owner, name, number] = match ?? [];
  const isPath = [owner, name].some((part) => part === undefined || /^\.+$/.test(part));
  if (host === undefined || owner === undefined || name === undefined || isPath) {
    throw new InputError(
      `“${address.slice(0, 200)}” is not the address of an issue.`,
      'Write it as https://github.com/owner/name/issues/1.',
    );
  }
  const expected = webHostOf(apiUrl);
  if (expected !== null && host.toLowerCase() !== expected) {
    throw new InputError(
      `${host} is not ${expected}, whose issues are read.`,
      'Correct the address, or set GITHUB_API_URL to https://HOST/api/v3 for a GitHub of your own.',
    );
  }
  return { owner, name, number: Number(number) };
}

/** Where an API's issues are looked at in a browser; null when its address does not tell. */
function webHostOf(apiUrl: string): string | null {
  const { host, pathname } = new URL(apiUrl);
  if (host === 'api.github.com') return 'github.com';
  return pathname.startsWith('/api/v3') ? host : null;
}

async function readThreadFile(file: string, number: string): Promise<Thread> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new InputError(`${file} cannot be read: ${cause.message}.`, 'Check the path.', { cause });
  });
  return parseSavedThread(text, { file, line: number });
}

function toJson(input: JudgeInput, verdict: Verdict) {
  const chosen = input.candidates.find((candidate) => candidate.number === verdict.chosen);
  return {
    chosen: chosen ? { id: chosen.number, author: chosen.authorLogin, url: chosen.url } : null,
    confidence: verdict.confidence,
    abstained: verdict.abstained,
    explanation: verdict.explanation,
    golden_proposal: verdict.goldenProposal,
    proposals: input.candidates.map((candidate) => ({
      id: candidate.number,
      author: candidate.authorLogin,
      url: candidate.url,
      ...assessmentOf(verdict, candidate.number),
    })),
    judge: verdict.judge,
    model: verdict.model,
    abstain_reason: verdict.abstainReason,
    would_decide: verdict.wouldDecide,
  };
}

function assessmentOf(verdict: Verdict, number: number) {
  const found = verdict.assessments.find((assessment) => assessment.number === number);
  return {
    probability: found?.probability ?? null,
    strength: found?.strength ?? '',
    weakness: found?.weakness ?? '',
  };
}

function printDecision(input: JudgeInput, verdict: Verdict): void {
  const chosen = input.candidates.find((candidate) => candidate.number === verdict.chosen);
  const name = verdict.judge === 'embedded' ? 'the embedded judge' : verdict.model;
  print(`${input.repository}#${input.issue.number}  ${input.issue.title}`);
  print();
  print(
    chosen
      ? `Chosen by ${name}: proposal ${chosen.number} of ${chosen.authorLogin}, confidence ${percent(verdict.confidence)}\n${chosen.url}`
      : `${name} abstains: ${verdict.abstainReason}`,
  );
  print();
  print(verdict.explanation);
  if (verdict.wouldDecide) print(`\nWhat would decide it: ${verdict.wouldDecide}`);
  print('\nProposals');
  for (const candidate of input.candidates) {
    const { probability, strength, weakness } = assessmentOf(verdict, candidate.number);
    print(
      `  ${candidate.number}. ${candidate.authorLogin}  ${probability === null ? '' : percent(probability)}`,
    );
    print(`     + ${strength}\n     - ${weakness}`);
  }
  if (verdict.goldenProposal) print(`\nGolden proposal\n\n${verdict.goldenProposal}`);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
