/**
 * An epoch of the holdout: the decisions that candidates are compared on against one incumbent, and a level that is
 * spent once. Whoever has taken a look at them has spent its part, however that ended.
 */
import { InputError } from '../../errors.ts';
import { splitOf } from '../../pipeline/dataset/holdout.ts';
import { LOOKS } from '../../pipeline/promotion/gate.ts';
import type { Db } from '../../ports.ts';
import { holdoutStore, modelStore } from '../../store/index.ts';
import { fairQuestions } from './fair-questions.ts';
import type { LearningContext } from './types.ts';

type Candidate = Pick<modelStore.ModelVersion, 'id' | 'kind' | 'name'>;

const FIRST_LOOK = Math.min(...LOOKS.map(({ decisions }) => decisions));
const MOST_DECISIONS = Math.max(...LOOKS.map(({ decisions }) => decisions));

/**
 * Admits a candidate to the open epoch, or to a new one, and adds the decisions that were labelled since.
 * @param candidates how many may share the level of an epoch that is opened for this one
 * @throws InputError when it is no candidate any more, or another one has the level and waits for its verdict
 */
export async function enterEpoch(
  { db, clock, learning }: LearningContext,
  candidate: Candidate,
  candidates: number,
  signal?: AbortSignal,
): Promise<holdoutStore.HoldoutEpoch> {
  const rule = learning.splitOf ?? splitOf;
  const heldOut = (await holdoutStore.unusedLabels(db)).filter(
    ({ repositoryId, issueNumber }) => rule(repositoryId, issueNumber) === 'holdout',
  );
  // It reads all that was trained on: too long to hold the lock.
  const fair = await fairQuestions(db, heldOut, signal);
  return db.transaction(async (tx) => {
    await modelStore.lockRegistry(tx);
    await assertCandidate(tx, candidate);
    const epoch = await admit(tx, candidate, { candidates, at: clock.now() });
    const unused = new Set((await holdoutStore.unusedLabels(tx)).map(({ snapshotId }) => snapshotId));
    await fill(
      tx,
      epoch.id,
      fair.map(({ snapshotId }) => snapshotId).filter((id) => unused.has(id)),
    );
    return epoch;
  });
}

/**
 * That a comparison may count: while it lasted nobody decided about the candidate, promoted or rolled back another
 * version, or spent the level that it was admitted to.
 * @param tx holds the registry's lock
 */
export async function assertStillAdmitted(
  tx: Db,
  candidate: Candidate,
  epoch: holdoutStore.HoldoutEpoch,
): Promise<void> {
  await assertCandidate(tx, candidate);
  const open = await holdoutStore.openEpoch(tx, candidate.kind);
  if (open?.id === epoch.id && hasRoom(open, await candidatesWithALook(tx, open.id), candidate)) return;
  throw new InputError(
    `While ${candidate.name} was compared, epoch ${epoch.id} of the holdout was ended or used up by another: nothing came of it.`,
    'Put it to the gate again.',
  );
}

/** Those that have spent a part of the epoch's level, with what became of them. */
export async function candidatesWithALook(
  db: Db,
  epochId: number,
): Promise<holdoutStore.ComparedCandidate[]> {
  return holdoutStore.comparedCandidates(db, epochId, FIRST_LOOK);
}

async function assertCandidate(tx: Db, { id }: Candidate): Promise<void> {
  const { name, state } = await modelStore.getModelVersion(tx, id);
  if (state === 'candidate') return;
  throw new InputError(`${name} is ${state}, not a candidate.`, 'Train another version.');
}

async function admit(
  tx: Db,
  candidate: Candidate,
  { candidates, at }: { readonly candidates: number; readonly at: Date },
): Promise<holdoutStore.HoldoutEpoch> {
  const { kind } = candidate;
  const open = await holdoutStore.openEpoch(tx, kind);
  if (open) {
    const compared = await candidatesWithALook(tx, open.id);
    if (hasRoom(open, compared, candidate)) return open;
    const waiting = compared.find(({ state }) => state === 'candidate');
    if (waiting) {
      throw new InputError(
        `No level is left in epoch ${open.id} of the holdout, and ${waiting.name} waits there for its verdict.`,
        `Put ${waiting.name} to the gate until it has one, or retract it: then the next epoch begins, with new labels.`,
      );
    }
    await holdoutStore.closeEpoch(tx, kind, at);
  }
  return holdoutStore.insertEpoch(tx, { kind, candidates, openedAt: at });
}

function hasRoom(
  epoch: holdoutStore.HoldoutEpoch,
  compared: readonly holdoutStore.ComparedCandidate[],
  candidate: Candidate,
): boolean {
  return compared.length < epoch.candidates || compared.some(({ name }) => name === candidate.name);
}

async function fill(tx: Db, epochId: number, snapshotIds: readonly string[]): Promise<void> {
  const there = (await holdoutStore.decisionsOf(tx, epochId)).length;
  await holdoutStore.addDecisions(tx, epochId, snapshotIds.slice(0, Math.max(0, MOST_DECISIONS - there)));
}
