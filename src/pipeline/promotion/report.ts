/** What the gate found, in Markdown: the verdict first, then everything it rests on. */
import { wilson } from '../../statistics/interval.ts';
import { type GateResult, looksFor } from './gate.ts';
import { GUARDS, type GuardResult } from './guards.ts';
import type { BenchmarkPair, BenchmarkScore, Figure, JudgeAccuracy } from './types.ts';

export interface GateReportView {
  readonly candidate: string;
  readonly incumbent: string;
  readonly verdict: GateResult['verdict'];
  readonly result: GateResult;
  readonly guards: readonly GuardResult[];
  /** Null where it was not measured. */
  readonly sweLancer: BenchmarkPair | null;
  /** Share of the decisions that each got right; the base model stands beside both when it was judged too. */
  readonly accuracy: readonly JudgeAccuracy[];
  /** Files beside the report; empty where nobody draws. */
  readonly figures: readonly Omit<Figure, 'svg'>[];
  readonly detectableDifference: number | null;
  /** One-sided 95 % bound over repositories; null with too few of them. */
  readonly clusterBound: number | null;
  readonly epoch: { readonly id: number; readonly candidates: number; readonly used: number };
  /** ISO 8601. */
  readonly at: string;
}

const VERDICTS: Record<GateResult['verdict'], string> = {
  promote: 'Promote',
  keep: 'Keep the incumbent',
  'not-enough-evidence': 'Not enough evidence',
  wait: 'Wait for more decisions',
};

export function renderGateReport(view: GateReportView): string {
  return `${[
    `# ${VERDICTS[view.verdict]}: ${view.candidate} against ${view.incumbent}`,
    reasonOf(view),
    accuracyTable(view),
    ...figure(view, 'accuracy'),
    looksTable(view.result),
    ...figure(view, 'discordant'),
    levelText(view),
    ...figure(view, 'level'),
    guardsTable(view.guards),
    ...sweLancerText(view),
    footer(view),
  ].join('\n\n')}\n`;
}

function reasonOf({ verdict, result, guards, detectableDifference, clusterBound }: GateReportView): string {
  const failed = guards.filter((guard) => guard.verdict === 'failed').map(({ name }) => name);
  const missing = guards.filter((guard) => guard.verdict === 'not-measured' && GUARDS[guard.name].required);
  const last = result.looks.at(-1);
  const detectable =
    detectableDifference === null
      ? ''
      : ` The last look finds a difference of ${points(detectableDifference)} with a chance of 80 %.`;
  if (verdict === 'wait')
    return `${result.missing} more unexposed decisions are needed for the next look.${detectable}`;
  if (last?.verdict !== 'promote') {
    return verdict === 'not-enough-evidence'
      ? `The two differ on ${discordantOf(result)} decisions only.${detectable}`
      : `The candidate is not shown to choose better.${detectable}`;
  }
  if (failed.length > 0) return `It chooses better, but is worse at: ${failed.join(', ')}.`;
  if (missing.length > 0)
    return `It chooses better, but this was not measured: ${missing.map(({ name }) => name).join(', ')}.`;
  if (clusterBound !== null && clusterBound <= 0) return 'It chooses better in some repositories only.';
  return 'It chooses better, and is no worse at anything that is guarded.';
}

function discordantOf({ looks }: GateResult): number {
  const last = looks.at(-1);
  return last ? last.candidateOnly + last.incumbentOnly : 0;
}

function accuracyTable({ accuracy }: GateReportView): string {
  const rows = accuracy.map(({ name, role, right, decisions }) => {
    const [low, high] = wilson(right, decisions);
    return `| ${name} | ${right} of ${decisions} | ${percent(right / decisions)} | ${percent(low)} to ${percent(high)} | ${role} |`;
  });
  return ['| judge | right | accuracy | 95 % (Wilson) | |', '| --- | --: | --: | --: | --- |', ...rows].join(
    '\n',
  );
}

function figure({ figures }: GateReportView, name: string): string[] {
  const found = figures.find((one) => one.name === name);
  return found ? [`![${found.name}](${found.name}.svg)`, `*${found.caption}*`] : [];
}

function looksTable({ looks }: GateResult): string {
  if (looks.length === 0) return '## Looks\n\nNone yet.';
  const rows = looks.map(
    ({ look, candidateOnly, incumbentOnly, pValue, verdict }) =>
      `| ${look.decisions} | ${candidateOnly} | ${incumbentOnly} | ${pValue.toPrecision(2)} | ${look.alpha} | ${verdict} |`,
  );
  return [
    '## Looks',
    '',
    'One-sided exact McNemar over the decisions that exactly one of the two got right.',
    '',
    '| decisions | only the candidate | only the incumbent | p | level | verdict |',
    '| --: | --: | --: | --: | --: | --- |',
    ...rows,
    '',
    ...looks.map(bar),
  ].join('\n');
}

/** Looking costs: what was spent is gone, whatever the look said. */
function levelText({ result, epoch }: GateReportView): string {
  const all = looksFor(epoch.candidates).reduce((sum, { alpha }) => sum + alpha, 0);
  const spent = result.looks.reduce((sum, { look }) => sum + look.alpha, 0);
  const share =
    epoch.candidates === 1 ? '' : `, a part of the epoch's for each of ${epoch.candidates} candidates`;
  return `Level: ${number(spent)} of ${number(all)} is spent${share}.`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}

