import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CommandRequest, MAX_QUOTE } from '../../../src/pipeline/command/grammar.ts';
import { hasMaskedCommand, MAX_COMMANDS, parseCommands } from '../../../src/pipeline/command/parse.ts';
import { HOSTILE_GUARD_MS, HOSTILE_TO_READERS } from '../../markdown/hostile.ts';
import { runs } from '../../support/fuzz.ts';
import { processorClock } from '../../support/processor-time.ts';

const verbs = (body: string): string[] => parseCommands(body).map(({ verb }) => verb);
const URL = 'https://github.com/acme/shop/issues/7#issuecomment-12';

describe('the grammar', () => {
  it.each<[string, CommandRequest]>([
    ['/manager choose', { verb: 'choose', dryRun: false, comments: [] }],
    ['/manager CHOOSE --dry-run', { verb: 'choose', dryRun: true, comments: [] }],
    ['/Manager Choose —dry-run', { verb: 'choose', dryRun: true, comments: [] }],
    [
      `/manager choose ${URL}, issuecomment-13 <${URL}> --dry-run`,
      {
        verb: 'choose',
        dryRun: true,
        comments: [
          { commentId: 12, url: URL },
          { commentId: 13, url: null },
        ],
      },
    ],
    ['/manager accept', { verb: 'accept' }],
    ['/manager override 2', { verb: 'override', which: '2', reason: null }],
    ['/manager override #2: it is `simpler`', { verb: 'override', which: '#2', reason: 'it is `simpler`' }],
    ['/manager override @ada - because', { verb: 'override', which: '@ada', reason: 'because' }],
    [`/manager override ${URL} why`, { verb: 'override', which: URL, reason: 'why' }],
    ['/manager reject', { verb: 'reject', reason: null }],
    ['/manager reject too broad', { verb: 'reject', reason: 'too broad' }],
    ['/manager explain', { verb: 'explain' }],
    ['/manager status.', { verb: 'status' }],
    ['/manager help me', { verb: 'help' }],
    ['/manager', { verb: 'help' }],
    ['/manager cancel', { verb: 'cancel' }],
    ['/manager pause', { verb: 'pause' }],
    ['/manager\tresume  ', { verb: 'resume' }],
    ['/manager dance now', { verb: 'unknown', word: 'dance' }],
  ])('%s', (body, expected) => {
    expect(parseCommands(body)).toEqual([{ ...expected, line: 1, text: body.trim() }]);
  });

  it.each([
    ['/manager choose the best', 'choose', 'takes `--dry-run` and addresses of comments'],
    ['/manager choose issuecomment-1234567890123456', 'choose', 'I do not understand'],
    [
      `/manager choose ${Array.from({ length: 21 }, (_, id) => `issuecomment-${id}`).join(' ')}`,
      'choose',
      'at most 20',
    ],
    ['/manager override', 'override', 'Say which proposal'],
    ['/manager accept 2', 'accept', 'write `/manager override` and its number'],
    ['/manager pause please', 'pause', 'takes no argument'],
  ])('says what is wrong with %s', (body, verb, error) => {
    expect(parseCommands(body)).toMatchObject([{ verb, error: expect.stringContaining(error) }]);
  });

  it('reads back every request it can be given', () => {
    fc.assert(
      fc.property(request(), (wanted) => {
        const [parsed, ...others] = parseCommands(`Thanks all.\n\n${format(wanted)}\n`);
        expect(others).toEqual([]);
        expect(parsed).toEqual({ ...wanted, line: 3, text: format(wanted) });
      }),
    );
  });
});

