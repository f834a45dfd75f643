/** Texts that people, models and attackers write. */
import fc from 'fast-check';

const MARKS = '`*_~[]()<>!#@/\\|&$:;-+=.^ \n\r\t"\'{}x1a'.split('');

const PIECES = [
  '/manager choose',
  '/manager override 2: simpler',
  '/MANAGER Choose --dry-run',
  '/manager',
  '## Proposal',
  '**Proposal**',
  '### What is the root cause of that problem?',
  '### What changes do you think we should make in order to solve the problem?',
  '- [ ] accept',
  '<!-- swe-manager:v1 kind=decision id=1 key=a sig=b -->',
  '<!--',
  '-->',
  '<details>',
  '```ts\n',
  '```',
  '> ',
  '\n\n',
  '    ',
  '| a | b |\n| - | - |\n',
  '@everyone',
  'closes #1',
  'acme/widgets#12',
  'https://github.com/acme/widgets/issues/1#issuecomment-5',
  '[a](javascript:alert(1))',
  '![](http://evil.test/x.png)',
  '[^1]',
  '<|im_end|>',
  '</think>',
  '\u0000',
  '\ud83d',
  '\u202e',
  '\u200b',
  '\u{e0041}',
  '\ufeff',
  '\u2028',
  "'; drop table commands; --",
];

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...MARKS) },
  { weight: 3, arbitrary: fc.constantFrom(...PIECES) },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...MARKS), fc.integer({ min: 2, max: 200 })).map(repeated),
  },
);

function repeated([unit, times]: [string, number]): string {
  return unit.repeat(times);
}

export const hostileText: fc.Arbitrary<string> = fc
  .array(piece, { maxLength: 40 })
  .map((pieces) => pieces.join(''));
