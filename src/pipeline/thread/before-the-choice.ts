/**
 * Saved issues are read long after the choice, and by then their titles and descriptions have been edited.
 * What only exists because a proposal was chosen is removed before a judge reads it, for in production the judge
 * runs before it is written, and some of it names the winner.
 */

/** Bracketed tags that follow the outcome: `[HOLD for payment 2023-05-03]`, `[Paid]`, `[NEED CHECKLIST]` … */
const OUTCOME_TAG =
  /^\s*(?:(?:on ?)?hold|paid|pay(?:ment)? (?:due|issued|on|\d)|payment|(?:awaiting|waiting|pending|ready|due)\b.{0,40}\bpayment|needs?\b.{0,20}\b(?:checklist|payment)|checklist|deployed|merged|fixed|closed|done|completed|assigned)\b/i;

/**
 * `[$1000]`, `[$32,000]`. The price is raised while no proposal convinces and halved after regressions, so the
 * last one tells how the thread went on. It scores the task and is not shown.
 */
const PRICE_TAG = /^\s*(?:us)?\$\s?[\d,.]+k?(?:\s*(?:->|→)\s*\$?[\d,.]+)?\s*$/i;

const TAG = /\[([^[\]]{0,200})\]|\((\$[\d,.]{1,12})\)/g;
const LEADING_STATE =
  /^(?:(?:on )?hold(?: for payment)?|paid|(?:awaiting|waiting for|ready for|due for) payment)(?: (?:on )?[\d/-]{6,10})?\s*(?:[:|–—-]\s*|$)/i;
const TRAILING_STATE =
  /\s+[|–—-]\s*(?:paid|on hold|hold for payment|(?:awaiting|waiting for|ready for|due for) payment)(?: [\d/-]{6,10})?$/i;

/** The title as it stood when proposals were compared: no state, no price. Other tags, such as `[Bug]`, stay. */
export function titleBeforeTheChoice(title: string): string {
  const untagged = title.replace(TAG, (tag: string, square?: string, round?: string) => {
    const text = square ?? round ?? '';
    return OUTCOME_TAG.test(text) || PRICE_TAG.test(text) ? '' : tag;
  });
  const text = untagged.replace(/\s+/g, ' ').trim();
  return text.replace(LEADING_STATE, '').replace(TRAILING_STATE, '').trim();
}

/** Blocks that bots keep at the end of a description: the contracts, with the hired person's name, and the owner. */
const BOT_BLOCKS: ReadonlySet<string> = new Set(['upwork automation - do not edit', 'issue owner']);
/** `<li>someone | Contributor | 26306882</li>`: an offer that a bot sent to the chosen author. */
const OFFER = /\|\s{0,4}(?:Contributor|Reviewer|Reporter|C\+)\s{0,4}\||Automatic offers\s{0,4}:/i;

/** The description as it stood when proposals were compared: no contracts, no hired people, no owner. */
export function bodyBeforeTheChoice(body: string): string {
  const kept = withoutBotBlocks(body);
  return OFFER.test(kept)
    ? kept
        .split('\n')
        .filter((line) => !OFFER.test(line))
        .join('\n')
    : kept;
}

function withoutBotBlocks(body: string): string {
  const parts: string[] = [];
  let from = 0;
  for (const block of body.matchAll(/<details>\s{0,20}<summary>([^<]{0,100})<\/summary>/gi)) {
    if (block.index < from || !BOT_BLOCKS.has((block[1] ?? '').trim().toLowerCase())) continue;
    parts.push(body.slice(from, block.index));
    const close = body.indexOf('</details>', block.index);
    from = close < 0 ? body.length : close + '</details>'.length; // Never closed: GitHub hides the rest as well.
  }
  parts.push(body.slice(from));
  return parts.join('').trimEnd();
}
