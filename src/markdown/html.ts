/** Raw HTML in Markdown, split as a browser splits it (https://html.spec.whatwg.org/multipage/parsing.html). */
import {
  ErrorCodes,
  type ParserError,
  type Token,
  type TokenHandler,
  Tokenizer,
  TokenizerMode,
} from 'parse5';

/** In what a piece of HTML ends: the page goes on with it, over whatever Markdown comes next. */
export type Unclosed = 'comment' | 'attribute';

interface Piece {
  readonly source: string;
  /** Offsets in the text that was read. */
  readonly from: number;
  readonly to: number;
}

export interface HtmlTag extends Piece {
  readonly kind: 'tag';
  /** In lower case. */
  readonly name: string;
  readonly isClosing: boolean;
  /**
   * By their names in lower case, character references decoded. Of two with one name the first counts, of hundreds the
   * first hundred.
   */
  readonly attributes: ReadonlyMap<string, string>;
}

/** Declarations and processing instructions, too: browsers take them for comments. */
interface HtmlComment extends Piece {
  readonly kind: 'comment';
}

interface HtmlText extends Piece {
  readonly kind: 'text';
  /** It stands in an element whose content no page shows. */
  readonly isHidden: boolean;
}

/** What the end of the text cuts off. */
interface UnclosedHtml extends Piece {
  readonly kind: 'unclosed';
  readonly in: Unclosed;
}

export type HtmlPiece = HtmlTag | HtmlComment | HtmlText | UnclosedHtml;

/**
 * The pieces of raw HTML, in order and without gaps. Never throws; linear.
 *
 * @param inside what an earlier piece of HTML left open; nothing closes an attribute for certain
 */
export function readHtml(html: string, inside: Unclosed | null = null): HtmlPiece[] {
  if (inside === 'attribute') return [{ kind: 'unclosed', in: inside, ...pieceOf(html, 0, html.length) }];
  const markup = markupOf(html, inside === 'comment' ? '<!-- ' : '');
  const pieces: HtmlPiece[] = [];
  let at = 0;
  let hiding: string | null = null;
  for (const piece of markup) {
    if (piece.from > at) pieces.push(textOf(html, at, piece.from, hiding !== null));
    pieces.push(piece);
    at = piece.to;
    if (piece.kind !== 'tag') continue;
    if (hiding === null && !piece.isClosing && HIDING.has(piece.name)) hiding = piece.name;
    else if (piece.isClosing && piece.name === hiding) hiding = null;
  }
  if (html.length > at) pieces.push(textOf(html, at, html.length, hiding !== null));
  return pieces;
}

/** What a page shows: text without tags, comments, and what stands in them. */
export function shownText(html: string): string {
  return readHtml(html)
    .map((piece) => (piece.kind === 'text' ? (piece.isHidden ? '' : piece.source) : ' '))
    .join('');
}

/** What the HTML leaves open, `inside` being what was open before it; null when nothing is. */
export function unclosedIn(html: string, inside: Unclosed | null): Unclosed | null {
  const last = readHtml(html, inside).at(-1);
  return last?.kind === 'unclosed' ? last.in : null;
}

/** Elements whose content no page shows. */
const HIDING: ReadonlySet<string> = new Set(['script', 'style', 'template', 'title']);

function pieceOf(html: string, from: number, to: number): Piece {
  return { from, to, source: html.slice(from, to) };
}

function textOf(html: string, from: number, to: number, isHidden: boolean): HtmlText {
  return { kind: 'text', isHidden, ...pieceOf(html, from, to) };
}

/** Behind a block of HTML a page goes on with a new line and another tag, whose end closes a tag that is open. */
const NEXT_BLOCK = '\n>';

/** All that is no text. */
function markupOf(html: string, before: string): HtmlPiece[] {
  const collector = new MarkupCollector(html, before.length);
  collector.tokenizer.write(before + html + NEXT_BLOCK, true);
  return collector.found;
}

/** Elements in which nothing is a tag but their own end. */
const RAW = new Map<string, Tokenizer['state']>([
  ['script', TokenizerMode.SCRIPT_DATA],
  ['title', TokenizerMode.RCDATA],
  ['textarea', TokenizerMode.RCDATA],
  ...['style', 'xmp', 'iframe', 'noembed', 'noframes'].map((name) => [name, TokenizerMode.RAWTEXT] as const),
]);

/** Attributes of one tag that are kept. */
const MAX_ATTRIBUTES = 100;

/** Looks every attribute up among those before it, which of thousands would take long. */
class LinearTokenizer extends Tokenizer {
  protected override _leaveAttrName(): void {
    const token = this.currentToken as Token.TagToken;
    if (token.attrs.length < MAX_ATTRIBUTES) super._leaveAttrName();
  }
}

class MarkupCollector implements TokenHandler {
  readonly tokenizer = new LinearTokenizer({ sourceCodeLocationInfo: true }, this);
  readonly found: HtmlPiece[] = [];
  private unclosed: Unclosed | null = null;
  private readonly html: string;
  private readonly offset: number;

  /** @param offset characters that are read before the text */
  constructor(html: string, offset: number) {
    this.html = html;
    this.offset = offset;
  }

  onStartTag(token: Token.TagToken): void {
    this.tag(token, false);
    this.tokenizer.state = RAW.get(token.tagName) ?? this.tokenizer.state;
  }

  onEndTag(token: Token.TagToken): void {
    this.tag(token, true);
  }

  onComment(token: Token.CommentToken): void {
    const kind =
      this.unclosed === null
        ? ({ kind: 'comment' } as const)
        : ({ kind: 'unclosed', in: this.unclosed } as const);
    this.found.push({ ...kind, ...this.piece(token) });
  }

  onDoctype(token: Token.DoctypeToken): void {
    this.found.push({ kind: 'comment', ...this.piece(token) });
  }

  /** Comes before the token that it is about; a tag that is cut off has none. */
  onParseError({ code }: ParserError): void {
    if (code === ErrorCodes.eofInComment) this.unclosed = 'comment';
    if (code === ErrorCodes.eofInTag) this.unclosed = 'attribute';
  }

  onEof(): void {
    if (this.unclosed !== 'attribute') return;
    const end = this.found.at(-1)?.to ?? 0;
    const from = end + this.html.slice(end).search(/<\/?[a-z]/i);
    this.found.push({ kind: 'unclosed', in: this.unclosed, ...pieceOf(this.html, from, this.html.length) });
  }

  onCharacter(): void {}
  onNullCharacter(): void {}
  onWhitespaceCharacter(): void {}

  private tag(token: Token.TagToken, isClosing: boolean): void {
    const attributes = new Map(token.attrs.map(({ name, value }) => [name, value]));
    this.found.push({ kind: 'tag', name: token.tagName, isClosing, attributes, ...this.piece(token) });
  }

  private piece({ location }: Token.Token): Piece {
    const place = (offset = 0) => Math.min(Math.max(offset - this.offset, 0), this.html.length);
    return pieceOf(this.html, place(location?.startOffset), place(location?.endOffset));
  }
}
