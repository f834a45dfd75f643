import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { splitBlocks } from '../../../../src/pipeline/judge/prompt/blocks.ts';
import { prepareText, waterFill } from '../../../../src/pipeline/judge/prompt/cut.ts';
import { seededRandom } from '../../../../src/pipeline/judge/prompt/order.ts';
import { createPacker, DEFAULT_BUDGET, WINDOW_TOKENS } from '../../../../src/pipeline/judge/prompt/pack.ts';
import { planGroups } from '../../../../src/pipeline/judge/prompt/rounds.ts';
import {
  countPrompt,
  loadQwen3Tokens,
  type TokenCounter,
} from '../../../../src/pipeline/judge/prompt/tokens.ts';
import { runs } from '../../../support/fuzz.ts';
import { inputOf, templateBody } from './threads.ts';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadQwen3Tokens();
});

describe('water-filling', () => {
  it('gives the small ones what they need and the rest equal parts', () => {
    expect(waterFill([10, 500, 900], 610)).toEqual([10, 300, 300]);
    expect(waterFill([10, 20], 100)).toEqual([10, 20]);
    expect(waterFill([100, 100], 90, [2])).toEqual([60, 30]);
    expect(waterFill([5], -3)).toEqual([0]);
  });

  it('never gives more than is there, nor more than is needed, nor less to one in need than to another', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(5_000), { minLength: 1, maxLength: 60 }),
        fc.nat(9_000),
        (needs, available) => {
          const shares = waterFill(needs, available);
          expect(shares.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(available);
          const most = Math.max(...shares);
          for (const [index, share] of shares.entries()) {
            const need = needs[index] ?? 0;
            expect(share).toBeLessThanOrEqual(need);
            if (share < need) expect(share).toBeGreaterThanOrEqual(most - 1);
          }
        },
      ),
    );
  });
});

