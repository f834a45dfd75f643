/**
 * The rule by which signals become the label of a snapshot (docs/feedback.md tells it in words).
 *
 * The highest kind of evidence that names an answer decides: review, merge, assignment, command, comment, reaction.
 * Everything else that stands agrees or objects, which moves the confidence; delayed outcomes lower it.
 */
import type { ReasonClass, SignalSource } from '../../schema/feedback.ts';
import { classOf } from './reason-class.ts';
import { rankOf } from './weights.ts';

export interface LabelSignal {
  readonly id: string;
  readonly source: SignalSource;
  readonly polarity: 'accept' | 'override' | 'reject';
  /** The proposal it speaks about; null: see `signals.polarity`. */
  readonly proposalNumber: number | null;
  readonly rule: string | null;
  readonly reasonClass: ReasonClass | null;
  readonly weight: number;
  readonly exposed: boolean;
  readonly ownProposal: boolean;
  readonly actorLogin: string;
  readonly pullNumber: number | null;
  readonly withdrawn: boolean;
  readonly createdAt: Date;
}

/** What the label is about. */
export interface LabelContext {
  /** Numbers of the snapshot's candidates. */
  readonly candidates: readonly number[];
  /** What our decision on it chose; null when it abstained or there is none. */
  readonly choice: number | null;
}

export interface ResolvedLabel {
  readonly verdict: 'proposal' | 'none-acceptable' | 'not-the-choice';
  readonly proposalNumber: number | null;
  readonly outsideSnapshot: boolean;
  readonly reasonClass: ReasonClass;
  readonly decidedBy: SignalSource;
  /** 0 to 1. */
  readonly confidence: number;
  readonly conflict: boolean;
  /** False when the first signal for this answer came before anybody could see our choice. */
  readonly exposed: boolean;
  readonly ownProposal: boolean;
  readonly firstSignalAt: Date;
  readonly signalIds: readonly string[];
}

/** What an outcome leaves of the confidence in the merge that it undoes. */
const OUTCOME_FACTOR: Partial<Record<SignalSource, number>> = { reverted: 0.3, reopened: 0.6 };
/** A signal never convinces alone by its whole weight, and an objection counts half. */
const AGREEMENT = 0.9;
const OBJECTION = 0.5;
const LEAST = 0.02;
const MOST = 0.99;

/** @returns null while no signal stands. */
export function resolveLabel(all: readonly LabelSignal[], context: LabelContext): ResolvedLabel | null {
  const standing = all
    .filter((signal) => !signal.withdrawn)
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  const outcomes = standing.filter(isOutcome);
  const evidence = standing.filter((signal) => !isOutcome(signal));
  const [first] = evidence;
  if (!first) return null;
  const deciding = decidingOf(evidence, outcomes);
  const rest =
    deciding === null ? refused(evidence, context) : accepted(deciding, evidence, outcomes, context);
  return { ...rest, firstSignalAt: first.createdAt, signalIds: standing.map((signal) => signal.id) };
}

type Resolution = Omit<ResolvedLabel, 'firstSignalAt' | 'signalIds'>;

const isOutcome = ({ source }: LabelSignal): boolean => source === 'reverted' || source === 'reopened';
const isPositive = ({ polarity }: LabelSignal): boolean => polarity !== 'reject';

/**
 * The signal whose answer becomes the label. Within a kind the last word counts, but for merges: the first one that
 * nothing undid, because later ones are follow-ups.
 */
function decidingOf(evidence: readonly LabelSignal[], outcomes: readonly LabelSignal[]): LabelSignal | null {
  const positive = evidence.filter(isPositive);
  const top = Math.max(...positive.map(rankOf));
  const leading = positive.filter((signal) => rankOf(signal) === top);
  if (leading[0]?.source !== 'merge') return leading.at(-1) ?? null;
  return (
    leading.find((merge) => !outcomes.some((outcome) => undoes(outcome, merge))) ?? leading.at(-1) ?? null
  );
}

