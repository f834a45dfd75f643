/**
 * What must never stand in our comment, looked for in the comment as GitHub gets it. It knows what our own parts
 * look like and nothing of how they are made, so that it can contradict the code that makes them.
 */
import type { Nodes } from 'mdast';
import { parseMarkdown } from '../../markdown/parse.ts';

export interface ShownComment {
  readonly body: string;
  /** Addresses that the comment may link to. */
  readonly allowedLinks: ReadonlySet<string>;
  /** How many markers of ours it ends with: 1 on GitHub, 0 before it is signed. */
  readonly markers: 0 | 1;
}

const OUR_SUMMARY =
  '<summary>(?:Commands|Explanation|Details|<b>Golden proposal</b>: the plan to implement)</summary>';
const OUR_COMMENT = '<!-- (?:box:(?:accept|wrong)|swe-manager:v1 [^<>]*) -->';
const OUR_HTML = new RegExp(
  `^(?:\\s|<details(?: open)?>|</details>|${OUR_SUMMARY}|</?sub>|${OUR_COMMENT})*$`,
);
const OUR_BOXES = /^\s*(?:Accept this choice|Wrong choice)\s*$/;
const NEVER: ReadonlySet<string> = new Set([
  'image',
  'imageReference',
  'linkReference',
  'definition',
  'footnoteReference',
  'footnoteDefinition',
]);

/** What GitHub acts on in text outside code and links. */
const ACTIVE: Readonly<Record<string, RegExp>> = {
  mention: /@[a-z0-9]/i,
  reference: /#\d|\bgh-\d/i,
  commit: /\b(?=[0-9a-f]*\d)[0-9a-f]{7,40}\b/i,
  address: /:\/\/|www\./i,
  'closing word': /\b(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?):? +(?:\S*#\d|https?:)/i,
};
const RAW: Readonly<Record<string, RegExp>> = {
  'special token': /<\|\w+\|>/,
  'invisible character': /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]|[\u{e0000}-\u{e007f}]/u,
  'half a character': /\p{Cs}/u,
};
/** Lines that some bot takes for a command. */
const COMMAND = /^[ \t]*(?:[/!][a-z]|@|bors |r\+)/i;
const LINE_END = /[\n\r\u2028\u2029\u0085\v\f]/;
const MARKER = /<!-- swe-manager:v1 [^>]*-->/g;
const MAX_LENGTH = 65_536;

/** In words; empty when there is nothing wrong. */
export function findViolations({ body, allowedLinks, markers }: ShownComment): string[] {
  const found = body.match(MARKER) ?? [];
  const last = found.at(-1);
  return [
    ...(body.length < MAX_LENGTH ? [] : [`${body.length} characters`]),
    ...(found.length === markers ? [] : [`${found.length} markers`]),
    ...(last === undefined || body.endsWith(last) ? [] : ['the marker is not at the end']),
    ...Object.entries(RAW).flatMap(([name, pattern]) => (pattern.test(body) ? [name] : [])),
    ...body
      .split(LINE_END)
      .filter((line) => COMMAND.test(line))
      .map((line) => `command: ${line.slice(0, 60)}`),
    ...inTree(parseMarkdown(body), new Set([...allowedLinks].map(normal)), false),
  ];
}

function inTree(node: Nodes, allowedLinks: ReadonlySet<string>, inLink: boolean): string[] {
  const children = 'children' in node ? node.children : [];
  return [
    ...inNode(node, allowedLinks, inLink),
    ...children.flatMap((child) => inTree(child, allowedLinks, inLink || node.type === 'link')),
  ];
}

function inNode(node: Nodes, allowedLinks: ReadonlySet<string>, inLink: boolean): string[] {
  if (NEVER.has(node.type)) return [node.type];
  switch (node.type) {
    case 'html':
      return OUR_HTML.test(node.value) ? [] : [`HTML: ${node.value.slice(0, 60)}`];
    case 'link':
      return allowedLinks.has(normal(node.url)) ? [] : [`link to ${node.url.slice(0, 100)}`];
    case 'listItem':
      return typeof node.checked !== 'boolean' || OUR_BOXES.test(textOf(node)) ? [] : ['a box to tick'];
    case 'code':
      return /^(?:mermaid|math|suggestion|geojson|topojson|stl)/i.test(node.lang ?? '')
        ? ['a drawn fence']
        : [];
    case 'text':
      if (inLink) return [];
      return Object.entries(ACTIVE).flatMap(([name, pattern]) => {
        const match = pattern.exec(node.value);
        return match === null ? [] : [`${name}: ${node.value.slice(match.index, match.index + 60)}`];
      });
    default:
      return [];
  }
}

/** The same address in one spelling. */
function normal(url: string): string {
  return URL.canParse(url) ? new URL(url).href : url;
}

function textOf(node: Nodes): string {
  if (node.type === 'html') return '';
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map(textOf).join('') : '';
}
