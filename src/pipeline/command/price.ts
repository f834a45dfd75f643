/**
 * Reading the pay from an issue's title by a pattern that a repository configures. The pattern is no regular
 * expression: it is text with one `*` for the amount, `[$*]` for "[$8000] Something fails". Nothing else in it has a
 * meaning, so there is nothing to backtrack into and any pattern reads a title in linear time.
 */

export const MAX_PRICE_PATTERN = 60;

/** Digits of an amount with thousands separators and decimals: more is no price. */
const AMOUNT = /\d[\d,]{0,14}(?:\.\d{1,2})?/y;

/** The sentence that says what is wrong with a pattern, null when it is usable. */
export function pricePatternProblem(pattern: string): string | null {
  if (pattern.length > MAX_PRICE_PATTERN) {
    return `is longer than ${MAX_PRICE_PATTERN} characters`;
  }
  const [before, after, ...more] = pattern.split('*');
  if (before === undefined || after === undefined || more.length > 0) {
    return "must hold exactly one * where the amount stands, as in '[$*]'";
  }
  return before.trim() === '' && after.trim() === ''
    ? "must hold some text beside the *, as in '[$*]'"
    : null;
}

/** The first amount in `title` that stands as `pattern` says, in the currency's main unit; null without one. */
export function readPrice(title: string, pattern: string): number | null {
  const [before = '', after = ''] = pattern.split('*');
  let from = 0;
  while (from <= title.length) {
    const start = title.indexOf(before, from);
    if (start < 0) {
      return null;
    }
    AMOUNT.lastIndex = start + before.length;
    const amount = AMOUNT.exec(title)?.[0];
    if (amount !== undefined && title.startsWith(after, start + before.length + amount.length)) {
      return Number(amount.replaceAll(',', ''));
    }
    // Past a whole amount: with an empty `before` its later digits must not count as another one.
    from = start + Math.max(1, before === '' ? (amount?.length ?? 1) : 1);
  }
  return null;
}
