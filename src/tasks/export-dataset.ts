/** Streams labelled decisions as training rows, page by page, so that memory does not grow with the dataset. */

import { readPrice } from '../pipeline/command/price.ts';
import {
  defaultRepositoryConfig,
  type RepositoryConfig,
  repositoryConfigSchema,
} from '../pipeline/command/repository-config.ts';
import { hasConsent } from '../pipeline/dataset/consent.ts';
import {
  buildRow,
  type DatasetFormat,
  type DatasetRow,
  type LabelledDecision,
} from '../pipeline/dataset/row.ts';
import type { Db } from '../ports.ts';
import { datasetStore } from '../store/index.ts';

const PAGE_SIZE = 200;

export interface ExportOptions {
  readonly format: DatasetFormat;
  /** The operator's default for public repositories. */
  readonly trainingConsent: boolean;
}

/** Why a labelled decision is not in the export. */
export type SkipReason = 'no-consent' | 'deleted-comment' | 'no-target';

export type ExportEvent =
  | { readonly kind: 'row'; readonly row: DatasetRow }
  | { readonly kind: 'skipped'; readonly reason: SkipReason };

export async function* exportDataset(db: Db, options: ExportOptions): AsyncGenerator<ExportEvent> {
  let after: string | null = null;
  for (;;) {
    const page: datasetStore.LabelledRecord[] = await datasetStore.labelledPage(db, after, PAGE_SIZE);
    for (const record of page) {
      const reason = skipReason(record, options);
      yield reason
        ? { kind: 'skipped', reason }
        : { kind: 'row', row: buildRow(toLabelledDecision(record), options.format) };
    }
    const last = page.at(-1);
    if (!last) return;
    after = last.label.id;
  }
}

function skipReason(record: datasetStore.LabelledRecord, options: ExportOptions): SkipReason | null {
  const { repository, snapshot, label } = record;
  const configured =
    (repository.config as { training?: { consent?: boolean } } | null)?.training?.consent ?? null;
  if (
    !hasConsent({ isPrivate: repository.isPrivate, configuredConsent: configured }, options.trainingConsent)
  ) {
    return 'no-consent';
  }
  const judged = new Set(snapshot.input.candidates.map((candidate) => candidate.number));
  if (record.droppedNumbers.some((number) => judged.has(number))) return 'deleted-comment';
  // Knowing only what is wrong, or a proposal that came after the snapshot, gives no target to learn.
  if (label.verdict === 'not-the-choice') return 'no-target';
  if (label.proposalNumber !== null && !judged.has(label.proposalNumber)) return 'no-target';
  return null;
}

function configOf({ repository }: datasetStore.LabelledRecord): RepositoryConfig {
  const stored = repositoryConfigSchema.safeParse(repository.config ?? {});
  return stored.success ? stored.data : defaultRepositoryConfig;
}

function toLabelledDecision(record: datasetStore.LabelledRecord): LabelledDecision {
  const { decision, snapshot, label } = record;
  return {
    decisionId: decision.id,
    snapshotId: snapshot.id,
    snapshotHash: snapshot.hash,
    input: snapshot.input,
    best: label.proposalNumber,
    reasonClass: label.reasonClass,
    weight: label.confidence,
    exposed: label.exposed,
    labelId: label.id,
    signalIds: label.signalIds,
    judged: {
      chosen: decision.chosen,
      explanation: decision.explanation,
      goldenProposal: decision.goldenProposal,
      thinking: record.thinking ?? '',
      model: decision.model,
    },
    reason: record.reason,
    price: readPrice(snapshot.input.issue.title, configOf(record).price_pattern) ?? 0,
  };
}
