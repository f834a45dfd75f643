/**
 * Guards that keep Markdown parsing linear in practice on hostile text.
 *
 * micromark recurses once per nested container and is quadratic in several constructs (measured on 65,536
 * characters: `]` repeated 12 s, `a*b` 11 s, `a\n-\n` 36 s, `1. ` 39 s and then a stack overflow). Every guard
 * below therefore limits one construct to far more than people write. A character over its limit is replaced by
 * U+FFFD, one for one, so that offsets and line numbers still point into the caller's text; text under all
 * limits is returned unchanged. No guard touches what opens a fence, a quote or an HTML block within the
 * limits, so guarding does not uncover lines that such a block had masked.
 */

/** GitHub's own limit for a comment, in UTF-16 units. Longer text is cut. */
export const MAX_LENGTH = 65_536;
/** Lazy continuation lines and very many blocks cost quadratic time. Later lines are cut. */
export const MAX_LINES = 4_000;
/** Container markers (`>`, `-`, `1.`) that one line may open. */
const MAX_MARKERS_PER_LINE = 16;
/** Markers further to the right than this are text: it bounds nesting by indentation to about 60 levels. */
const MAX_MARKER_COLUMN = 100;
/** Lines of only `=` or `-` in a text: each may make a setext heading. */
const MAX_UNDERLINES = 200;
/** `*`, `_` and `~` together, between two blank lines. */
const MAX_ATTENTION = 1_000;
/** `[` and `]` each, between two blank lines. */
const MAX_BRACKETS = 1_000;

/**
 * Backslashes before two or more backticks, between two blank lines: the rest of the run may open a code span that
 * nothing closes, and the parser reads to the end of the paragraph for each of them.
 */
const MAX_ESCAPED_RUNS = 100;
/** Inline `<!--`, `<?`, `<![CDATA[` and `<!X` without an end, between two blank lines. */
const MAX_UNCLOSED_HTML = 100;

const FILLER = '\uFFFD';
const LIST_MARKER = /[-+*](?=[ \t\r\n]|$)|\d{1,9}[.)](?=[ \t\r\n]|$)/y;

/** What the guards have counted since the last blank line, and since the start of the text. */
interface Counts {
  attention: number;
  open: number;
  close: number;
  escapedRuns: number;
  underlines: number;
}

/** The text to give to the parser: at most as long as `body`, equal to its beginning wherever no limit is hit. */
export function guardMarkdown(body: string): string {
  const lines = cut(body).split('\n');
  const counts: Counts = { attention: 0, open: 0, close: 0, escapedRuns: 0, underlines: 0 };
  const guarded = lines.map((line) => guardLine(line, counts));
  return guardUnclosedHtml(guarded);
}

function cut(body: string): string {
  // A byte order mark would be dropped by the parser and shift every offset by one.
  const marked = (body.startsWith('\uFEFF') ? ` ${body.slice(1)}` : body).slice(0, MAX_LENGTH);
  // A lone carriage return ends a line too.
  const text = marked.replaceAll(/\r(?!\n)/g, '\n');
  const ends = /\n/g;
  for (let line = 0; line < MAX_LINES; line += 1) {
    if (ends.exec(text) === null) {
      return text;
    }
  }
  return text.slice(0, ends.lastIndex);
}

