/** The dataset card: README.md with the YAML that the Hugging Face hub reads (https://huggingface.co/docs/hub/datasets-cards). */
import { stringify } from 'yaml';
import type { DatasetManifest, Split } from '../../schema/index.ts';
import { DATASET_FORMATS, type DatasetFormat } from './formats.ts';

const SPLITS = ['train', 'holdout'] as const satisfies readonly Split[];

export function datasetCard(manifest: DatasetManifest): string {
  return `---\n${stringify(frontMatter(manifest))}---\n\n${bodyOf(manifest)}`;
}

function frontMatter(manifest: DatasetManifest): object {
  return {
    pretty_name: `SWE-Manager decisions, version ${manifest.version}`,
    language: ['en'],
    license: 'other',
    task_categories: ['text-generation'],
    tags: [
      'github-issues',
      'proposal-selection',
      'preference',
      ...(manifest.contaminated ? ['contaminated'] : []),
    ],
    size_categories: [sizeCategory(manifest.rows)],
    configs: DATASET_FORMATS.map((format) => ({
      config_name: format,
      data_files: filesOf(manifest, format).map(({ split, path }) => ({ split, path })),
    })).filter(({ data_files }) => data_files.length > 0),
  };
}

/** Where a directory holds the rows of a format; a split without rows has no file. */
export function filesOf(manifest: DatasetManifest, format: DatasetFormat): { split: Split; path: string }[] {
  return SPLITS.filter((split) => manifest.splits[split][format === 'dpo' ? 'pairs' : 'rows'] > 0).map(
    (split) => ({ split, path: `${format}/${split}.jsonl` }),
  );
}

/** The hub's own steps. */
function sizeCategory(rows: number): string {
  const steps = [
    [1_000, 'n<1K'],
    [10_000, '1K<n<10K'],
    [100_000, '10K<n<100K'],
    [1_000_000, '100K<n<1M'],
  ] as const;
  return steps.find(([most]) => rows < most)?.[1] ?? '1M<n<10M';
}

function bodyOf(manifest: DatasetManifest): string {
  const { query, counts, splits } = manifest;
  return `# SWE-Manager decisions, version ${manifest.version}

Issues with competing proposals, and which of them the maintainers chose. Built ${manifest.builtAt} by SWE-Manager ${manifest.codeVersion}, prompt ${manifest.promptVersion}.
${warning(manifest)}
| split | rows | of them with a worse answer | threads |
|---|---|---|---|
| train | ${splits.train.rows} | ${splits.train.pairs} | ${splits.train.snapshots} |
| holdout | ${splits.holdout.rows} | ${splits.holdout.pairs} | ${splits.holdout.snapshots} |

## What a row is

One thread with its proposals in one order; a thread comes in up to ${query.permutations} orders, all in the same split. \`messages\` hold what the model is asked (and, for SFT and DPO, the answer to learn), \`best_proposal_id\` the right proposal as numbered in the message, null when none is acceptable. \`weight\` is the confidence in the label, \`exposed\` says that who gave it could have seen a machine's choice before, \`price\` is the issue's pay in US dollars, \`changed_names\` what the merged change touched, null where that is not known. \`provenance\` names the snapshot, the label and the signals behind it.

| format | what it adds |
|---|---|
| sft | the answer as the last message |
| grpo | nothing: rewards compare with the columns |
| dpo | the answer, and \`rejected_response\`; only rows for which a worse answer is known |

## Where it comes from

${list('Threads by the reason of the choice', counts.reasonClass)}
${list('Threads by exposure', counts.exposure)}
${list('Threads by source of the answer', counts.target)}
${list('Labelled threads left out', manifest.leftOut)}
${list('Pieces of text replaced', manifest.redactions)}

## Splits

The holdout is ${Math.round(query.holdoutShare * 100)} % of all issues, drawn by a hash of repository and issue number. It is the same in every version and no version trains on it. Threads that are near-duplicates (similarity ${query.nearDuplicateSimilarity} or more) of a thread in the other split are left out.

## Privacy and consent

Only repositories that consent are in it (default where a public repository says nothing: ${query.operatorConsent}). Logins, mentions and profile links are replaced, secrets, e-mail addresses, phone numbers and IP addresses are masked. Rows whose comments are deleted disappear from exports of this version; it says so by its row count.

## Contamination

${query.decontaminated ? `Threads that touch these benchmarks are left out: ${benchmarkNames(manifest)}.` : `Not decontaminated. Checked against: ${benchmarkNames(manifest)}.`}

Rows hash: \`${manifest.rowsHash}\`
`;
}

function warning({ contaminated }: DatasetManifest): string {
  return contaminated
    ? '\n**This version may hold benchmark tasks. Training refuses it; a model trained on it cannot be compared.**\n'
    : '';
}

function benchmarkNames({ benchmarks }: DatasetManifest): string {
  return benchmarks
    .map(({ name, sha256 }) => (sha256 === null ? name : `${name} (SHA-256 ${sha256.slice(0, 12)}…)`))
    .join(', ');
}

function list(title: string, counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).filter(([, count]) => count > 0);
  const text = entries.map(([name, count]) => `${name} ${count}`).join(', ');
  return `- ${title}: ${text === '' ? 'none' : text}`;
}
