/**
 * Markdown parsers are quadratic, at best, on some hostile text: nested quotes, thousands of unclosed
 * brackets or tags. This estimates from above what parsing would cost, in time linear in the text.
 */

/** Containers (`>`, `-`, `1.`) that may open on one line; recursion in the parser grows with them. */
const MAX_CONTAINERS = 16;
/** Sum over paragraphs of delimiters times characters; about half a second at the worst measured pattern. */
const MAX_COST = 30_000_000;

const CONTAINER = /[ \t]*(?:>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))/y;
const RULE = /^[ \t]*([-*_])(?:[ \t]|\1)*$/;
const SETEXT = /^[ \t>]*(?:-+|=+)[ \t]*$/;

function containersOf(line: string): number {
  let count = 0;
  CONTAINER.lastIndex = 0;
  while (count <= MAX_CONTAINERS && CONTAINER.test(line)) count++;
  return count;
}

function delimitersOf(line: string): number {
  let count = 0;
  for (const char of line) if ('[]*_~<!'.includes(char)) count++;
  return count;
}

/** Whether `text` (lines ended by "\n") is cheap enough to parse as Markdown. */
export function isCheapToParse(text: string): boolean {
  let cost = 0;
  let length = 0;
  let delimiters = 0;
  let inContainer = false;
  for (const line of `${text}\n`.split('\n')) {
    if (line.trim() === '') {
      cost += length * delimiters;
      length = 0;
      delimiters = 0;
      inContainer = false;
      continue;
    }
    const containers = RULE.test(line) ? 0 : containersOf(line);
    if (containers > MAX_CONTAINERS) return false;
    inContainer ||= containers > 0;
    length += line.length + 1;
    // Lazy continuation lines and setext underlines make the parser look back over what came before.
    delimiters += delimitersOf(line) + (inContainer || SETEXT.test(line) ? 1 : 0);
  }
  return cost <= MAX_COST;
}