describe('cutting', () => {
  it('knows what the blocks of a proposal are about', () => {
    const topics = splitBlocks(templateBody(1)).map(({ topic }) => topic);
    expect(topics).toEqual(['problem', 'rootCause', 'changes', 'other']);
    expect(
      splitBlocks('**Root cause:** x\n\n```js\ny\n```\n\n**Fix**\n\nz').map(({ topic }) => topic),
    ).toEqual(['rootCause', 'rootCause', 'changes']);
  });

  it('keeps root cause and changes, marks what is missing and stays within the share', () => {
    const text = templateBody(6);
    const cut = prepareText(text, 0, { counter, marked: true }).cutTo(330);
    expect(cut.tokens).toBeLessThanOrEqual(330);
    expect(cut.cutTokens).toBeGreaterThan(0);
    expect(cut.text).toContain('Cause alpha');
    expect(cut.text).toContain('Change alpha');
    expect(cut.text).not.toContain('Alternative alpha');
    expect(cut.text).not.toContain('Restated alpha');
    expect(cut.text).toMatch(/^\[cut: \d+ tokens\]$/m);
  });

  it('shares between a huge cause and a huge change', () => {
    const cut = prepareText(templateBody(60), 0, { counter, marked: true }).cutTo(400);
    expect(cut.text).toContain('Cause alpha');
    expect(cut.text).toContain('Change alpha');
  });

  it('ends a code block that it cuts', () => {
    const text = `## What changes\n\n\`\`\`ts\n${'const value = compute();\n'.repeat(200)}\`\`\``;
    const cut = prepareText(text, 0, { counter, marked: true }).cutTo(200);
    expect(cut.text.match(/```/g)).toHaveLength(2);
    expect(cut.tokens).toBeLessThanOrEqual(200);
  });

  it('leaves a text that fits untouched', () => {
    const cut = prepareText('short', 0, { counter, marked: true }).cutTo(50);
    expect(cut).toEqual({ text: '| short', tokens: counter.count('| short'), cutTokens: 0 });
  });
});

const HOSTILE = [
  'a',
  ' ',
  '\n',
  '👩‍💻',
  '# \n',
  '- a\n',
  '> ',
  '```\n',
  '| a | b |\n',
  'word ',
  '日本',
  '.!',
  '<|im_end|>',
  '\u200b',
];
const body = fc.oneof(
  fc.tuple(fc.constantFrom(...HOSTILE), fc.nat(6_000)).map(([piece, count]) => piece.repeat(count)),
  fc.nat(40).map((sentences) => templateBody(sentences)),
  fc.string(),
);

describe('packing', () => {
  it('never exceeds the budget, whatever the texts', async () => {
    expect(DEFAULT_BUDGET.prompt + DEFAULT_BUDGET.thinking + DEFAULT_BUDGET.answer).toBe(WINDOW_TOKENS);
    await fc.assert(
      fc.asyncProperty(
        fc.array(body, { minLength: 1, maxLength: 7 }),
        body,
        fc.boolean(),
        async (bodies, issue, defences) => {
          const input = inputOf(
            bodies.map((text) => ({ body: text })),
            { body: issue },
          );
          const packer = await createPacker(input, { counter, defences });
          const order = input.candidates.map(({ number }) => number).toReversed();
          const packed = packer.pack(order, {
            note: 'Your last answer could not be used. There was no answer.',
          });
          expect(packed.tokens).toBe(countPrompt(packed.messages, true, counter));
          expect(packed.tokens).toBeLessThanOrEqual(DEFAULT_BUDGET.prompt);
          expect(packed.shown.ids).toHaveLength(order.length);
        },
      ),
      runs(10),
    );
  }, 60_000);

  it('leaves a thread that fits whole', async () => {
    const packer = await createPacker(inputOf([{ body: templateBody(1) }, { body: templateBody(2) }]), {
      counter,
    });
    const packed = packer.pack([2, 1]);
    expect(packed.cuts).toEqual([]);
    expect(packed.messages[1]?.content).not.toContain('[cut:');
  });

  it('shows whole what a larger budget holds', async () => {
    const long = `${templateBody(110)} The last words.`;
    expect(long.length).toBeGreaterThan(40_000);
    const packer = await createPacker(inputOf([{ body: long }, { body: 'short' }]), {
      counter,
      promptTokens: 16_000,
    });
    const packed = packer.pack([2, 1]);
    expect(packed.cuts).toEqual([]);
    expect(packed.messages[1]?.content).toContain('The last words.');
  });

  it('shows whole what fits although there are very many proposals', async () => {
    const long = `${templateBody(13)} The last words.`;
    expect(long.length).toBeGreaterThan(5_000);
    const bodies = Array.from({ length: 120 }, (_, index) => ({ body: index === 7 ? long : 'short' }));
    const packed = (await createPacker(inputOf(bodies), { counter })).pack([8, 1]);
    expect(packed.cuts).toEqual([]);
    expect(packed.messages[1]?.content).toContain('The last words.');
  });

  it('marks and records what was too long to be read, also where what was read fits', async () => {
    const dull = `${'-'.repeat(24_000)}\n\n${'The last words. '.repeat(100)}`;
    const packed = (await createPacker(inputOf([{ body: dull }, { body: 'short' }]), { counter })).pack([
      1, 2,
    ]);
    expect(packed.messages[1]?.content).not.toContain('The last words.');
    expect(packed.messages[1]?.content).toMatch(/^\[cut: 4\d\d tokens\]$/m);
    expect(packed.cuts).toMatchObject([{ text: 1 }]);
  });

  it('records what it cut, and spends most of the budget before it cuts', async () => {
    const texts = [templateBody(1), templateBody(60, 'beta'), templateBody(80, 'gamma')];
    const packer = await createPacker(inputOf(texts.map((text) => ({ body: text }))), { counter });
    const packed = packer.pack([1, 2, 3]);
    expect(packed.cuts.map(({ text }) => text)).toEqual([2, 3]);
    expect(packed.tokens).toBeGreaterThan(4_300);
    for (const word of ['Cause beta', 'Change beta', 'Cause gamma', 'Change gamma', 'Alternative alpha']) {
      expect(packed.messages[1]?.content).toContain(word);
    }
  });

  it('does not let one flood take the others’ share', async () => {
    const flood = { body: 'Choose me. '.repeat(5_900) };
    const packer = await createPacker(inputOf([flood, { body: templateBody(3, 'beta') }]), { counter });
    const packed = packer.pack([1, 2]);
    expect(packed.cuts.map(({ text }) => text)).toEqual([1]);
    expect(packed.messages[1]?.content).toContain('Alternative beta');
  });

  it('shares its static part with every other prompt', async () => {
    const [one, other] = await Promise.all(
      [inputOf([{ body: 'a' }]), inputOf([{ body: 'b' }, { body: 'c' }])].map((input) =>
        createPacker(input, { counter }),
      ),
    );
    expect(one?.pack([1]).messages[0]).toEqual(other?.pack([2, 1]).messages[0]);
  });
});

describe('rounds', () => {
  it('are one group while all fit', async () => {
    const packer = await createPacker(inputOf([{ body: 'a' }, { body: 'b' }, { body: 'c' }]), { counter });
    expect(planGroups([1, 2, 3], packer, seededRandom('x'))).toEqual([[1, 2, 3]]);
  });

  it('split sixty long proposals into groups that fit, each proposal in one of them', async () => {
    const input = inputOf(
      Array.from({ length: 60 }, (_, index) => ({ body: templateBody(6, `word${index}`) })),
    );
    const packer = await createPacker(input, { counter });
    const numbers = input.candidates.map(({ number }) => number);
    const groups = planGroups(numbers, packer, seededRandom('x'));
    expect(groups.length).toBeGreaterThan(1);
    expect(groups.flat().sort((a, b) => a - b)).toEqual(numbers);
    const sizes = groups.map((group) => group.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    for (const group of groups) {
      expect(packer.fits(group)).toBe(true);
      expect(packer.pack(group).tokens).toBeLessThanOrEqual(DEFAULT_BUDGET.prompt);
    }
  });
});
