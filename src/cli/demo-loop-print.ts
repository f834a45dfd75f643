/** What the loop's demo shows: the past, the dataset, the gate's verdict, and agreement before and after. */
import type { datasetVersionStore, modelStore } from '../store/index.ts';
import type { HarvestReport } from '../tasks/harvest/harvest-repository.ts';
import type { GateOutcome } from '../tasks/learning/gate.ts';
import { printManifest } from './dataset/print.ts';
import { commandOn, rule } from './demo-print.ts';
import { print } from './support.ts';

export interface LoopIssue {
  readonly number: number;
  readonly title: string;
  /** Proposal numbers; null for none. */
  readonly picked: number;
  readonly before: number | null;
  readonly after: number | null;
}

export interface LoopAgreement {
  /** Who decided on the new issues; null for the hand-set weights. */
  readonly model: string | null;
  readonly issues: readonly LoopIssue[];
  /** On how many of them each chose what the maintainers picked. */
  readonly before: number;
  readonly after: number;
}

export function hasRisen({ before, after }: LoopAgreement): boolean {
  return after > before;
}

const SHOWN_ISSUES = 10;

export function printWelcome(past: number): void {
  print(`Starting a fake GitHub with a project of ${past} closed issues, and the App …

Its maintainers have a taste that no weights of the embedded judge can express: what they like in a
proposal depends on what else is in it. One pick in four is a whim. Nobody tells the App any of this.`);
}

export function printPast({ outcomes, read, apiCalls }: HarvestReport): void {
  rule('1  The past is harvested');
  print(`
  ${read} closed issues read with ${apiCalls} requests; ${outcomes.stored} say what the maintainers chose.
  Nobody had seen a choice of the App then, so these labels are unexposed.`);
}

export function printTrained(
  { name, base, metrics }: modelStore.ModelVersion,
  dataset: datasetVersionStore.DatasetVersion | null,
): void {
  if (dataset) {
    rule(`2  Dataset version ${dataset.number} is built, half of it held out`);
    print();
    printManifest(dataset.manifest);
  }
  rule('3  The judge is retrained on the other half');
  print(`\n  ${name}, from the weights set by ${base}`);
  for (const [metric, value] of Object.entries(metrics)) print(`  ${metric}: ${value}`);
}

export function printGate({ report }: GateOutcome): void {
  rule('4  The gate compares it with who decides now, on what was held out');
  print(`\n${report.trim().replace(/^/gm, '  ')}`);
}

export function printAgreement(
  agreement: LoopAgreement,
  { seconds, dataDir }: { readonly seconds: number; readonly dataDir: string },
): void {
  const { model, issues, before, after } = agreement;
  rule(`5  ${issues.length} new issues go through the App`);
  print('\n  issue   maintainers   before   after');
  for (const issue of issues.slice(0, SHOWN_ISSUES)) {
    const cell = (choice: number | null) => `${choice ?? '–'} ${choice === issue.picked ? '✓' : ' '}`;
    print(
      `  #${String(issue.number).padEnd(6)} ${String(issue.picked).padEnd(13)} ${cell(issue.before).padEnd(8)} ${cell(issue.after).padEnd(6)} ${issue.title}`,
    );
  }
  if (issues.length > SHOWN_ISSUES) print(`  … and ${issues.length - SHOWN_ISSUES} more`);
  print(`
  Agreement with the maintainers, who never saw a choice on these issues:
    before  ${share(before, issues.length)}  with the weights set by hand
    after   ${share(after, issues.length)}  with ${model ?? 'the same: nothing was promoted'}

  ${hasRisen(agreement) ? 'Agreement rose.' : 'Agreement did not rise: the loop has failed.'} It took ${seconds.toFixed(0)} s. The data are kept in ${dataDir}.
  Look at them:   ${commandOn(dataDir, 'models list')}
`);
}

function share(right: number, all: number): string {
  return `${String(right).padStart(2)} of ${all} (${((100 * right) / all).toFixed(0)} %)`;
}
