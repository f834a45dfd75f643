/**
 * Sentences that argue for the proposal instead of for the change. Each pattern is something that honest proposals do
 * not say: "a better solution" or `width: 100%` must not count, so the patterns are about proposals, approvals and judges.
 */
const PATTERNS: readonly RegExp[] = [
  // self-praise
  /\b(?:this|my|our) (?:(?:proposal|solution|approach|fix|answer) )?(?:is|remains|offers|provides) (?:\w+ ){0,2}?(?:the )?(?:best|most (?:complete|correct|robust|reliable)|only correct|superior|perfect|winning|strongest)\b/i,
  /\b(?:best|most complete|strongest|winning|superior|only correct|winner)(?: \w+){0,2} (?:proposal|candidate)s?\b/i,
  /\b(?:superior|inferior) to\b|\bguaranteed to\b|\btrust me\b|\byears of experience\b|\btop[- ]rated\b|\b\d+\/10\b|🏆|⭐/i,
  // asking to be chosen, and talking to the judge
  /\b(?:choose|select|pick|prefer|accept|award|assign|hire) (?:this proposal|my (?:proposal|solution)|me\b|proposal \d)/i,
  /\b(?:ignore|disregard|forget) (?:all |any )?(?:the |your )?(?:previous|other|above|prior|earlier) (?:instructions?|proposals?|rules?|text|prompts?)/i,
  /\byou are (?:a|an|the) (?:judge|ai|assistant|reviewer|manager)\b|\bas an? (?:ai|language model|judge)\b|best_proposal_id|system prompt/i,
  // claimed approvals
  /\bc\+ ?reviewed\b|\blgtm\b|\blooks good to me\b|\bRCA is correct\b|🎀|\blet's go with\b.{0,60}proposal/i,
  /\b(?:approved|accepted|selected|verified|endorsed) by (?:the )?(?:team|maintainers?|reviewers?|engineers?|@)/i,
  /\b(?:maintainers?|reviewers?|the (?:core )?team|judges?) (?:already |has |have |all )+(?:agreed|approved|confirmed|chosen|chose|picked|accepted)/i,
  /\byou have been assigned\b|\bthis proposal (?:has been|was) (?:approved|accepted|selected|chosen)/i,
  // priority and others run down
  /\bi (?:was|am) (?:the )?first\b|\bi posted (?:this |it )?first\b|\bcopied (?:from )?(?:me|mine|my)\b|\bcopied from (?:me|mine|my)\b|\bstolen\b|\bplagiari/i,
  /\b(?:other|previous|above|earlier|competing) proposals? (?:\w+ ){0,2}(?:wrong|incorrect|inferior|worse|bad|useless|copied|copies|copy)\b/i,
];

/** Whether the sentence is such; code in it does not count. */
export function persuades(sentence: string): boolean {
  const prose = sentence.replace(/`[^`]*`/g, ' ');
  return PATTERNS.some((pattern) => pattern.test(prose));
}
