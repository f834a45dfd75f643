/** What a comment, or the reason of a command, says about why. */
import type { ReasonClass } from '../../../schema/feedback.ts';

const SPLIT = /\bsplit (?:this|the|it)\b|\b50\s?\/\s?50\b|\bshare the (?:bounty|pay(?:ment)?|reward)\b/iu;
const POLICY =
  /\bhelp wanted\b|\bexternal['’]? label\b|\b(?:not|isn't|n't) eligible\b|\bagainst (?:our|the) (?:rules|guidelines)\b|\bcontributing guidelines\b|\bbefore the [\w' ]{0,30}label\b/iu;
const PRIORITY =
  /\b(?:was|were|is|came) (?:the )?first\b|\b(?:proposed|posted|submitted|suggested) (?:this |it |that )?first\b|\bfirst (?:to (?:propose|post|suggest)|(?:posted|proposed))\b|\bfirst (?:correct |valid |good )?proposal (?:of|that|with)\b/iu;
const TECHNICAL =
  /\b(?:rca|root cause|cleaner|simpler|simplest|simple|minimal|robust|handles?|covers?|tested|works?|fix(?:es)?|breaks|regression|symptoms?|workaround|hacky|null|test|dependency|re-render|performance|edge cases?|native|state|crash)\b/iu;

/** The strongest hint wins: a rule of the project decides whatever the code is worth. */
export function reasonOf(text: string): ReasonClass | null {
  if (POLICY.test(text)) return 'policy';
  if (SPLIT.test(text)) return 'split';
  if (PRIORITY.test(text)) return 'priority';
  return TECHNICAL.test(text) ? 'technical' : null;
}

export function isSplit(text: string): boolean {
  return SPLIT.test(text);
}
