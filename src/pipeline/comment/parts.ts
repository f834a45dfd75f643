import type { Verdict } from '../judge/types.ts';
import { escapeUrl, writeCodeSpan } from './neutral/serialise.ts';
import { neutraliseLine, plainText } from './neutralise.ts';
import type { DecisionStateView, ProposalView } from './views.ts';

/** Small pieces that several comments share. */

/** A login, shown and never mentioned. Logins hold letters, digits, hyphens and "[bot]"; nothing else stays. */
export function login(name: string): string {
  return plainText(name.replace(/[^A-Za-z0-9[\]_-]/g, ''), { maxLength: 80 }) || 'somebody';
}

/** A sentence that a person or a judge wrote, on one line. */
export function sentence(text: string, maxLength: number): string {
  return neutraliseLine(text, { maxLength });
}

export function code(text: string, maxLength = 120): string {
  const clean = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  const cut = clean.length > maxLength ? `${clean.slice(0, maxLength).toWellFormed()}…` : clean;
  return writeCodeSpan(cut.replaceAll('<!--', '<! --'));
}

/** A link whose text is ours; only the text when the URL is not a web address. */
export function link(text: string, url: string | null): string {
  if (url === null || !/^https?:\/\//i.test(url) || !URL.canParse(url) || url.length > 500) return text;
  return `[${text}](${escapeUrl(new URL(url).href)})`;
}

export function proposalLink(proposal: ProposalView): string {
  return link(`Proposal ${proposal.number}`, proposal.url);
}

export function fold(summary: string, body: string, open = false): string {
  return `<details${open ? ' open' : ''}><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

export function sections(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join('\n\n');
}

/** `2026-11-24 01:55 UTC`; "an unknown time" when the text is no time. */
export function utc(iso: string | null): string {
  const time = new Date(iso ?? Number.NaN);
  if (Number.isNaN(time.getTime())) return 'an unknown time';
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A probability from 0 to 1 in whole per cent. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %';
  if (share < 1 && share > 0.99) return '> 99 %';
  return `${Math.round(share * 100)} %`;
}

/** "1, 2 and 3", at most `most` of them. */
export function numbers(list: readonly number[], most = 20): string {
  const shown = list.slice(0, most).map(String);
  if (list.length > most) return `${shown.join(', ')} and ${list.length - most} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

export function judgeName(judge: Verdict['judge']): string {
  return judge === 'embedded' ? 'embedded judge' : 'model';
}

function because(reason: string | null): string {
  return reason === null || reason.trim() === '' ? '' : `: ${sentence(reason, 400)}`;
}

export function stateText(state: DecisionStateView): string {
  switch (state.kind) {
    case 'proposed':
      return 'proposed, waiting for a maintainer';
    case 'accepted':
      return `accepted by ${login(state.by)}`;
    case 'overridden':
      return `overridden by ${login(state.by)} to proposal ${state.to}${because(state.reason)}`;
    case 'rejected':
      return `rejected by ${login(state.by)}${because(state.reason)}`;
    case 'superseded':
      return `superseded by ${link('a newer decision', state.newerUrl)}`;
    case 'cancelled':
      return `cancelled by ${login(state.by)}`;
    default:
      return state satisfies never;
  }
}
