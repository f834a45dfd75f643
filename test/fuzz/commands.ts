import { MAX_QUOTE, VERBS } from '../../src/pipeline/command/grammar.ts';
import { hasMaskedCommand, MAX_COMMANDS, parseCommands } from '../../src/pipeline/command/parse.ts';
import { parseCommentReference, resolveWhich } from '../../src/pipeline/command/which.ts';
import { type Property, property } from './property.ts';
import { hostileText } from './texts.ts';

const PROPOSALS = [
  {
    number: 1,
    authorLogin: 'ann',
    commentId: 5,
    url: 'https://github.com/acme/widgets/issues/1#issuecomment-5',
  },
  {
    number: 2,
    authorLogin: 'bob',
    commentId: 6,
    url: 'https://github.com/acme/widgets/issues/1#issuecomment-6',
  },
];

export const commandProperties: readonly Property[] = [
  property('commands are few, known or called unknown, and stand where they say', hostileText, (body) => {
    const lines = body.split(/\r\n|\r|\n/);
    const commands = parseCommands(body);
    return (
      commands.length <= MAX_COMMANDS &&
      commands.every(
        ({ verb, line, text }) =>
          (verb === 'unknown' || VERBS.includes(verb)) &&
          /^\uFEFF? {0,3}\/manager/i.test(lines[line - 1] ?? '') &&
          text.length <= MAX_QUOTE &&
          text.isWellFormed(),
      )
    );
  }),
  property(
    'a comment with a command has no hint about a masked one',
    hostileText,
    (body) => parseCommands(body).length === 0 || !hasMaskedCommand(body),
  ),
  property('a quoted comment gives no command', hostileText, (body) => {
    const quoted = body
      .split(/\r\n|\r|\n|\u2028|\u2029/)
      .map((line) => `> ${line}`)
      .join('\n');
    return parseCommands(quoted).length === 0;
  }),
  property('WHICH names a proposal of the issue or is refused with a sentence', hostileText, (which) => {
    parseCommentReference(which);
    const found = resolveWhich(which, PROPOSALS);
    return found.ok ? PROPOSALS.includes(found.proposal) : found.error.length > 0;
  }),
];
