import type { Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { guardMarkdown } from './guard.ts';

/**
 * Bare addresses stay text: micromark looks back over the whole paragraph at every word for them, and the tree's
 * own search for them is quadratic in punctuation. `links()` finds them in linear time instead.
 */
const SYNTAX = [gfm(), { disable: { null: ['wwwAutolink', 'protocolAutolink', 'emailAutolink'] } }];
const TREE = gfmFromMarkdown().map((extension) => ({ ...extension, transforms: [] }));

/**
 * The syntax tree of a GitHub comment or issue body. Never throws on hostile text and stays far from quadratic:
 * see `guard.ts` for the limits (65,536 characters, 4,000 lines, nesting, delimiters). Offsets in `position`
 * point into `body`. Bare addresses are text, not links.
 */
export function parseMarkdown(body: string): Root {
  return fromMarkdown(guardMarkdown(body), { extensions: SYNTAX, mdastExtensions: TREE });
}
