/**
 * Issues of a project that does not exist, with proposals that differ in what a reader can see: how well they know the
 * cause, whether they show code, think of further cases and of other ways. Drawn at random from a seed.
 */
import type { Random } from '../../statistics/random.ts';

export interface ProposalTraits {
  /** Names the function that is to blame, and why. */
  readonly knowsCause: boolean;
  readonly showsCode: boolean;
  readonly namesTests: boolean;
  readonly thinksFurther: boolean;
  readonly weighsOthers: boolean;
  readonly hedges: boolean;
}

export interface DrawnProposal {
  readonly author: string;
  readonly traits: ProposalTraits;
  readonly body: string;
}

export interface DrawnIssue {
  readonly title: string;
  readonly body: string;
  /** In posting order. */
  readonly proposals: readonly DrawnProposal[];
}

const THINGS = [
  'invoice',
  'draft',
  'avatar',
  'session',
  'report',
  'cursor',
  'badge',
  'filter',
  'upload',
  'export',
];
const TROUBLES = [
  'is lost',
  'is shown twice',
  'stays empty',
  'jumps back',
  'ignores the limit',
  'uses the old value',
];
const MOMENTS = [
  'after a reload',
  'on a slow line',
  'in the second tab',
  'when it is renamed',
  'past midnight',
];
const AUTHORS = ['ada', 'bo', 'chi', 'dov', 'eli', 'fay'];
const CHANCES = {
  knowsCause: 0.6,
  showsCode: 0.5,
  namesTests: 0.4,
  thinksFurther: 0.5,
  weighsOthers: 0.4,
  hedges: 0.3,
};

export function drawIssue(random: Random, index: number): DrawnIssue {
  const [thing, trouble, moment] = [pick(random, THINGS), pick(random, TROUBLES), pick(random, MOMENTS)];
  const authors = AUTHORS.toSorted(() => random() - 0.5).slice(0, 3 + Math.floor(random() * 2));
  // Names that no other issue has: what copies another thread is kept out of a dataset.
  const [kind, field, value] = [coined(random), coined(random), coined(random)];
  return {
    title: `The ${kind} ${thing} ${trouble} ${moment}`,
    body: `Open the ${kind} ${thing}, set ${field} to ${value}, then look at it ${moment}.\n\nExpected: ${field} is ${value} in the ${kind} ${thing}.\nActual: the ${kind} ${thing} ${trouble}, and ${field} with it.`,
    proposals: authors.map((author, position) => {
      const traits = drawTraits(random);
      return {
        author,
        traits,
        body: write(traits, { thing, trouble, moment, name: `${thing}${index}${'abcd'[position]}` }),
      };
    }),
  };
}

function drawTraits(random: Random): ProposalTraits {
  const entries = Object.entries(CHANCES).map(([trait, chance]) => [trait, random() < chance]);
  return Object.fromEntries(entries) as unknown as ProposalTraits;
}

interface Words {
  readonly thing: string;
  readonly trouble: string;
  readonly moment: string;
  /** Makes what this proposal names its own. */
  readonly name: string;
}

function write(traits: ProposalTraits, words: Words): string {
  return [
    '## Proposal',
    '### Problem',
    `The ${words.thing} ${words.trouble} ${words.moment}.`,
    '### Root cause',
    causeOf(traits, words),
    '### Changes',
    changeOf(traits, words),
    ...(traits.namesTests
      ? [
          '### Tests',
          `A test in \`test/${words.name}.test.ts\` saves the ${words.thing}, waits, and reads it again.`,
        ]
      : []),
    ...(traits.weighsOthers
      ? [
          '### Alternatives',
          `One could also read the ${words.thing} from the server each time, but that makes every view slower.`,
        ]
      : []),
  ].join('\n');
}

function causeOf({ knowsCause, hedges }: ProposalTraits, { thing, name, moment }: Words): string {
  const doubt = hedges ? `I am not sure, maybe something in the ${thing} code is wrong. ` : '';
  return knowsCause
    ? `${doubt}\`${name}Store.load()\` in \`src/${name}/store.ts\` keeps the ${thing} in \`${name}Cache\`, because \`${name}Store.save()\` never clears it; ${moment} the old one is read.`
    : `${doubt}The ${thing} is not updated as it should be.`;
}

function changeOf(
  { knowsCause, showsCode, thinksFurther }: ProposalTraits,
  { thing, name, moment }: Words,
): string {
  const where = knowsCause ? `\`${name}Store.save()\` in \`src/${name}/store.ts\`` : `the ${thing} component`;
  const code = showsCode
    ? `\n\n\`\`\`diff\n-  write(${name});\n+  write(${name});\n+  ${name}Cache.delete(${name}.id);\n\`\`\``
    : '';
  const further = thinksFurther
    ? `\n\nThe same happens when two people edit the ${thing} at once, and on mobile, where it is kept ${moment}; both clear it too.`
    : '';
  return `Clear the kept ${thing} in ${where} whenever it is saved.${code}${further}`;
}

const SYLLABLES = ['ka', 'lo', 'mi', 'ne', 'pu', 'ra', 'so', 'ti', 'vu', 'wen', 'zor', 'bel'];

function coined(random: Random): string {
  return Array.from({ length: 3 }, () => pick(random, SYLLABLES)).join('');
}

function pick<T>(random: Random, from: readonly T[]): T {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new Error('there is nothing to pick from');
  return one;
}
