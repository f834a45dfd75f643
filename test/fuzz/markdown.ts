import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { visit } from 'unist-util-visit';
import { parseMarkdown } from '../../src/markdown/parse.ts';
import { headings, links } from '../../src/markdown/query.ts';
import { parseCommands } from '../../src/pipeline/command/parse.ts';
import { defaultRepositoryConfig, headingsOf } from '../../src/pipeline/command/repository-config.ts';
import { diffTicks, readTicks } from '../../src/pipeline/comment/checkboxes.ts';
import { readMarker, signMarker } from '../../src/pipeline/comment/marker.ts';
import { neutralise, neutraliseLine, plainText } from '../../src/pipeline/comment/neutralise.ts';
import { classifyComment } from '../../src/pipeline/proposals/detect.ts';
import { revisionHash } from '../../src/pipeline/proposals/revision.ts';
import { type Property, property } from './property.ts';
import { hostileText } from './texts.ts';

const HEADINGS = headingsOf(defaultRepositoryConfig);
const KEY = { id: 'fuzz', secret: createHash('sha256').update('fuzz').digest('hex') };
const PLACE = { repositoryId: 1, issueNumber: 2 };

export const markdownProperties: readonly Property[] = [
  property('any text can be parsed and asked', hostileText, (text) => {
    const root = parseMarkdown(text);
    headings(root);
    links(root);
  }),
  property('what is repeated holds no command, no mention and no HTML comment', hostileText, (text) => {
    const safe = neutralise(text, { allowedLinks: new Set(), maxLength: 20_000 });
    return parseCommands(safe).length === 0 && !mentions(safe) && !safe.includes('<!--');
  }),
  property(
    'what is repeated keeps to its length',
    fc.tuple(hostileText, fc.nat(300)),
    ([text, maxLength]) => {
      const line = neutraliseLine(text, { maxLength });
      return (
        neutralise(text, { allowedLinks: new Set(), maxLength }).length <= maxLength &&
        line.length <= maxLength &&
        !line.includes('\n') &&
        plainText(text, { maxLength }).length <= maxLength
      );
    },
  ),
  property('a comment is a proposal, a pointer to one, or neither', hostileText, (text) =>
    ['proposal', 'pointer', 'other'].includes(classifyComment(text, HEADINGS)),
  ),
  property('a revision is named by its text', fc.tuple(hostileText, hostileText), ([one, other]) =>
    one === other || one.trim() === other.trim() || !one.isWellFormed() || !other.isWellFormed()
      ? true
      : revisionHash(one) !== revisionHash(other),
  ),
  property(
    'no text forges a marker',
    hostileText,
    (text) => readMarker(text, { ...PLACE, keys: [KEY] }) === null,
  ),
  property('a signed marker is read at the end of any text that leaves no code open', hostileText, (text) => {
    const marker = { kind: 'notice', id: 'notice-1' } as const;
    const body = `${text.replaceAll(/[`~]/g, '')}\n\n${signMarker({ ...marker, ...PLACE }, KEY)}`;
    return readMarker(body, { ...PLACE, keys: [KEY] })?.id === marker.id;
  }),
  property('ticks are read from any text, and a text differs from itself in none', hostileText, (text) => {
    readTicks(text);
    const { ticked, unticked } = diffTicks(text, text);
    return ticked.length === 0 && unticked.length === 0;
  }),
];

/** GitHub sends no mail for names in code. */
function mentions(markdown: string): boolean {
  let found = false;
  visit(parseMarkdown(markdown), ['text', 'html'], (node) => {
    found ||= 'value' in node && /(^|[\s(])@\w/.test(node.value);
  });
  return found;
}