function guardLine(line: string, counts: Counts): string {
  if (line.trim() === '') {
    counts.attention = 0;
    counts.open = 0;
    counts.close = 0;
    counts.escapedRuns = 0;
    return line;
  }
  const { prefix, rest } = guardMarkers(line);
  if (isUnderline(line)) {
    counts.underlines += 1;
    return counts.underlines > MAX_UNDERLINES ? line.replace(/[=-]/, FILLER) : prefix + rest;
  }
  const fence = /^(?:`{3,}|~{3,})/.exec(rest)?.[0] ?? '';
  return prefix + fence + guardInline(rest.slice(fence.length), counts);
}

/** Splits a line after its container markers and replaces those over the limits. */
function guardMarkers(line: string): { prefix: string; rest: string } {
  let prefix = '';
  let column = 0;
  let markers = 0;
  let at = 0;
  while (at < line.length) {
    const token = markerAt(line, at);
    if (token === null) {
      break;
    }
    const isBlank = token === ' ' || token === '\t';
    if (!isBlank) {
      markers += 1;
    }
    const over = !isBlank && (markers > MAX_MARKERS_PER_LINE || column > MAX_MARKER_COLUMN);
    if (over && markers === MAX_MARKERS_PER_LINE + 1 && isThematicBreak(line, at)) {
      break;
    }
    prefix += over ? FILLER.repeat(token.length) : token;
    column += token === '\t' ? 4 - (column % 4) : token.length;
    at += token.length;
  }
  return { prefix, rest: line.slice(at) };
}

function markerAt(line: string, at: number): string | null {
  const character = line.charAt(at);
  if (character === ' ' || character === '\t' || character === '>') {
    return character;
  }
  LIST_MARKER.lastIndex = at;
  return LIST_MARKER.exec(line)?.[0] ?? null;
}

/** `- - - -` is one thematic break, not nested lists. Only asked once per line, over the marker limit. */
function isThematicBreak(line: string, from: number): boolean {
  const signs = line.slice(from).replaceAll(/[ \t\r]/g, '');
  const first = signs.charAt(0);
  return '-*'.includes(first) && signs === first.repeat(signs.length);
}

/** A line that underlines a setext heading, in block quotes or not. */
function isUnderline(line: string): boolean {
  const signs = line.replace(/^[ \t>]+/, '').trimEnd();
  const first = signs.charAt(0);
  return (first === '=' || first === '-') && signs === first.repeat(signs.length);
}

function guardInline(rest: string, counts: Counts): string {
  return rest.replace(/[*_~[\]]|\\(?=``)/g, (character) => (isOver(character, counts) ? FILLER : character));
}

function isOver(character: string, counts: Counts): boolean {
  switch (character) {
    case '[':
      counts.open += 1;
      return counts.open > MAX_BRACKETS;
    case ']':
      counts.close += 1;
      return counts.close > MAX_BRACKETS;
    case '\\':
      counts.escapedRuns += 1;
      return counts.escapedRuns > MAX_ESCAPED_RUNS;
    default:
      counts.attention += 1;
      return counts.attention > MAX_ATTENTION;
  }
}

/**
 * Inline `<!--`, `<?`, `<![CDATA[` and `<!X` that nothing closes before the next blank line are plain text, but
 * the parser reads to the end of the paragraph for each of them. All but the last ones are replaced; whatever
 * closes, and whatever opens an HTML block (the start of a line, behind container markers), stays.
 */
function guardUnclosedHtml(lines: string[]): string {
  const closers: HtmlClosers = { ...NOTHING_CLOSES };
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index] ?? '';
    if (line.trim() === '') {
      Object.assign(closers, NOTHING_CLOSES);
    } else if (line.includes('<!') || line.includes('<?') || line.includes('>')) {
      lines[index] = guardHtmlInLine(line, closers);
    }
  }
  return lines.join('\n');
}

/** What closes further on in the same paragraph, and how many openings without an end were seen in it. */
interface HtmlClosers {
  comment: boolean;
  instruction: boolean;
  cdata: boolean;
  declaration: boolean;
  unclosed: number;
}

const NOTHING_CLOSES: Readonly<HtmlClosers> = {
  comment: false,
  instruction: false,
  cdata: false,
  declaration: false,
  unclosed: 0,
};

const HTML_TOKEN = /-->|\?>|\]\]>|>|<!--|<\?|<!\[CDATA\[|<![A-Za-z]/g;

/** Reads the line from right to left and updates `closers`. */
function guardHtmlInLine(line: string, closers: HtmlClosers): string {
  const blockStart = guardMarkers(line).prefix.length;
  const fill = new Set<number>();
  for (const match of [...line.matchAll(HTML_TOKEN)].reverse()) {
    if (match[0].endsWith('>')) {
      close(match[0], closers);
    } else if (match.index > blockStart && !closes(match[0], closers)) {
      closers.unclosed += 1;
      if (closers.unclosed > MAX_UNCLOSED_HTML) {
        fill.add(match.index);
      }
    }
  }
  return fill.size === 0 ? line : replaceAt(line, fill);
}

function close(token: string, closers: HtmlClosers): void {
  closers.declaration = true;
  closers.comment ||= token === '-->';
  closers.instruction ||= token === '?>';
  closers.cdata ||= token === ']]>';
}

function closes(token: string, closers: HtmlClosers): boolean {
  if (token === '<!--') {
    return closers.comment;
  }
  if (token === '<?') {
    return closers.instruction;
  }
  return token === '<![CDATA[' ? closers.cdata : closers.declaration;
}

function replaceAt(line: string, positions: ReadonlySet<number>): string {
  let result = '';
  let from = 0;
  for (const position of [...positions].sort((a, b) => a - b)) {
    result += line.slice(from, position) + FILLER;
    from = position + 1;
  }
  return result + line.slice(from);
}