const BAR = 40;

/** A plot that every Markdown reader shows: who was right where the two differ. */
function bar({ look, candidateOnly, incumbentOnly }: GateResult['looks'][number]): string {
  const all = candidateOnly + incumbentOnly;
  const ours = all === 0 ? 0 : Math.round((BAR * candidateOnly) / all);
  return [
    '```',
    `${look.decisions} decisions   candidate ${'█'.repeat(ours)}${'░'.repeat(all === 0 ? 0 : BAR - ours)} incumbent`,
    '```',
  ].join('\n');
}

function guardsTable(guards: readonly GuardResult[]): string {
  const rows = guards.map((guard) => {
    const { kind, counts, margin } = GUARDS[guard.name];
    const show = (value: number | null) =>
      value === null ? '' : kind === 'rate' ? percent(value) : value.toPrecision(3);
    const worst =
      guard.worst === null ? '' : kind === 'rate' ? points(guard.worst) : `${guard.worst.toFixed(2)}×`;
    const limit = kind === 'rate' ? points(margin) : `${margin}×`;
    return `| ${guard.name} | ${counts} | ${show(guard.candidate)} | ${show(guard.incumbent)} | ${worst} | ${limit} | ${guard.verdict} |`;
  });
  return [
    '## Guards',
    '',
    'How much worse the candidate may be at 95 % confidence, and how much worse it may be at most.',
    '',
    '| guard | of | candidate | incumbent | at worst | margin | |',
    '| --- | --- | --: | --: | --: | --: | --- |',
    ...rows,
  ].join('\n');
}

/** Dollars are reported and decide nothing: one large task would outweigh all the others. */
function sweLancerText({ verdict, sweLancer }: GateReportView): string[] {
  if (verdict === 'wait') return [];
  if (sweLancer === null) return ['SWE-Lancer Manager was not checked: SWE_LANCER_FILE is not set.'];
  const score = ({ right, tasks, earned, offered }: BenchmarkScore) =>
    `${right} of ${tasks} tasks, earn rate ${offered === 0 ? '–' : percent(earned / offered)}`;
  return [
    `SWE-Lancer Manager: the candidate ${score(sweLancer.candidate)}; the incumbent ${score(sweLancer.incumbent)}. Only the tasks count for the guard.`,
  ];
}

function footer({ epoch, clusterBound, at }: GateReportView): string {
  const left = Math.max(0, epoch.candidates - epoch.used);
  const clusters =
    clusterBound === null ? '' : ` Over repositories the difference is above ${points(clusterBound)}.`;
  return `Holdout epoch ${epoch.id}: ${epoch.used} of ${epoch.candidates} candidates judged, ${left} left.${clusters} Unexposed labels only. ${at}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function points(share: number): string {
  return `${(100 * share).toFixed(1)} points`;
}