describe('where commands stand', () => {
  it.each([
    'Looks good.\n/manager choose\nThanks!',
    '   /manager choose',
    '- a list\n\n/manager choose',
    '> quoted\n\n/manager choose',
    '/manager choose\n---',
    '/manager choose\r\nThanks',
    '\uFEFF/manager choose',
    '/manager\u00A0choose',
    '/manager\u3000choose',
    '/manager choose\u200B',
    '<blockquote>\n\nquoted\n\n</blockquote>\n\n/manager choose',
    'Press <kbd>k</kbd>\n/manager choose',
    '```\ncode\n```\n/manager choose',
    '# Title\n/manager choose',
    '<!-- note -->\n\n/manager choose',
    '<!-- not in <code> please -->\n\n/manager choose',
    '<p title="<pre>">\n\n/manager choose',
    '<div><!--\n\n<p>--></p></div>\n\n/manager choose',
  ])('sees %j', (body) => {
    expect(verbs(body)).toEqual(['choose']);
  });

  it.each([
    'please /manager choose',
    '/managers choose',
    '/manager/choose',
    '> /manager choose',
    '> > a\n> > /manager choose',
    '> quoted\n/manager choose',
    '- /manager choose',
    '- a\n/manager choose',
    '1. a\n   /manager choose',
    '```\n/manager choose\n```',
    '~~~~\n```\n/manager choose',
    '    /manager choose',
    '\t/manager choose',
    '`/manager choose`',
    'see `the\n/manager choose\nline`',
    '**see\n/manager choose\nthere**',
    '[see\n/manager choose](https://x.y)',
    '<!--\n/manager choose\n-->',
    'hidden <!--\n/manager choose\n-->',
    '<!-- never closed\n\n/manager choose',
    '<div>\n/manager choose\n</div>',
    '<pre>\n\n/manager choose\n\n</pre>',
    '<blockquote>\n\n/manager choose\n\n</blockquote>',
    '<blockquote>\n\na <code>b</code>\n\n/manager choose\n\n</blockquote>',
    'as in <code>\n/manager choose\n</code>',
    '<BlockQuote cite="x">\n\n/manager choose',
    '<div><!--\n\n/manager choose\n\n<p>--></p></div>',
    '<div><!--\n\n/manager choose',
    '<div title="\n\n/manager choose\n\n<p>">',
    '| a |\n|---|\n/manager choose',
    '[^1]: note\n    /manager choose',
    '# /manager choose',
    '\\/manager choose',
    '&#47;manager choose',
  ])('does not see %j', (body) => {
    expect(verbs(body)).toEqual([]);
  });

  it('sees several, in order, with their lines, without what is hidden', () => {
    const body =
      '/manager reject too <!-- x\n/manager cancel\n--> broad\n\n/manager choose\n/manager nonsense';
    expect(parseCommands(body).map(({ verb, line, text }) => [verb, line, text])).toEqual([
      ['reject', 1, '/manager reject too'],
      ['choose', 5, '/manager choose'],
      ['unknown', 6, '/manager nonsense'],
    ]);
  });

  it('limits how many it takes and how much it quotes', () => {
    expect(parseCommands('/manager status\n'.repeat(30))).toHaveLength(MAX_COMMANDS);
    expect(parseCommands(`/manager reject ${'x'.repeat(3000)}`)[0]?.text).toHaveLength(MAX_QUOTE);
  });

  it('finds none once the comment is quoted, fenced or hidden', () => {
    const line = fc.constantFrom('/manager choose', '/manager reject no', 'text', '', '- a', '> b', '## c');
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const body = lines.join('\n');
        expect(verbs(lines.map((text) => `> ${text}`).join('\n'))).toEqual([]);
        expect(verbs(`\`\`\`\n${body}\n\`\`\``)).toEqual([]);
        expect(verbs(`<!--\n${body}\n-->`)).toEqual([]);
      }),
    );
  });

  it('never throws, and its lines say what it says', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '/manager ',
        'choose',
        'override',
        '\n',
        '\r',
        '> ',
        '```',
        '<!--',
        '-->',
        '- ',
        '    ',
        '`',
        '\uFEFF',
      ),
    );
    fc.assert(
      fc.property(fc.array(unit), (parts) => {
        const body = parts.join('');
        for (const { line } of parseCommands(body)) {
          expect(body.split(/\r\n|\r|\n/)[line - 1]).toMatch(/^\uFEFF? {0,3}\/manager/i);
        }
        hasMaskedCommand(body);
      }),
      runs(100),
    );
  });

  it.each(HOSTILE_TO_READERS)('survives %s', (_name, text) => {
    const spent = processorClock();
    parseCommands(text);
    hasMaskedCommand(`${text.slice(0, -60)}\n\n- /manager choose`);
    expect(spent()).toBeLessThan(2 * HOSTILE_GUARD_MS);
  });
});

describe('hasMaskedCommand', () => {
  it.each([
    '`/manager choose`',
    'Please:\n``/manager choose --dry-run``',
    '```\n/manager choose\n```',
    '    /manager choose',
    '- /manager choose',
    '- `/manager choose`',
    '- a\n/manager choose',
    '> a\n/manager choose',
    '| a |\n|---|\n/manager choose',
  ])('hints at %j', (body) => {
    expect(hasMaskedCommand(body)).toBe(true);
  });

  it.each([
    '/manager choose\n\n`/manager accept`',
    'Write `/manager choose` to start.',
    '> /manager choose',
    '> `/manager choose`',
    '> ```\n> /manager choose\n> ```',
    '```\n$ echo\n/manager choose\n```',
    '`/manager dance`',
    '<!-- /manager choose -->',
    'nothing at all',
  ])('is silent about %j', (body) => {
    expect(hasMaskedCommand(body)).toBe(false);
  });
});

function request(): fc.Arbitrary<CommandRequest> {
  const id = fc.integer({ min: 1, max: 999_999_999 });
  const reference = id.chain((commentId) =>
    fc.constantFrom(
      { commentId, url: null },
      { commentId, url: `https://github.com/acme/shop/issues/7#issuecomment-${commentId}` },
    ),
  );
  const reason = fc.option(
    fc
      .array(fc.stringMatching(/^[A-Za-z0-9#@/.,()]{1,12}$/), { minLength: 1, maxLength: 8 })
      .map((words) => words.join(' '))
      .filter((text) => !/^[,:]/.test(text)),
  );
  const which = fc.oneof(
    fc.integer({ min: 1, max: 99 }).map(String),
    fc.stringMatching(/^@[a-z][a-z0-9]{0,20}$/),
  );
  const comments = fc.uniqueArray(reference, { maxLength: 5, selector: ({ commentId }) => commentId });
  return fc.oneof(
    fc.record({ verb: fc.constant('choose' as const), dryRun: fc.boolean(), comments }),
    fc.record({ verb: fc.constant('override' as const), which, reason }),
    fc.record({ verb: fc.constant('reject' as const), reason }),
    fc
      .constantFrom(
        'accept' as const,
        'explain' as const,
        'status' as const,
        'help' as const,
        'cancel' as const,
        'pause' as const,
        'resume' as const,
      )
      .map((verb): CommandRequest => ({ verb })),
  );
}

function format(wanted: CommandRequest): string {
  const parts: (string | null)[] = ['/manager', wanted.verb];
  if (wanted.verb === 'choose') {
    parts.push(wanted.dryRun ? '--dry-run' : null);
    parts.push(...wanted.comments.map(({ commentId, url }) => url ?? `issuecomment-${commentId}`));
  } else if (wanted.verb === 'override') {
    parts.push(wanted.which, wanted.reason);
  } else if (wanted.verb === 'reject') {
    parts.push(wanted.reason);
  }
  return parts.filter((part) => part !== null).join(' ');
}
