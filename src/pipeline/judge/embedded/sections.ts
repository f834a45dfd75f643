/**
 * What a part of a proposal is for. Headings decide where there are any (every project words its template
 * differently, and contributors translate it); sentences decide by their cue words where there are none.
 */

export type Role = 'problem' | 'cause' | 'change' | 'tests' | 'edge' | 'alternatives' | 'other';

/** In order: `What alternative solutions…` and `…root cause of that problem` also hold later words. */
const HEADING_ROLES: readonly (readonly [Role, RegExp])[] = [
  [
    'alternatives',
    /\balternativ|\bother (?:options?|solutions?|approach)|\boption [b-z2-9]\b|\bconsidered\b|替代/i,
  ],
  [
    'cause',
    /\broot.?cause|\bRCA\b|\bcause\b|\bwhy (?:it|this|does|is|do)\b.{0,40}\b(?:happen|fail|break|occur|wrong)|\banalysis\b|\bdiagnosis\b|\bcausa\b|\bursache|原因|причин/i,
  ],
  ['tests', /\btest(?:s|ing|ed)?\b|\bverif|\bQA\b|\bpruebas\b|测试|テスト|тест/i],
  [
    'change',
    /\bchanges?\b|\bsolutions?\b|\bfix(?:es)?\b|\bapproach|\bimplement|\bplan\b|\bwhat (?:to|should we) (?:do|change)|\bcambio|\bsoluci[oó]n|\blösung|änderung|修改|变更|解决|解決|対応|修正|изменени|решени/i,
  ],
  [
    'edge',
    /\bedge.?cases?|\bplatforms?\b|\bcaveats?|\brisks?\b|\bregress|\bside.?effects?|\blimitations?|\bcompatib|\brollout|\bmigration\b/i,
  ],
  ['problem', /\bproblem|\bre-?state|\bissue\b|\bbug\b|\bsummary\b|\bproblema|问题|問題|проблем/i],
];

/** The role a heading announces; null when it says nothing known. */
export function roleOfHeading(heading: string): Role | null {
  if (heading.length > 160) return null;
  return HEADING_ROLES.find(([, pattern]) => pattern.test(heading))?.[0] ?? null;
}

