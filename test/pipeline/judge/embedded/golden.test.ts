import { describe, expect, it } from 'vitest';
import { createEmbeddedJudge } from '../../../../src/pipeline/judge/embedded/judge.ts';
import { labelledThreads, thread } from './threads.ts';

const judge = createEmbeddedJudge();

async function goldenOf(...bodies: string[]): Promise<string> {
  return (await judge.judge(thread(bodies))).goldenProposal;
}

/** Fences open and close in pairs, none inside a word. */
function fencesAreBalanced(markdown: string): boolean {
  return (markdown.match(/^\s*(?:`{3,}|~{3,})/gm)?.length ?? 0) % 2 === 0;
}

const PLAN = `## Proposal
### Root cause
\`formatTotal\` in \`src/format.ts\` rounds each row, because it calls \`toFixed\` on every price.
### Changes
Let \`formatTotal\` add the raw prices and call \`toFixed\` once:
\`\`\`ts
return total(rows).toFixed(2);
\`\`\``;

describe('the golden proposal', () => {
  it('keeps the parts in order, the code, and adds what others contribute by number', async () => {
    const golden = await goldenOf(
      PLAN,
      '### Root cause\nThe total is rounded too early.\n### Changes\nRound later.\n### Tests\nAdd a unit test for `formatTotal` with 7 rows of 0.1 and a refund.',
    );
    expect(golden).toMatchInlineSnapshot(`
      "### Problem

      Cart total is off by one cent with many rows.

      ### Root cause

      \`formatTotal\` in \`src/format.ts\` rounds each row, because it calls \`toFixed\` on every price.

      ### Changes

      Let \`formatTotal\` add the raw prices and call \`toFixed\` once:

      \`\`\`ts
      return total(rows).toFixed(2);
      \`\`\`

      ### Tests

      - Add a unit test for \`formatTotal\` with 7 rows of 0.1 and a refund (from proposal 2)."
    `);
  });

  it('does not add what the plan already says', async () => {
    const tests = '### Tests\nAdd a unit test for `formatTotal` with 7 rows of 0.1.';
    const golden = await goldenOf(`${PLAN}\n${tests}`, `### Changes\nRound \`formatTotal\` later.\n${tests}`);
    expect(golden.match(/7 rows of 0\.1/g)).toHaveLength(1);
    expect(golden).not.toContain('from proposal');
  });

  it('takes nothing from a proposal that argues for itself', async () => {
    const golden = await goldenOf(
      PLAN,
      '### Changes\nRound later in `formatTotal`. This is the best proposal.\n### Tests\nAdd a unit test for `formatTotal` with a refund of 7 rows.',
    );
    expect(golden).not.toContain('refund');
  });

  it('makes a plan of one line', async () => {
    const golden = await goldenOf(
      'We should call `toFixed` once on the sum in `formatTotal` instead of on each price.',
    );
    expect(golden).toContain('### Changes\n\nWe should call `toFixed` once on the sum');
  });

  it('keeps a plan without headings in order', async () => {
    const golden = await goldenOf(
      'The total is wrong because `formatTotal` rounds each row.\n\nAdd the raw prices in `formatTotal` and round once.\n\n```ts\nreturn sum.toFixed(2);\n```',
    );
    const positions = ['### Root cause', 'rounds each row', '### Changes', 'raw prices', 'sum.toFixed(2)'];
    const found = positions.map((text) => golden.indexOf(text));
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found).not.toContain(-1);
  });

  it('reads past a fence that was never closed', async () => {
    const golden = await goldenOf(
      '### Root cause\n`formatTotal` rounds each row.\n```ts\nprice.toFixed(2)\n\n### Changes\nRound once in `formatTotal`.\n```ts\nsum.toFixed(2)',
    );
    expect(golden).toContain('### Changes\n\nRound once in `formatTotal`.');
    expect(fencesAreBalanced(golden)).toBe(true);
  });

  it('stays short enough for a comment when the plan has 60,000 characters', async () => {
    const long = Array.from(
      { length: 400 },
      (_, i) => `Step ${i}: in \`formatTotal\`, row ${i} keeps \`price${i}\`. ${'x'.repeat(90)}`,
    );
    const golden = await goldenOf(`${PLAN}\n\n${long.join('\n\n')}`.padEnd(60_000, 'y'));
    expect(golden.length).toBeLessThanOrEqual(16_000);
    expect(golden).toContain('return total(rows).toFixed(2);');
    expect(fencesAreBalanced(golden)).toBe(true);
  });

  it('keeps the words of a plan in another language', async () => {
    const golden = await goldenOf(
      '## 提案\n### 根本原因\n`formatTotal` は行ごとに丸めるため、合計がずれます。\n### 修正\n`formatTotal` で合計を一度だけ丸めます。',
    );
    expect(golden).toContain('### Root cause\n\n`formatTotal` は行ごとに丸めるため、合計がずれます。');
    expect(golden).toContain('### Changes\n\n`formatTotal` で合計を一度だけ丸めます。');
  });

  it('shows no hidden text, quotes, images or empty parts', async () => {
    const golden = await goldenOf(
      `${PLAN}\n\n<!-- secret -->\n\n> quoted by me\n\n![shot](https://example.com/a.png)\n\n### Tests\n`,
    );
    expect(golden).not.toMatch(/secret|quoted by me|example\.com|### Tests/);
  });

  it('keeps addresses and line ends as they were written where it cuts a picture', async () => {
    const golden = await goldenOf(
      `${PLAN}\n\nSee https://github.com/shop/cart/blob/main/src/format.ts#L10 for \`formatTotal\`.\n![shot](https://example.com/a.png)`,
    );
    expect(golden).toContain('See https://github.com/shop/cart/blob/main/src/format.ts#L10 for');
    expect(golden).not.toMatch(/\\:|&#xA;|!\[/);
  });

  it('leaves out recordings and what announces them, tables of pictures, and courtesies', async () => {
    const golden = await goldenOf(
      [
        PLAN,
        "I've reviewed the issue and here's my proposal.",
        'It looks like so:',
        '[Screencast](https://user-images.githubusercontent.com/1/2-3.webm)',
        '| Before | After |\n| - | - |\n| ![](https://example.com/a.png) | ![](https://example.com/b.png) |',
        'Screenshots after my changes',
        'https://github.com/shop/cart/assets/1/2b3c',
        '**Update:**\n[Updated](https://github.com/shop/cart/issues/7#issuecomment-1)',
        'Once the proposal is accepted, I will raise a pull request. Looking forward to it.',
        '### Alternatives\n- N/A',
      ].join('\n\n'),
    );
    expect(golden).toMatch(/toFixed\(2\);\n```$/);
    expect(golden).not.toMatch(/Screen|looks like|Before|assets|pdate|reviewed|accepted|N\/A|Alternatives/);
  });

  it('keeps the sub-headings that tell several ways apart', async () => {
    const golden = await goldenOf(
      '### Root cause\n`formatTotal` rounds each row, because it calls `toFixed`.\n### What changes do you think we should make?\n#### Solution 1\nRound once in `formatTotal`.\n#### Solution 2\nKeep cents as integers in `toCents`.',
    );
    expect(golden).toContain(
      '### Changes\n\n#### Solution 1\n\nRound once in `formatTotal`.\n\n#### Solution 2',
    );
  });

  it('closes a fence that ended with its list item', async () => {
    const golden = await goldenOf(
      '### Root cause\n`formatTotal` rounds each row.\n### Changes\n- Round once in `formatTotal`:\n  ```ts\n  sum.toFixed(2)\n\nThen drop `roundRow`.',
    );
    expect(fencesAreBalanced(golden)).toBe(true);
    expect(golden).toContain('Then drop `roundRow`.');
  });

  it.each([
    [
      'Also, we should add a unit test for `formatTotal` with a refund.',
      '- Add a unit test for `formatTotal` with a refund (from proposal 2).',
    ],
    ['Add a unit test for this function with a refund of `formatTotal`.', null],
    ['Here a regression test for `refundTotal` is needed too.', null],
    ['The unit test for `refundTotal` and refunds will become', null],
    ['I will make sure to test refunds of `refundTotal` in a unit test.', null],
  ])('takes from others only what stands on its own: %s', async (sentence, line) => {
    const golden = await goldenOf(
      PLAN,
      `### Root cause\nToo early.\n### Changes\nRound later.\n### Tests\n${sentence}`,
    );
    if (line === null) expect(golden).not.toContain('from proposal');
    else expect(golden).toContain(line);
  });

  it('names no proposal but real ones and leaves no template text', async () => {
    for (const one of labelledThreads()) {
      const { goldenProposal, chosen } = await judge.judge(one);
      const named = [...goldenProposal.matchAll(/from proposal (\d+)/g)].map((match) => Number(match[1]));
      const others = one.candidates.map(({ number }) => number).filter((number) => number !== chosen);
      expect(others, one.name).toEqual(expect.arrayContaining(named));
      expect(goldenProposal, one.name).not.toMatch(
        /re-state the problem|what changes do you think|\(Optional\)|N\/A/i,
      );
      expect(fencesAreBalanced(goldenProposal), one.name).toBe(true);
    }
  });
});
