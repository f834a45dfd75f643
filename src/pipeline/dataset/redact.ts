/**
 * Secrets and personal data do not leave the database. Secrets are found by secretlint's recommended rules, phone
 * numbers are checked by libphonenumber; what both leave open (web tokens, e-mail and IP addresses) has a rule here.
 * Identities of GitHub users are removed apart, see anonymise.ts.
 */
import { isIPv4 } from 'node:net';
import { lintSource } from '@secretlint/core';
import { creator as recommendedRules } from '@secretlint/secretlint-rule-preset-recommend';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

export type RedactionKind = 'secret' | 'email' | 'phone' | 'ip address';
export type RedactionCounts = Partial<Record<RedactionKind, number>>;

interface Finding {
  readonly kind: RedactionKind;
  readonly from: number;
  readonly to: number;
}

const PRESET = '@secretlint/secretlint-rule-preset-recommend';
const SECRETLINT = {
  rules: [
    {
      id: PRESET,
      rule: recommendedRules,
      rules: [{ id: '@secretlint/secretlint-rule-aws', options: { enableIDScanRule: true } }],
    },
  ],
};

/** A signed JSON web token. */
const WEB_TOKEN = /\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}/g;
/** `Authorization: Bearer …` and the like. */
const BEARER = /(?<=\b(?:bearer|token)\s{1,3})[\w.~+/-]{20,2000}={0,2}/gi;
/** `password=…`, `api_key: "…"`: a name that says secret and a value without spaces that is no code. */
const NAMED_SECRET =
  /(?<=\b(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?key)\b["']?\s{0,3}[:=]\s{0,3}["'])[^\s"'`<>${}]{6,200}(?=["'])/gi;
const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z\d-]{1,63}\.){1,4}[a-z]{2,24}(?![\w-])/gi;
/** Names of image files (`icon@2x.png`) look like addresses. */
const FILE_SUFFIX = /\.(?:png|jpe?g|gif|svg|webp|js|ts|css|json|md|html?)$/i;
/** Addresses that belong to no person. */
const SERVICE_ADDRESS =
  /^(?:git@|noreply@|no-reply@)|@(?:example\.(?:com|org|net)|users\.noreply\.github\.com)$/i;
const PHONE = /(?<![\w+])\+\d[\d ().-]{7,22}\d(?!\w)/g;
const IP_ADDRESS = /(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w.-]|\.\d)/g;
/** Loopback, private and documentation networks name nobody. */
const NOBODYS_NETWORK =
  /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|192\.0\.2|198\.51\.100|203\.0\.113|255)\./;
/** `version 1.2.67.7` looks like an address. */
const VERSION_BEFORE = /(?<![a-z])v(?:ersion)?(?:\s{0,3}number)?[:*\s]{0,6}$/i;

/** Replaces what must not leave by `[secret]`, `[email]`, … and says how often. Linear in the text. */
export async function redact(
  text: string,
): Promise<{ readonly text: string; readonly counts: RedactionCounts }> {
  const findings = [...(await secretsIn(text)), ...personalDataIn(text)].toSorted(
    (a, b) => a.from - b.from || b.to - a.to,
  );
  const counts: RedactionCounts = {};
  const pieces: string[] = [];
  let at = 0;
  for (const { kind, from, to } of findings) {
    if (from < at) continue;
    counts[kind] = (counts[kind] ?? 0) + 1;
    pieces.push(text.slice(at, from), `[${kind}]`);
    at = to;
  }
  return { text: pieces.join('') + text.slice(at), counts };
}

async function secretsIn(text: string): Promise<Finding[]> {
  const { messages } = await lintSource({
    // Rules for files of certain names do not apply: a comment has none.
    source: { content: text, filePath: 'comment.md', ext: '.md', contentType: 'text' },
    options: { config: SECRETLINT, locale: 'en', noPhysicFilePath: true },
  });
  const found = messages.map(({ range }): Finding => ({ kind: 'secret', from: range[0], to: range[1] }));
  return [...found, ...[WEB_TOKEN, BEARER, NAMED_SECRET].flatMap((rule) => matches(text, rule, 'secret'))];
}

function personalDataIn(text: string): Finding[] {
  const emails = matches(text, EMAIL, 'email').filter(({ from, to }) => {
    const address = text.slice(from, to);
    return !FILE_SUFFIX.test(address) && !SERVICE_ADDRESS.test(address);
  });
  const phones = matches(text, PHONE, 'phone').flatMap((finding) => validPhone(text, finding) ?? []);
  const addresses = matches(text, IP_ADDRESS, 'ip address').filter(({ from, to }) => {
    const address = text.slice(from, to);
    const before = text.slice(Math.max(0, from - 24), from);
    return isIPv4(address) && !NOBODYS_NETWORK.test(address) && !VERSION_BEFORE.test(before);
  });
  return [...emails, ...phones, ...addresses];
}

/** What follows a number may look like more of it: groups are taken off its end until it is one. */
function validPhone(text: string, { kind, from, to }: Finding): Finding | null {
  let number = text.slice(from, to);
  while (number.length > 7) {
    if (parsePhoneNumberFromString(number)?.isValid()) return { kind, from, to: from + number.length };
    number = number.replace(/[ ().-]{1,22}\d{1,22}$|\d{1,22}$/, '');
  }
  return null;
}

function matches(text: string, rule: RegExp, kind: RedactionKind): Finding[] {
  return [...text.matchAll(rule)].map((match) => ({
    kind,
    from: match.index,
    to: match.index + match[0].length,
  }));
}

/** Adds `more` to `counts`. */
export function addCounts(counts: RedactionCounts, more: RedactionCounts): void {
  for (const [kind, count] of Object.entries(more) as [RedactionKind, number][]) {
    counts[kind] = (counts[kind] ?? 0) + count;
  }
}
