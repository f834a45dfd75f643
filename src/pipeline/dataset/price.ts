/** The price such projects write into the title, e.g. `[$250] Fix the menu`. */
const PRICE = /\[\$(\d{1,3}(?:,\d{3})+|\d{1,7})(?:\.\d{1,2})?\]/;

/** @returns US dollars, 0 where the title names none. */
export function priceOf(title: string): number {
  const match = PRICE.exec(title.slice(0, 1_000));
  return match?.[1] ? Number(match[1].replaceAll(',', '')) : 0;
}
