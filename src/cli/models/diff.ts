/** `models diff`: the decisions that changed from one version to another, and who was right. */
import { loadConfig } from '../../config.ts';
import { openStore } from '../../context.ts';
import { InputError } from '../../errors.ts';
import {
  type Comparison,
  compareDecisions,
  type Disagreement,
} from '../../pipeline/promotion/disagreements.ts';
import type { GivenAnswer } from '../../pipeline/promotion/types.ts';
import type { Db } from '../../ports.ts';
import { disagreementStore, modelStore } from '../../store/index.ts';
import { print, printJson } from '../support.ts';
import { noSuchVersion } from './find.ts';

export interface DiffFlags {
  readonly limit: number;
  readonly json?: boolean;
}

/** @throws InputError for a name that nobody bears, and for two that have answered nothing in common */
export async function diff(a: string, b: string, flags: DiffFlags): Promise<void> {
  const store = await openStore(loadConfig());
  try {
    if (a === b) throw new InputError(`${a} does not differ from itself.`, 'Name two versions.');
    for (const name of [a, b]) await assertKnown(store.db, name);
    const comparison = compareDecisions(await disagreementStore.sharedDecisions(store.db, a, b));
    if (comparison.shared === 0) {
      throw new InputError(
        `${a} and ${b} have answered no snapshot in common.`,
        'Put one of them to the gate while the other decides: `swe-manager models gate NAME`.',
      );
    }
    if (flags.json) printJson({ a, b, ...comparison });
    else printComparison(a, b, comparison, flags.limit);
  } finally {
    await store.close();
  }
}

/** The judge of the configuration has a name and answers, and is no version. */
async function assertKnown(db: Db, name: string): Promise<void> {
  if (await modelStore.findModelVersion(db, name)) return;
  const judges = await disagreementStore.judgesOnRecord(db);
  if (judges.includes(name)) return;
  const versions = (await modelStore.listModelVersions(db)).map((version) => version.name);
  throw noSuchVersion(name, [...new Set([...judges, ...versions])]);
}

function printComparison(a: string, b: string, { shared, disagreements, counts }: Comparison, limit: number) {
  print(`Both answered ${shared} snapshots and differ on ${disagreements.length}:`);
  print(`  only ${a} is right   ${counts.a}`);
  print(`  only ${b} is right   ${counts.b}`);
  print(`  both wrong, each in its way   ${counts.neither}`);
  print(`  the same choice, but one of them abstains from it   ${counts.both}`);
  print(`  no label   ${counts.unknown}`);
  for (const one of disagreements.slice(0, limit)) printDisagreement(a, b, one);
  const left = disagreements.length - limit;
  if (left > 0) print(`\n… and ${left} more: --limit ${disagreements.length}, or --json.`);
}

function printDisagreement(a: string, b: string, one: Disagreement): void {
  const { repository, issue, title, proposals, label, right } = one;
  print(`\n${repository}#${issue}  ${title}  (${proposals} proposals)`);
  print(`  ${mark(right, 'a')} ${a}: ${answerText(one.a)}`);
  print(`  ${mark(right, 'b')} ${b}: ${answerText(one.b)}`);
  print(`    the maintainers: ${labelText(label)}`);
}

function mark(right: Disagreement['right'], who: 'a' | 'b'): string {
  if (right === 'unknown') return '?';
  return right === who || right === 'both' ? '✓' : '✗';
}

function answerText({ chosen, abstained }: GivenAnswer): string {
  const choice = chosen === null ? 'none' : `proposal ${chosen}`;
  return abstained ? `abstained; if it had to, ${choice}` : choice;
}

function labelText(label: Disagreement['label']): string {
  if (label === null) return 'have not decided';
  const sight = label.exposed ? 'exposed' : 'unexposed';
  const reason = `${label.reasonClass}, ${sight}, confidence ${label.confidence.toFixed(2)}`;
  switch (label.verdict) {
    case 'proposal':
      return `proposal ${label.proposalNumber} (${reason})`;
    case 'none-acceptable':
      return `none acceptable (${reason})`;
    case 'not-the-choice':
      return `not what was chosen, and nothing else (${reason})`;
    default:
      return label.verdict satisfies never;
  }
}
