/** Text that people cannot see, and text that a database cannot hold. All functions are linear and idempotent. */

/**
 * Kept: a joiner between two emoji, and one presentation selector behind an emoji or a keycap's base.
 * They are what "👩‍💻" and "1️⃣" are made of.
 */
const KEEP =
  /(?<=\p{Extended_Pictographic}[\u{FE0F}\u{1F3FB}-\u{1F3FF}]?)\u200D(?=\p{Extended_Pictographic})|(?<=[\p{Extended_Pictographic}0-9#*])[\uFE0E\uFE0F]/u;

/** Control characters but tab and line ends, and everything Unicode defines to be ignored when displayed. */
const DROP = /[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]|(?![\t\n\r])\p{Cc}/u;

const KEEP_OR_DROP = new RegExp(`(${KEEP.source})|${DROP.source}`, 'gu');

/**
 * Removes zero-width and bidirectional controls, soft hyphens, Unicode tags, stray variation selectors, fillers
 * and control characters. Joiners used by scripts such as Persian or Hindi go too: the text stays readable.
 */
export function stripInvisible(text: string): string {
  return text.replace(KEEP_OR_DROP, '$1');
}

/**
 * Removes `<!-- … -->` from raw text, code blocks included: for text that a judge reads. A comment that is never
 * closed hides the rest of the text when it starts a line, as GitHub renders it, and is plain text elsewhere.
 */
export function stripHtmlComments(text: string): string {
  let result = '';
  let from = 0;
  while (from < text.length) {
    const start = text.indexOf('<!--', from);
    if (start < 0) {
      break;
    }
    const end = commentEnd(text, start);
    if (end < 0) {
      // No later comment can be closed either, so only one that starts a line still hides anything.
      return result + text.slice(from, unclosedBlockStart(text, start));
    }
    result += text.slice(from, start);
    from = end;
  }
  return result + text.slice(from);
}

/** Index after the comment's end, -1 when it has none. `<!-->` and `<!--->` are whole comments. */
function commentEnd(text: string, start: number): number {
  if (text.startsWith('<!-->', start)) {
    return start + 5;
  }
  const end = text.indexOf('-->', start + 3);
  return end < 0 ? -1 : end + 3;
}

function unclosedBlockStart(text: string, from: number): number {
  const block = /(?<=^ {0,3})<!--/gm;
  block.lastIndex = from;
  return block.exec(text)?.index ?? text.length;
}

/** What Postgres' text and jsonb accept: NUL is removed, a lone surrogate becomes U+FFFD. */
export function wellFormed(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
