import { describe, expect, it } from 'vitest';
import { parseCommentReference, resolveWhich } from '../../../src/pipeline/command/which.ts';

const proposal = (number: number, authorLogin: string, commentId: number) => ({
  number,
  authorLogin,
  commentId,
  url: `https://github.com/acme/shop/issues/7#issuecomment-${commentId}`,
});
const proposals = [
  proposal(1, 'Ada', 11),
  proposal(3, 'bob', 33),
  proposal(4, 'ada', 44),
  proposal(5, 'helper[bot]', 55),
];

describe('resolveWhich', () => {
  it.each([
    ['3', 3],
    ['#3', 3],
    ['@bob', 3],
    ['BOB', 3],
    ['@helper', 5],
    ['helper[bot]', 5],
    ['issuecomment-44', 4],
    ['#issuecomment-44', 4],
    ['https://github.com/acme/shop/issues/7#issuecomment-44', 4],
    ['<https://github.com/old/name/issues/7#issuecomment-44>', 4],
  ])('%s is proposal %i', (which, number) => {
    expect(resolveWhich(which, proposals)).toMatchObject({ ok: true, proposal: { number } });
  });

  it.each([
    ['2', 'There is no proposal 2 here: choose one of 1 (Ada), 3 (bob), 4 (ada), 5 (helper[bot]).'],
    ['@ada', 'ada has several proposals: choose one of 1 (Ada), 4 (ada) by its number.'],
    ['@carol', 'carol has no proposal here: choose one of 1 (Ada), 3 (bob), 4 (ada), 5 (helper[bot]).'],
    [
      'issuecomment-2',
      'Comment 2 is not one of the proposals: choose one of 1 (Ada), 3 (bob), 4 (ada), 5 (helper[bot]).',
    ],
    [
      'the second!',
      'Name a proposal by its number, its author’s login or its comment’s address: choose one of 1 (Ada), 3 (bob), 4 (ada), 5 (helper[bot]).',
    ],
  ])('%s is answered by a sentence', (which, error) => {
    expect(resolveWhich(which, proposals)).toEqual({ ok: false, error });
  });

  it('says so when there are none', () => {
    expect(resolveWhich('1', [])).toEqual({ ok: false, error: 'There are no proposals on this issue yet.' });
  });
});

describe('parseCommentReference', () => {
  it.each([
    '',
    '12',
    'https://github.com/acme/shop/issues/7',
    'https://x.yissuecomment-1',
    'xissuecomment-1',
    'issuecomment-',
    'ftp://x#issuecomment-1',
  ])('refuses %j', (text) => {
    expect(parseCommentReference(text)).toBeNull();
  });
});
