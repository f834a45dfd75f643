import type { Thread } from '../thread/types.ts';
import { detectProposals } from './detect.ts';
import { DEFAULT_HEADINGS, type TemplateHeadings } from './headings.ts';

export interface LabelledThread {
  /** Threads without listed candidates are left out: there is nothing to compare with. */
  readonly thread: Thread;
  /** Ids of the comments that maintainers accepted. */
  readonly acceptedIds: readonly number[];
}

/** How well the rule finds what threads list as candidates. Shares are 0 to 1, null when they divide by zero. */
export interface DetectionReport {
  readonly threads: number;
  readonly comments: number;
  /** Comments that the threads do not list: without any, precision says nothing. */
  readonly unlisted: number;
  readonly listed: number;
  readonly detected: number;
  /** Detected and listed. */
  readonly correct: number;
  readonly recall: number | null;
  readonly precision: number | null;
  readonly accepted: number;
  readonly acceptedDetected: number;
  readonly acceptedRecall: number | null;
  /** Listed comments that the rule does not find. */
  readonly missed: readonly { readonly url: string; readonly accepted: boolean }[];
  /** Comments that the rule finds and the thread does not list. */
  readonly extra: readonly { readonly url: string }[];
}

/** Runs the rule on threads as if they listed nothing, and compares. */
export function detectionReport(
  labelled: readonly LabelledThread[],
  headings: TemplateHeadings = DEFAULT_HEADINGS,
): DetectionReport {
  const rows = labelled.flatMap(({ thread, acceptedIds }) => compare(thread, acceptedIds, headings));
  const listed = rows.filter((row) => row.listed);
  const detected = rows.filter((row) => row.detected);
  const correct = listed.filter((row) => row.detected);
  const accepted = rows.filter((row) => row.accepted);
  const acceptedDetected = accepted.filter((row) => row.detected);
  return {
    threads: labelled.filter(({ thread }) => thread.listedCandidateIds !== null).length,
    comments: rows.length,
    unlisted: rows.length - listed.length,
    listed: listed.length,
    detected: detected.length,
    correct: correct.length,
    recall: share(correct.length, listed.length),
    precision: share(correct.length, detected.length),
    accepted: accepted.length,
    acceptedDetected: acceptedDetected.length,
    acceptedRecall: share(acceptedDetected.length, accepted.length),
    missed: listed.filter((row) => !row.detected).map(({ url, accepted }) => ({ url, accepted })),
    extra: detected.filter((row) => !row.listed).map(({ url }) => ({ url })),
  };
}

interface Row {
  readonly url: string;
  readonly listed: boolean;
  readonly detected: boolean;
  readonly accepted: boolean;
}

function compare(thread: Thread, acceptedIds: readonly number[], headings: TemplateHeadings): Row[] {
  if (thread.listedCandidateIds === null) {
    return [];
  }
  const listed = new Set(thread.listedCandidateIds);
  const accepted = new Set(acceptedIds);
  const found = detectProposals({ ...thread, listedCandidateIds: null }, { headings, ownAppId: null });
  const detected = new Set(found.map(({ comment }) => comment.id));
  return thread.comments.map(({ id, url }) => ({
    url,
    listed: listed.has(id),
    detected: detected.has(id),
    accepted: accepted.has(id),
  }));
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
