/** Labels that need a person's eye, one after the other; every answer is a signal. */
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { openStore, systemClock } from '../context.ts';
import type { Db } from '../ports.ts';
import type { ReasonClass } from '../schema/index.ts';
import { correctLabel, type Uncertain, uncertainLabels } from '../tasks/review/review-labels.ts';
import { action, print, printJson } from './support.ts';

interface ReviewFlags {
  readonly limit: string;
  readonly as?: string;
  readonly json?: boolean;
}

export function reviewCommand(): Command {
  return new Command('review')
    .description('go through uncertain labels in the terminal, the most useful first')
    .option('--limit <n>', 'labels at most', '20')
    .option('--as <name>', 'who answers; your user name when absent')
    .option('--json', 'print the uncertain labels and ask nothing')
    .action(action(review));
}

async function review(flags: ReviewFlags): Promise<void> {
  const store = await openStore(loadConfig());
  try {
    const labels = await uncertainLabels(store.db, Number(flags.limit) || 20);
    if (flags.json) return printJson(labels.map(toJson));
    if (labels.length === 0) return print('No label is in doubt.');
    await askAbout(store.db, labels, flags.as ?? userInfo().username);
  } finally {
    await store.close();
  }
}

async function askAbout(db: Db, labels: readonly Uncertain[], reviewer: string): Promise<void> {
  const lines = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: process.stdin.isTTY,
  });
  const answers = lines[Symbol.asyncIterator]();
  let corrected = 0;
  try {
    for (const [index, label] of labels.entries()) {
      print(describe(label, `${index + 1} of ${labels.length}`));
      const answer = await nextAnswer(answers, label);
      if (answer === 'quit') break;
      if (answer === 'skip') continue;
      const now = await correctLabel({ db, clock: systemClock }, label, { ...answer, reviewer });
      corrected += 1;
      print(`  -> ${now ? verdictOf(now) : 'no label'}, confidence ${now?.confidence.toFixed(2) ?? '0'}\n`);
    }
  } finally {
    lines.close();
  }
  print(`${corrected} of ${labels.length} answered.`);
}

type Answer = 'quit' | 'skip' | { proposalNumber: number | null; reasonClass: ReasonClass | null };

const REASONS: Readonly<Record<string, ReasonClass>> = {
  t: 'technical',
  f: 'priority',
  p: 'policy',
  s: 'split',
};
const HELP =
  'Number of the right proposal, n for none, empty to skip, q to stop; add t, f, p or s for why: technical, first of equals, policy, split (e.g. “2 t”).';

async function nextAnswer(lines: AsyncIterator<string>, { snapshot }: Uncertain): Promise<Answer> {
  const numbers = snapshot.input.candidates.map(({ number }) => number);
  for (;;) {
    process.stderr.write(`${HELP}\n> `);
    const { value, done } = await lines.next();
    if (done) return 'quit';
    const [word = '', why] = String(value).trim().toLowerCase().split(/\s+/);
    if (word === '') return 'skip';
    if (word === 'q') return 'quit';
    const reasonClass = why === undefined ? null : (REASONS[why] ?? null);
    if (word === 'n') return { proposalNumber: null, reasonClass: 'none' };
    if (numbers.includes(Number(word))) return { proposalNumber: Number(word), reasonClass };
    process.stderr.write(`There is no proposal ${word.slice(0, 20)} here.\n`);
  }
}

function describe({ label, snapshot, issue, repository, signals }: Uncertain, position: string): string {
  const { input } = snapshot;
  const candidates = input.candidates.map(({ number, authorLogin, url, body }) => {
    const [first = ''] = body
      .split('\n')
      .map((line) => line.replace(/^#+\s*/, '').trim())
      .filter((line) => line !== '' && !/^proposal\b/i.test(line));
    return `  ${number}. ${authorLogin} ${url}\n     ${first.slice(0, 100)}`;
  });
  const evidence = signals.map(
    (signal) =>
      `  ${signal.createdAt.toISOString()} ${signal.source}${signal.rule ? ` (${signal.rule})` : ''} by ${signal.actorLogin}: ${signal.polarity} ${signal.proposalNumber ?? 'none'}, weight ${signal.weight.toFixed(2)}${signal.exposed ? ', exposed' : ''} ${signal.evidenceUrl ?? ''}`,
  );
  return [
    `[${position}] ${repository.owner}/${repository.name}#${issue.number} ${input.issue.title}`,
    ...candidates,
    `Label: ${verdictOf(label)}, ${label.reasonClass}, confidence ${label.confidence.toFixed(2)}${label.conflict ? ', disputed' : ''}${label.exposed ? ', exposed' : ''}`,
    ...evidence,
  ].join('\n');
}

function verdictOf(label: Pick<Uncertain['label'], 'verdict' | 'proposalNumber'>): string {
  return label.verdict === 'proposal' ? `proposal ${label.proposalNumber}` : label.verdict;
}

function toJson({ label, snapshot, issue, repository, signals, usefulness }: Uncertain) {
  return {
    label: label.id,
    snapshot: snapshot.id,
    repository: `${repository.owner}/${repository.name}`,
    issue: issue.number,
    usefulness,
    verdict: label.verdict,
    proposal: label.proposalNumber,
    reason_class: label.reasonClass,
    confidence: label.confidence,
    conflict: label.conflict,
    exposed: label.exposed,
    signals: signals.map((signal) => signal.id),
  };
}
