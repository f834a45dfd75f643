import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mineComment } from '../../../../src/pipeline/feedback/mine/mine.ts';
import { PROPOSALS } from './corpus.ts';

const link = (n: number) => `https://github.com/acme/app/issues/77#issuecomment-${1900 + n}`;
const mine = (body: string, proposals = PROPOSALS) =>
  mineComment({ id: 5000, body, authorLogin: 'rev-ito' }, proposals);

describe('mineComment', () => {
  it('says what was said, of whom, by which rule, and how strongly', () => {
    expect(mine(`Let's go with ${link(2)}, the root cause is right.`)).toEqual([
      {
        polarity: 'accept',
        proposalNumber: 2,
        targetCommentId: 1902,
        pointedBy: 'link',
        rule: 'go-with',
        strength: 0.9,
        reasonClass: 'technical',
      },
    ]);
  });

  it('trusts a link more than a name', () => {
    const [byLink] = mine(`Let's go with ${link(2)}`);
    const [byName] = mine("Let's go with @kofi-m's proposal");
    expect(byLink?.strength).toBeGreaterThan(byName?.strength ?? 1);
  });

  it('reads nothing in a comment that is a proposal itself', () => {
    const comment = { id: 1901, body: "I prefer @kofi-m's proposal", authorLogin: 'dana-w' };
    expect(mineComment(comment, PROPOSALS)).toEqual([]);
  });

  it('reads nothing about strangers, empty texts and issues without proposals', () => {
    expect(mine('')).toEqual([]);
    expect(mine("Let's go with @somebody-else's proposal")).toEqual([]);
    expect(mine('LGTM https://github.com/acme/app/issues/9#issuecomment-77')).toEqual([]);
    expect(mine("Let's go with @kofi-m's proposal", [])).toEqual([]);
  });

  it('takes the bows in any spacing, before or after', () => {
    for (const bows of ['🎀👀🎀', '🎀 👀 🎀', '🎀👀 🎀']) {
      expect(mine(`${bows} C+ reviewed\n\n@lucia-r's proposal ${link(3)}`)).toMatchObject([
        { polarity: 'accept', proposalNumber: 3 },
      ]);
      expect(mine(`${link(3)}\n${bows}`)).toMatchObject([{ polarity: 'accept', proposalNumber: 3 }]);
    }
  });

  it('never lets quoted text speak', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3, 4), fc.constantFrom('> ', '    ', '~~~\n'), (n, prefix) => {
        expect(mine(`${prefix}Let's go with ${link(n)}`)).toEqual([]);
      }),
    );
  });

  it('keeps its numbers inside the thread whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.constantFrom('', '@kofi-m ', link(1)),
        (text, who) => {
          for (const signal of mine(`${text}${who}${text} let's go with it`)) {
            expect([null, 1, 2, 3, 4]).toContain(signal.proposalNumber);
            expect(signal.strength).toBeGreaterThan(0);
            expect(signal.strength).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('reads a thread of 60 proposals', () => {
    const many = Array.from({ length: 60 }, (_, index) => ({
      number: index + 1,
      commentId: 3000 + index,
      authorLogin: `author-${index}x`,
    }));
    const body = `I prefer @author-41x over @author-4x.\n\nC+ reviewed`;
    expect(mine(body, many)).toMatchObject([
      { polarity: 'accept', proposalNumber: 42 },
      { polarity: 'reject', proposalNumber: 5 },
    ]);
  });
});