function undoes(outcome: LabelSignal, merge: LabelSignal): boolean {
  if (outcome.createdAt < merge.createdAt) return false;
  return outcome.pullNumber === null
    ? outcome.proposalNumber === merge.proposalNumber
    : outcome.pullNumber === merge.pullNumber;
}

function accepted(
  deciding: LabelSignal,
  evidence: readonly LabelSignal[],
  outcomes: readonly LabelSignal[],
  { candidates, choice }: LabelContext,
): Resolution {
  const number = deciding.proposalNumber;
  const agreeing = evidence.filter((signal) => isPositive(signal) && signal.proposalNumber === number);
  const objecting = evidence.filter((signal) => objects(signal, number, choice, agreeing));
  const undone = outcomes.filter((outcome) => outcome.proposalNumber === number);
  const verdict = number === null ? 'none-acceptable' : 'proposal';
  return {
    verdict,
    proposalNumber: number,
    outsideSnapshot: number !== null && !candidates.includes(number),
    reasonClass: classOf({ verdict, deciding, agreeing, evidence }),
    decidedBy: deciding.source,
    confidence: confidenceOf(agreeing, objecting, undone),
    conflict: objecting.length > 0 || undone.length > 0,
    exposed: agreeing[0]?.exposed ?? deciding.exposed,
    ownProposal: agreeing.every((signal) => signal.ownProposal),
  };
}

/** Another answer objects; so does a refusal of this one, unless the same person took it back by approving later. */
function objects(
  signal: LabelSignal,
  number: number | null,
  choice: number | null,
  agreeing: readonly LabelSignal[],
): boolean {
  if (isPositive(signal)) return signal.proposalNumber !== number;
  const target = signal.proposalNumber ?? choice;
  if (number === null || target !== number) return false;
  return !agreeing.some(
    (later) => later.actorLogin === signal.actorLogin && later.createdAt > signal.createdAt,
  );
}

/** Only refusals stand: all candidates refused means that none will do, less is no answer yet. */
function refused(evidence: readonly LabelSignal[], { candidates, choice }: LabelContext): Resolution {
  const targets = new Set(evidence.map((signal) => signal.proposalNumber ?? choice));
  const isAll = candidates.length > 0 && candidates.every((number) => targets.has(number));
  const verdict = isAll ? 'none-acceptable' : 'not-the-choice';
  const deciding = evidence.toSorted((a, b) => rankOf(b) - rankOf(a))[0] as LabelSignal;
  return {
    verdict,
    proposalNumber: null,
    outsideSnapshot: false,
    reasonClass: classOf({ verdict, deciding, agreeing: evidence, evidence }),
    decidedBy: deciding.source,
    // A chain of refusals is as sure as its weakest one.
    confidence: isAll
      ? Math.min(...candidates.map((number) => confidenceOf(refusalsOf(evidence, number, choice), [], [])))
      : confidenceOf(evidence, [], []),
    conflict: false,
    exposed: evidence[0]?.exposed ?? false,
    ownProposal: false,
  };
}

function refusalsOf(evidence: readonly LabelSignal[], number: number, choice: number | null): LabelSignal[] {
  return evidence.filter((signal) => (signal.proposalNumber ?? choice) === number);
}

/** Independent voices that agree, lowered by every voice that does not and by what happened later. */
function confidenceOf(
  agreeing: readonly LabelSignal[],
  objecting: readonly LabelSignal[],
  undone: readonly LabelSignal[],
): number {
  const doubt = product(agreeing.map(({ weight }) => 1 - AGREEMENT * weight));
  const resistance = product(objecting.map(({ weight }) => 1 - OBJECTION * weight));
  const outcome = product(undone.map(({ source }) => OUTCOME_FACTOR[source] ?? 1));
  return Math.min(MOST, Math.max(LEAST, (1 - doubt) * resistance * outcome));
}

function product(factors: readonly number[]): number {
  return factors.reduce((all, factor) => all * factor, 1);
}
