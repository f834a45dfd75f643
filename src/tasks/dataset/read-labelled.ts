/** Labelled snapshots as the dataset stage takes them, page by page: memory does not grow with their number. */
import { readPrice } from '../../pipeline/command/price.ts';
import { isErased } from '../../pipeline/dataset/erase.ts';
import type { DecidedWords, DistilledWords, LabelledThread } from '../../pipeline/dataset/labelled-thread.ts';
import type { SelectionFacts } from '../../pipeline/dataset/selection.ts';
import { restoreNumbers, shownIds } from '../../pipeline/judge/prompt/order.ts';
import type { Db } from '../../ports.ts';
import type { SnapshotFlag } from '../../schema/index.ts';
import { datasetStore, erasureStore } from '../../store/index.ts';
import { storedConfig } from '../support/repository-config.ts';
import { consentOf } from '../support/training-consent.ts';

const PAGE_SIZE = 100;

/** Texts that were changed when the outcome was known may tell it; what stood there before may be kept back. */
const LEAKS: ReadonlySet<SnapshotFlag> = new Set([
  'edited-after-signal',
  'issue-edited-after-signal',
  'history-unreadable',
]);

export interface LabelledItem {
  readonly thread: LabelledThread;
  readonly facts: SelectionFacts;
  readonly issue: { readonly id: number; readonly repositoryId: number; readonly number: number };
}

export async function* readLabelled(
  db: Db,
  operatorConsent: boolean,
  signal?: AbortSignal,
): AsyncGenerator<LabelledItem> {
  const forgotten = await erasureStore.forgottenUsers(db);
  let after: string | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const page: datasetStore.LabelledRecord[] = await datasetStore.labelledPage(db, after, PAGE_SIZE);
    for (const record of page) yield toItem(record, operatorConsent, forgotten);
    const last = page.at(-1);
    if (!last) return;
    after = last.label.id;
  }
}

function toItem(
  record: datasetStore.LabelledRecord,
  operatorConsent: boolean,
  forgotten: ReadonlySet<string>,
): LabelledItem {
  const { repository, issue, snapshot, label } = record;
  const { config } = storedConfig(repository);
  const authors = snapshot.input.candidates.map(({ authorLogin }) => authorLogin);
  return {
    issue: { id: issue.id, repositoryId: repository.id, number: issue.number },
    thread: {
      snapshotId: snapshot.id,
      snapshotHash: snapshot.hash,
      input: snapshot.input,
      origin: snapshot.origin,
      flags: snapshot.flags,
      logins: [...authors, issue.authorLogin ?? '', ...record.signals.map(({ actorLogin }) => actorLogin)],
      label: {
        id: label.id,
        best: label.proposalNumber,
        reasonClass: label.reasonClass,
        confidence: label.confidence,
        exposed: label.exposed,
        signalIds: label.signalIds,
      },
      reason: reasonOf(record),
      decision: decidedWords(record),
      distilled: record.distilled.map(distilledWords),
      changedNames: changedNamesOf(record),
      price: priceOf(record, config.price_pattern),
    },
    facts: {
      consent: consentOf(repository, record.installationConsent, operatorConsent),
      label,
      droppedNumbers: record.droppedNumbers,
      forgottenAuthor: authors.some((login) => forgotten.has(erasureStore.userHash(login))),
      leaked: snapshot.flags.some((flag) => LEAKS.has(flag)),
    },
  };
}

/** The title that was judged may have lost its price: what tells the outcome is taken out of saved threads. */
function priceOf({ snapshot, issue }: datasetStore.LabelledRecord, pattern: string): number {
  return readPrice(snapshot.input.issue.title, pattern) ?? readPrice(issue.title, pattern) ?? 0;
}

/** Of the first merged pull request for the label that nothing took back; later ones are follow-ups. */
function changedNamesOf({ signals, label, changes }: datasetStore.LabelledRecord): readonly string[] | null {
  const standing = signals.filter((signal) => signal.withdrawnAt === null);
  const reverted = new Set(
    standing.filter(({ source }) => source === 'reverted').map(({ pullNumber }) => pullNumber),
  );
  const merge = standing
    .filter(({ source, proposalNumber }) => source === 'merge' && proposalNumber === label.proposalNumber)
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
    .find(({ pullNumber }) => pullNumber !== null && !reverted.has(pullNumber));
  return changes.get(merge?.pullNumber ?? 0) ?? null;
}

/** The latest reason that a maintainer gave for the label. */
function reasonOf({ signals, label }: datasetStore.LabelledRecord): string | null {
  const agreeing = signals.filter(
    (signal) => signal.withdrawnAt === null && signal.proposalNumber === label.proposalNumber,
  );
  return (
    agreeing
      .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
      .findLast(({ reason }) => reason && !isErased(reason))?.reason ?? null
  );
}

function decidedWords({ decision, winningVote }: datasetStore.LabelledRecord): DecidedWords | null {
  if (decision === null) return null;
  return {
    id: decision.id,
    judge: decision.judge,
    model: decision.model,
    chosen: decision.chosen,
    explanation: decision.explanation,
    golden: decision.goldenProposal,
    // A vote speaks of the ids it was shown; everything else speaks of the proposals' numbers.
    thinking: restoreNumbers(winningVote?.thinking ?? '', shownIds(winningVote?.shownOrder ?? [])),
  };
}

function distilledWords(answer: datasetStore.LabelledRecord['distilled'][number]): DistilledWords {
  return {
    id: answer.id,
    model: answer.model,
    sampledFor: answer.sampledFor,
    outcome: answer.outcome,
    chosen: answer.chosen,
    explanation: answer.explanation ?? '',
    golden: answer.goldenProposal ?? '',
    thinking: answer.thinking ?? '',
  };
}
