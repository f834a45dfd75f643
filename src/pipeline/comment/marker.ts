import { createHmac, timingSafeEqual } from 'node:crypto';
import { InputError } from '../../errors.ts';
import type { MarkerKind } from '../../schema/outbox.ts';

/**
 * The signed line at the end of each of our comments. It binds what the comment is for to the issue it was
 * written on, so that it cannot be copied elsewhere; the body is left out because ticking a box rewrites it.
 * A placeholder is of kind `decision` with its run's id, and becomes the decision by an edit.
 */
export interface Marker {
  readonly kind: MarkerKind;
  readonly id: string;
}

/** Where a comment stands. */
export interface MarkerPlace {
  /** GitHub's numeric repository id, which survives a rename. */
  readonly repositoryId: number;
  readonly issueNumber: number;
}

export interface MarkerKey {
  readonly id: string;
  readonly secret: string;
}

export interface MarkerScope extends MarkerPlace {
  /** Every key that may have signed; several while a secret is being replaced. */
  readonly keys: readonly MarkerKey[];
}

const KINDS: Readonly<Record<MarkerKind, true>> = {
  decision: true,
  notice: true,
  status: true,
  help: true,
  refusal: true,
  config: true,
};
/** Run ids, and ids with a login in them, such as `refusal-12-renovate[bot]`. */
const ID = /^[A-Za-z0-9_.:[\]-]{1,120}$/;
const START = '<!-- swe-manager:';
const MARKER =
  /^<!-- swe-manager:v1 kind=([a-z]{1,20}) id=([A-Za-z0-9_.:[\]-]{1,120}) key=([A-Za-z0-9_.-]{1,64}) sig=([A-Za-z0-9_-]{43}) -->$/;
/** A marker's greatest length with the blank line before it, in characters. */
export const MARKER_ROOM = 320;

function isKind(text: string): text is MarkerKind {
  return Object.hasOwn(KINDS, text);
}

/** JSON of an array is unambiguous: no value can run into its neighbour. */
function signatureOf(marker: Marker, place: MarkerPlace, key: MarkerKey): Buffer {
  const { repositoryId, issueNumber } = place;
  const signed = JSON.stringify([
    'swe-manager:v1',
    marker.kind,
    marker.id,
    repositoryId,
    issueNumber,
    key.id,
  ]);
  return createHmac('sha256', key.secret).update(signed).digest();
}

/** @throws InputError when the id cannot stand in a marker, or the key has no secret. */
export function signMarker(marker: Marker & MarkerPlace, key: MarkerKey): string {
  if (!ID.test(marker.id) || !/^[A-Za-z0-9_.-]{1,64}$/.test(key.id) || key.secret === '') {
    throw new InputError(
      `A comment marker cannot hold the id ${JSON.stringify(marker.id)} with the key ${JSON.stringify(key.id)}.`,
      'Use letters, digits, "_", ".", ":", "-" and brackets in ids, and a key with a secret.',
    );
  }
  const signature = signatureOf(marker, marker, key).toString('base64url');
  return `<!-- swe-manager:v1 kind=${marker.kind} id=${marker.id} key=${key.id} sig=${signature} -->`;
}

/** `body` with the marker where `readMarker` looks for it. */
export function endWithMarker(body: string, marker: string): string {
  return `${body.trimEnd()}\n\n${marker}`;
}

/** Whether a code fence is still open at the end of `text`, so that what follows would be shown as code. */
function endsInsideFence(text: string): boolean {
  let open = '';
  for (const line of text.split('\n')) {
    const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined) continue;
    if (open === '') open = fence;
    else if (fence.startsWith(open) && line.trim() === fence) open = '';
  }
  return open !== '';
}

/** The marker's line when it is the last of the body, at its start, and not shown as code. */
function lastLine(body: string): string | null {
  const text = body.trimEnd();
  const at = text.lastIndexOf(START);
  if (at === -1 || (at > 0 && text.charAt(at - 1) !== '\n')) return null;
  return endsInsideFence(text.slice(0, at).replaceAll('\r', '')) ? null : text.slice(at);
}

/** Whether a comment ends like one of this App's, of whatever installation: nobody checks its signature. */
export function bearsMarker(body: string): boolean {
  return MARKER.test(lastLine(body) ?? '');
}

/** The marker at the very end of `body` if one of the keys signed it for this place, else null. */
export function readMarker(body: string, scope: MarkerScope): Marker | null {
  const [, kind, id, keyId, signature] = MARKER.exec(lastLine(body) ?? '') ?? [];
  if (kind === undefined || id === undefined || signature === undefined || !isKind(kind)) return null;
  const given = Buffer.from(signature, 'base64url');
  for (const key of scope.keys) {
    if (key.id !== keyId || key.secret === '') continue;
    const wanted = signatureOf({ kind, id }, scope, key);
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) return { kind, id };
  }
  return null;
}

/**
 * The marker of a comment that is ours, else null: our App wrote it **and** the signature holds. Neither is
 * enough, since maintainers can edit a marker into another comment of an App, and anyone can copy one.
 */
export function isOwn(
  comment: { readonly appId: number | null; readonly body: string },
  ownAppId: number,
  scope: MarkerScope,
): Marker | null {
  return comment.appId === ownAppId ? readMarker(comment.body, scope) : null;
}
