/** What a pull request says about where it comes from: links, for closing keywords are often forbidden. */
import type { Nodes } from 'mdast';
import { parseMarkdown } from '../../markdown/parse.ts';

export interface PullReferences {
  /** Comments of the same repository that the text links. */
  readonly commentIds: readonly number[];
  /** Issues of the same repository that the text names, in reading order. */
  readonly issueNumbers: readonly number[];
  /** The pull request that this one takes back; null when it takes none back. */
  readonly revertsPull: number | null;
}

const MAX_REFERENCES = 50;

/** @param repository `owner/name` of the pull request: what is named elsewhere is somebody else's */
export function pullReferences(
  pull: { readonly title: string; readonly body: string },
  repository: string,
): PullReferences {
  const text = `${pull.title}\n${ownText(parseMarkdown(pull.body))}`;
  const name = repository.toLowerCase();
  const addresses = [...text.matchAll(ADDRESS)]
    .filter(([, place]) => place?.toLowerCase() === name)
    .slice(0, MAX_REFERENCES);
  const short = [...text.matchAll(SHORT)]
    .filter(([, place]) => place === undefined || place.toLowerCase() === name)
    .slice(0, MAX_REFERENCES);
  return {
    commentIds: unique(addresses.flatMap(([, , , comment]) => (comment ? [Number(comment)] : []))),
    issueNumbers: unique([
      ...addresses.map(([, , number]) => Number(number)),
      ...short.map(([, , n]) => Number(n)),
    ]),
    revertsPull: revertedPull(text, name),
  };
}

const ADDRESS =
  /https?:\/\/[^\s/]{1,100}\/([\w.-]{1,100}\/[\w.-]{1,100})\/issues\/(\d{1,9})(?:#issuecomment-(\d{1,15}))?/g;
const SHORT = /(?<![\w/.-])([\w.-]{1,100}\/[\w.-]{1,100})?#(\d{1,9})\b/g;
/** GitHub's own words under its Revert button: https://docs.github.com/pull-requests/reverting-a-pull-request */
const REVERTS = /\breverts\s+([\w.-]{1,100}\/[\w.-]{1,100})?#(\d{1,9})\b/i;

function revertedPull(text: string, repository: string): number | null {
  const [, place, number] = REVERTS.exec(text) ?? [];
  if (number === undefined || (place !== undefined && place.toLowerCase() !== repository)) return null;
  return Number(number);
}

/** The text with its links, without quotes, code and HTML comments: templates hide examples there. */
function ownText(node: Nodes): string {
  switch (node.type) {
    case 'text':
      return node.value;
    case 'link':
      return ` ${node.url} ${node.children.map(ownText).join('')}`;
    case 'blockquote':
    case 'code':
    case 'inlineCode':
    case 'html':
      return ' ';
    default:
      return 'children' in node ? `${node.children.map(ownText).join('')}${'\n'}` : ' ';
  }
}

function unique(numbers: readonly number[]): number[] {
  return [...new Set(numbers)];
}