const CAUSE_CUE =
  /\b(?:because|caused? by|root cause|due to|the reason|this happens|happens when|stems? from|comes? from|as a result|results? in|leads? to|never (?:gets?|calls?|sets?|updates?|checks?|runs?)|(?:is|are|was) (?:not|never|still|always) \w+|(?:does|do)(?:n't| not) \w+|(?:isn't|aren't)|instead of|even (?:if|though|when)|so (?:the|it|that|when)|forgets?|misses|missing|stale|race|overwrit\w+|assumes?|only when)\b/i;
const CHANGE_CUE =
  /\b(?:we (?:should|can|could|need to|must|will|have to)|should be|needs? to be|(?:to|by) (?:fix|solve)|i(?:'d| would| will|'ll)? (?:propose|suggest|add|change)|let's|add(?:ing)?|remov(?:e|ing)|replac(?:e|ing)|chang(?:e|ing)|updat(?:e|ing)|mov(?:e|ing)|us(?:e|ing)|pass(?:ing)?|wrap(?:ping)?|set(?:ting)?|creat(?:e|ing)|introduc(?:e|ing)|extract(?:ing)?|return(?:ing)?|check(?:ing)?|skip(?:ping)?|guard(?:ing)?|reset(?:ting)?|call(?:ing)?|keep(?:ing)?|stor(?:e|ing)|debounc(?:e|ing)|rename|delete|drop|split|inline|revert|bump|escape|fix)\b/i;
const STARTS_WITH_VERB =
  /^(?:\d+[.)]\s*)?(?:then,? |and |also,? |first,? |next,? |finally,? )?(?:add|remove|replace|change|update|move|use|pass|wrap|set|create|introduce|extract|return|check|skip|guard|reset|call|keep|store|debounce|rename|delete|drop|split|inline|revert|bump|escape|fix|make|let|in `)/i;
const ALTERNATIVE_CUE =
  /^\W*(?:alternativ|another (?:option|solution|approach|way)|or we (?:can|could)|optional)/i;
const TEST_CUE =
  /\b(?:unit|integration|regression|e2e|end-to-end|snapshot|automated|manual) tests?\b|\btests? (?:that|for|case|with|where|which|should|to)\b|\b(?:assert|verify that|add a test|spec file)\b/i;
const EDGE_CUE =
  /\bedge.?cases?\b|\bcorner case|\balso (?:happens|affects|occurs|fails|breaks|applies)|\bthe same (?:happens|applies|goes|bug|problem|is true)\b|\bmay be (?:called|empty|null|missing|undefined)\b|\btested (?:on|with|it|this|these|both|that)\b|\bregress|\bside.?effects?|\bbackwards?.compat|\b(?:empty|null|undefined|missing|deleted|expired|offline|concurrent|duplicate|archived|nested|very long|zero|negative)\b.{0,60}\b(?:case|list|value|string|array|input|user|state|row|file|report|tab|session|entry|entries|request)|\b(?:must|should|does) not (?:break|affect|change|touch)|\bif the (?:user|file|list|value|request|row|token|network|server)\b.{0,80}\b(?:is|are|has|was|fails|goes|changes)/i;
const PLATFORM_CUE =
  /\b(?:ios|android|safari|firefox|chrome|desktop|mweb|mobile|native|windows|linux|mac ?os|web|wasm|arm64|node \d|python 3|postgres(?:ql)? \d+|mysql|sqlite|screen readers?|rtl|dark mode|slow network|offline)\b/i;

export const cues = {
  cause: (text: string) => CAUSE_CUE.test(text),
  change: (text: string) => CHANGE_CUE.test(text),
  startsWithVerb: (text: string) => STARTS_WITH_VERB.test(text),
  alternative: (text: string) => ALTERNATIVE_CUE.test(text),
  test: (text: string) => TEST_CUE.test(text),
  edge: (text: string) => EDGE_CUE.test(text),
  platform: (text: string) => PLATFORM_CUE.test(text),
} as const;

/** Whether the sentence proposes something to do: `Add …`, `we should …`, `solve it by …`. */
export function saysWhatToDo(text: string): boolean {
  return (
    STARTS_WITH_VERB.test(text) ||
    /\bwe (?:should|can|could|need|must)|\b(?:fix|solve) (?:it|this) by\b/i.test(text)
  );
}

/** The role of a sentence that stands under no known heading. */
export function roleOfSentence(text: string): Role {
  if (ALTERNATIVE_CUE.test(text)) return 'alternatives';
  if (TEST_CUE.test(text)) return 'tests';
  if (saysWhatToDo(text)) return 'change';
  if (CAUSE_CUE.test(text)) return 'cause';
  if (CHANGE_CUE.test(text)) return 'change';
  return EDGE_CUE.test(text) ? 'edge' : 'other';
}

/** Lines of the common template that say nothing about the issue, and chatter around a proposal. */
const BOILERPLATE =
  /^\W*(?:(?:please )?re-?state the problem|what is the root cause of (?:that|the) problem|what changes do you think|what alternative solutions|what specific scenarios|\(?optional\)?\W*$|reminder:?\W* please use plain english|please use plain english|feel free to drop|proposal\W*$|(?:✋ )?📣|contributor details|your expensify account|upwork profile|updated? (?:my )?proposal\W*$|proposal updated?\W*$|let me know (?:what you think|if)|thanks?\W*$|thank you|same as (?:above|the issue)|n\/?a\W*$|none\W*$|tbd\W*$|todo\W*$|-+$|results?\W*$|hi\W|hello\W|cc @)/i;

export function isBoilerplate(text: string): boolean {
  return text.length < 600 && BOILERPLATE.test(text);
}

/** Headings that only name the part, in the words of the common templates. */
const TEMPLATE_HEADING =
  /^\W*(?:\d+[.)]\s*)?(?:(?:please )?re-?state\b.*|what (?:is|are|was|changes?|alternative|specific|other|to|should)\b.*|(?:the |my |our )?(?:proposed |suggested |alternative |automated |unit |detailed |main )?(?:root.?cause|RCA|cause|problem|issue|bug|summary|solution|fix|approach|plan|change|analysis|implementation|test|testing|edge.?case|alternative|proposal)(?:s|es)?(?: (?:of (?:the|this|that) \w+|analysis|statement|details?|plan|explored|cases?))?)\W*(?:\(optional\))?\W*$/i;

export function isTemplateHeading(heading: string): boolean {
  return heading.length > 160 || TEMPLATE_HEADING.test(heading);
}

/** Courtesies, offers and pointers to recordings: about the proposal or its author, not about the change. */
const CHATTER =
  /\b(?:once|when|if|after|as soon as) (?:the|my|this) proposal (?:is|gets|has)\b|\bi(?:'ll| will| can|'m able to| am able to) (?:\w+ )?(?:raise|create|open|submit|fork|start|complete|finish|deliver|provide|make sure to test)\b|\b(?:hope (?:this|that|it)|looking forward|feel free|happy to|kind regards|best regards|greetings)\b|\bi(?:'ve| have) (?:reviewed|checked|read|gone through|understood) (?:the|this)\b|\bhere(?:'s| is) (?:my|the|an?) (?:proposal|solution|plan|demo|video|result)|\b(?:following|attached|below|see(?: also)?|this|the) (?:\[?\w+\]? )?(?:video|screenshot|screencast|recording|gif)\b|\b(?:video|screenshot|screencast|recording|gif)s? (?:is|are) (?:below|attached)\b/i;

/** What stands over a picture or a recording. */
const CAPTION =
  /^\W*(?:screen ?shots?|screen ?recordings?|videos?|recordings?|demo|results?|issue|proof|before|after)(?: (?:of|after|before|with|for|on)\b.{0,40})?\W*$/i;

export function isChatter(text: string): boolean {
  return CHATTER.test(text) || CAPTION.test(text);
}

const HEDGE =
  /\b(?:maybe|perhaps|probably|possibly|not (?:really |entirely |100% )?sure|i guess|i (?:think|believe|assume)|might be|could be (?:that|because|a|the)|something like|some ?(?:how|where|thing)|(?:need|have|want) to (?:investigate|look into|debug|dig|check (?:why|where|what|how))|will (?:investigate|check|look into)|unclear|not certain|should (?:hopefully|probably)|seems? (?:like|to)|or similar|etc\.?$)/i;

/** Whether the sentence leaves open what it should settle. */
export function hedges(text: string): boolean {
  return HEDGE.test(text);
}
