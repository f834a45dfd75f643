import { describe, expect, it } from 'vitest';
import {
  endWithMarker,
  isOwn,
  MARKER_ROOM,
  readMarker,
  signMarker,
} from '../../../src/pipeline/comment/marker.ts';

const key = { id: 'k1', secret: 'first secret' };
const newer = { id: 'k2', secret: 'second secret' };
const place = { repositoryId: 11, issueNumber: 7 };
const scope = { ...place, keys: [key] };
const marker = signMarker({ kind: 'decision', id: 'run-1', ...place }, key);
const body = endWithMarker('## Proposal 2 is the choice', marker);

describe('signMarker', () => {
  it('writes one line that says what the comment is for', () => {
    expect(marker).toMatch(/^<!-- swe-manager:v1 kind=decision id=run-1 key=k1 sig=[\w-]{43} -->$/);
  });

  it('takes ids that hold a bot login', () => {
    const refusal = signMarker({ kind: 'refusal', id: 'refusal-12-renovate[bot]', ...place }, key);
    expect(readMarker(refusal, scope)).toEqual({ kind: 'refusal', id: 'refusal-12-renovate[bot]' });
  });

  it('stays within the room that bodies leave for it', () => {
    const longest = signMarker(
      { kind: 'decision', id: 'x'.repeat(120), ...place },
      { id: 'k'.repeat(64), secret: 's' },
    );
    expect(endWithMarker('', longest).length).toBeLessThanOrEqual(MARKER_ROOM);
  });

  it.each(['', 'a b', 'a-->', 'a\n', 'x'.repeat(121)])('refuses the id %j', (id) => {
    expect(() => signMarker({ kind: 'notice', id, ...place }, key)).toThrow(/cannot hold the id/);
  });

  it('refuses an empty secret', () => {
    expect(() => signMarker({ kind: 'notice', id: 'a', ...place }, { id: 'k', secret: '' })).toThrow();
  });
});

describe('readMarker', () => {
  it('reads what was signed, with white space after it and GitHub line ends', () => {
    expect(readMarker(body, scope)).toEqual({ kind: 'decision', id: 'run-1' });
    expect(readMarker(`${body} \r\n\n`, scope)).toEqual({ kind: 'decision', id: 'run-1' });
    expect(readMarker(body.replaceAll('\n', '\r\n'), scope)).toEqual({ kind: 'decision', id: 'run-1' });
  });

  it('survives a tick, since the body is not signed', () => {
    expect(readMarker(body.replace('choice', 'choice!'), scope)).not.toBeNull();
  });

  it('accepts an old key while it is still listed', () => {
    expect(readMarker(body, { ...place, keys: [newer, key] })).not.toBeNull();
    expect(readMarker(body, { ...place, keys: [newer] })).toBeNull();
    expect(readMarker(body, { ...place, keys: [] })).toBeNull();
  });

  const last = marker.at(-6) === 'A' ? 'B' : 'A';
  const forgeries: Record<string, string> = {
    'another id': body.replace('id=run-1', 'id=run-2'),
    'another kind': body.replace('kind=decision', 'kind=notice'),
    'an unknown kind': body.replace('kind=decision', 'kind=constructor'),
    'another key id': body.replace('key=k1', 'key=k2'),
    'a truncated signature': body.replace(/(sig=.{20}).*( -->)/, '$1$2'),
    'an empty signature': body.replace(/sig=.*( -->)/, 'sig=$1'),
    'a changed signature': body.replace(/(sig=.{10}).(.*)/, `$1${last}$2`),
    'text after it': `${body}\nand more`,
    'text before it on its line': `x ${marker}`,
    'inline code': `\`${marker}\``,
    'a closed fence': `\`\`\`\n${marker}\n\`\`\``,
    'an open fence': `\`\`\`\`\n\`\`\`\n${marker}`,
    'an indented line': `a\n\n    ${marker}`,
    'a quote': `> ${marker}`,
    'no body': '',
  };
  it.each(Object.entries(forgeries))('refuses %s', (_name, forged) => {
    expect(readMarker(forged, scope)).toBeNull();
  });

  it('refuses a marker moved to another issue or repository', () => {
    expect(readMarker(body, { ...scope, issueNumber: 8 })).toBeNull();
    expect(readMarker(body, { ...scope, repositoryId: 12 })).toBeNull();
  });

  it('keeps neighbouring numbers apart', () => {
    const one = signMarker({ kind: 'decision', id: 'a', repositoryId: 1, issueNumber: 12 }, key);
    expect(readMarker(one, { repositoryId: 11, issueNumber: 2, keys: [key] })).toBeNull();
  });

  it('lets only the last of two markers count', () => {
    const forged = marker.replace('run-1', 'run-2');
    expect(readMarker(`${forged}\n\n${marker}`, scope)).toEqual({ kind: 'decision', id: 'run-1' });
    expect(readMarker(`${marker}\n\n${forged}`, scope)).toBeNull();
    expect(readMarker(`${marker} ${marker}`, scope)).toBeNull();
  });
});

describe('isOwn', () => {
  it('wants our App and the signature', () => {
    expect(isOwn({ appId: 5, body }, 5, scope)).toEqual({ kind: 'decision', id: 'run-1' });
    expect(isOwn({ appId: 6, body }, 5, scope)).toBeNull();
    expect(isOwn({ appId: null, body }, 5, scope)).toBeNull();
    expect(isOwn({ appId: 5, body: 'hello' }, 5, scope)).toBeNull();
  });
});
