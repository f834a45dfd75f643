/** What keeps an approving phrase from being an approval. */
import type { Sentence } from './prose.ts';

/** "If I must pick" is a choice all the same. */
const FORCED = /\bif (?:i|we) (?:must|had to|have to)\b/u;
const CONDITION =
  /\b(?:if|once|unless|as long as|provided(?: that)?|assuming|pending|until)\b|\b(?:could|might|may) work\b/u;
const COUNTERFACTUAL = /\b(?:was|were) (?:going|about) to\b|\bwould have\b|\bused to\b|\balmost\b/u;
const REPORT =
  /\b(?:@?[\w-]+) (?:said|says|mentioned|claims?|thinks|told|wrote|argued)\b|\bnobody said\b|\baccording to\b/u;
/** "I like it, but I need to check first" postpones the answer. */
const POSTPONED =
  /\bbut (?:i|we)(?:'d| would| still)? (?:need|want|have|like) to\b|\bagree with @?[\w⟦:⟧-]+ that\b/u;
const JOKE = /😂|🤣|\b(?:haha|lol|plot twist|just kidding|jk)\b/u;
const SARCASM = /[🙄🙃]|(?:^|\s)\/s(?:$|\s)|\b(?:oh|yeah),? (?:sure|right),/u;
const NEGATION =
  /(?:\bnot|n't|\bnever|\bnobody|\bneither|\bno longer|\bwithout|\bhardly|\bno)\b(?: [\w'@-]+){0,6} ?$/u;
const OTHER_OBJECT =
  /\b(?:prs?|pull requests?|designs?|mocks?|mockups?|copy|translations?|videos?|staging|deploy|checklist|commits?|screenshots?|build|payments?|tests? pass|refactor|bug report|revert)\b|⟦pull⟧|#\d+/u;
const PROPOSAL_WORD = /\b(?:proposals?|solutions?|approach|rca|root cause|fix(?:es)?|plan|idea)\b|⟦comment:/u;

/** The whole comment is not meant as it reads. */
export function isIronic(sentences: readonly Sentence[]): boolean {
  return sentences.some(({ text }) => SARCASM.test(text));
}

/** The sentence approves nothing, whatever phrases it holds. */
export function isDoubtful({ text, isQuestion }: Sentence): boolean {
  if (isQuestion || [JOKE, COUNTERFACTUAL, POSTPONED].some((doubt) => doubt.test(text))) return true;
  return CONDITION.test(text) && !FORCED.test(text);
}

/** What may follow "let's go with" when nobody is named behind it. */
const NAMELESS_OBJECT =
  /^(?: (?:it|that|this|them|him|her|you|your|the|these|one|an?)\b)?(?:[^\w]*$|[^\w]|(?: \w+){0,3} ?(?:proposals?|solution|approach|fix|idea|plan|one|change|version)|(?: \w+)? (?:here|there|then|now|for|because|since|as|and|so)\b)/u;

/** Whether the phrase's object can be somebody who was named earlier: "go with it", not "go with the new copy". */
export function leavesItsObjectOpen(after: string): boolean {
  return NAMELESS_OBJECT.test(after) && !OTHER_OBJECT.test(after.slice(0, 30));
}

const SMALL_WORDS = new Set(
  'the a an this that one first second third last latest by from of in is for to with on at as would should be me it also here our his her their main updated clearly definitely hiring taking choosing alternative'.split(
    ' ',
  ),
);

/** Whether the words between a phrase and a name lead to it: "go with the first one by X", not "go with Friday, X". */
export function leadsTo(gap: string): boolean {
  if (speaksOfProposals(gap)) return true;
  const words = gap.match(/(?<![@\w-])[a-z][\w']*/gu) ?? [];
  return words.every((word) => SMALL_WORDS.has(word));
}

/** Whether what stands before the phrase turns it around, or puts it into somebody else's mouth. */
export function isTurnedAround(before: string): boolean {
  return NEGATION.test(before) || REPORT.test(before);
}

/** The sentence is about a pull request, a design, a build: not about a proposal. */
export function isAboutSomethingElse(text: string): boolean {
  return OTHER_OBJECT.test(text) && !PROPOSAL_WORD.test(text);
}

export function speaksOfProposals(text: string): boolean {
  return PROPOSAL_WORD.test(text);
}
