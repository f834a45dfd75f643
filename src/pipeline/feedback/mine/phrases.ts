/**
 * The phrases by which reviewers show what they think, as they stand in a lower-case sentence. Every pattern is
 * linear: no repetition inside a repetition.
 */

export interface Phrase {
  /** The rule's name, kept with the signal. */
  readonly rule: string;
  readonly pattern: RegExp;
  /** Where the proposal stands: after the phrase ("let's go with X") or before it ("X looks good"). */
  readonly proposal: 'after' | 'before';
}

const phrase = (rule: string, proposal: Phrase['proposal'], pattern: RegExp): Phrase => ({
  rule,
  proposal,
  pattern: new RegExp(pattern.source, 'gu'),
});

/** Says which one is taken. */
export const CHOICES: readonly Phrase[] = [
  phrase(
    'go-with',
    'after',
    /\b(?:go|goes|going|move|moving|proceed|proceeding|continue|run|stick) (?:forward |ahead |on )?(?:with|for)\b/,
  ),
  phrase(
    'lets',
    'after',
    /\blet(?:'s|s| us) (?:just )?(?:hire|assign|do|get|pick|choose|select|accept|take|use|ship|(?:give|award) (?:this|it)[\w ]{0,12} to)\b/,
  ),
  phrase(
    'i-choose',
    'after',
    /\b(?:i|we)(?:'d|'ll|'m| would| will| should| can| am)? (?:also |still |now )?(?:choose|pick|select|recommend|accept|approve|hire|assign|support|vote(?: for)?)\b(?! that)/,
  ),
  phrase(
    'we-choose',
    'after',
    /\b(?:i'm|i am|we're|we are) (?:assigning|choosing|picking|hiring|selecting|recommending|leaning)\b/,
  ),
  phrase(
    'choosing',
    'after',
    /(?:^|[,:] )(?:ok,? |so,? )?(?:choosing|approving|selecting|picking|accepting|hiring|recommending|assigned|(?:offer|invitation|contract) sent to|welcome aboard)\b/,
  ),
  phrase('my-choice', 'after', /\bmy (?:pick|choice|vote|preference|recommendation)\b(?! is that)/),
  phrase(
    'selected',
    'after',
    /\b(?:selected|chosen|accepted|approved|winning) proposal\b|\bproposal(?: is)? (?:accepted|approved|selected)\b/,
  ),
  phrase(
    'prefer',
    'after',
    /\b(?:prefer|(?:strong|clear|slight) preference (?:for|to)|lean(?:ing)? (?:more )?(?:to|towards?)|in favou?r of|best off with|sold on|convinced by|on board with|sign(?:ing)? off on|thumbs up (?:for|to)|yes to)\b/,
  ),
  phrase(
    'green-light',
    'after',
    /\bgreen light (?:for|to)\b|(?:👍|✅|🟢) (?:for|to|on)\b|\+1 (?:for|on|to)\b/u,
  ),
  phrase('like-better', 'before', /\b(?:better|more) than\b(?= )/),
  phrase(
    'has-my-vote',
    'before',
    /\b(?:has|have|gets?|got) my (?:vote|approval|support|blessing)\b|\b(?:is|are) my favou?rite\b|\bstands out\b|\btips it\b|\bwill do the pr\b|\bgets? (?:the job|this one|it)\b|\bwins\b|\bcomes out ahead\b|(?<=@[\w-]{1,39} )it is\b/,
  ),
  phrase('way-to-go', 'before', /\b(?:is|are|being) (?:definitely |clearly )?the way to go\b|\ball yours\b/),
  phrase(
    'suggest-taking',
    'after',
    /\b(?:suggest|recommend|propose|vote)(?:ing)? (?:that )?(?:we |to )?(?:should )?(?:take|taking|going with|use|using|accept|accepting|choose|choosing|hire|hiring)\b/,
  ),
  phrase(
    'is-best',
    'before',
    /\b(?:is|has|makes?|was|looks?|works?|are)(?: \w+)? (?:the )?(?:best|most (?:sense|robust|complete|solid)|better (?:one|fit|option)|cleanest|clearest|more complete|exactly what)\b/,
  ),
  phrase('winner', 'after', /\b(?:the|a) winner\b/),
  phrase(
    'is-approved',
    'before',
    /(?:^|\b(?:is|are|has been|been) )(?:approved|accepted|selected|chosen)\b(?! (?:for payment|the pr|pr\b))/,
  ),
  phrase('hired', 'before', /\byou(?:'re| are| have been) (?:hired|assigned|selected)\b/),
  phrase('happy-for', 'after', /\b(?:happy|good|fine|ok|okay) (?:for|with) (?=@)/),
  phrase('go-ahead', 'after', /\bgo ahead\b(?! and (?:close|merge))|\bplease proceed\b/),
  phrase(
    'start-the-pr',
    'before',
    /\b(?:please|feel free to|you can|can now|you may) (?:\w+ ){0,2}(?:raise|open|link|create|submit|start (?:on|with)|work on) (?:the|a|your) (?:pr|pull request)\b/,
  ),
];

/** Praises without saying that it is the one. */
export const PRAISES: readonly Phrase[] = [
  phrase(
    'looks-good',
    'before',
    /\b(?:looks?|sounds?|seems?) (?:really |very |pretty |also |still )?(?:good|great|solid|right|fine|better)\b|\b(?:lgtm|ok) to me\b|\blgtm\b/,
  ),
  phrase(
    'good-enough',
    'before',
    /\b(?:is|are|seems|looks)(?: [\w,]+){0,3}? (?:good|solid|great|clean|neat|elegant|thorough|convincing|promising enough|spot[- ]on)\b(?! (?:idea|point|question|catch|if)\b)/,
  ),
  phrase(
    'rca-correct',
    'before',
    /\b(?:rca|root cause)(?: analysis)?(?: is| looks|,)? (?:also |indeed )?(?:correct|right|good|spot[- ]on)\b|\b(?:correct|right) (?:rca|root cause)\b/,
  ),
  phrase(
    'right-one',
    'before',
    /\b(?:is|that's|looks like|seems) (?:also )?(?:the )?(?:right|correct|proper|better) (?:one|fix|solution|approach|way|call|choice)\b|\bwhat (?:i'd|i would|we) (?:expect|want|need)\b/,
  ),
  phrase(
    'fixes-it',
    'before',
    /\bfixes (?:the|this|it|both|all)\b(?! symptoms?)|\bthe only (?:one|proposal|solution|fix) (?:that|which|to)\b|\bpasses everywhere\b|\bmatches what i see\b|\b(?:correctly|rightly) (?:identif|point|explain|describ|spot)|\b(?:checks out|holds up|nails it|ticks all)\b/,
  ),
  phrase(
    'like',
    'after',
    /\bi (?:really |also )?like (?:the way|how|your|this|that|the (?:solution|approach|proposal|fix)|@|⟦)/u,
  ),
  phrase('makes-sense', 'before', /\bmakes? (?:the most |a lot of |total )?sense\b/),
  phrase(
    'works',
    'before',
    /\b(?:works|worked|is working) (?:well|fine|great|for me|as expected|everywhere)\b|\bdoes the job\b|\b(?:will|should) work\b/,
  ),
  phrase('agree-with', 'after', /\bi (?:fully |also |totally )?agree with\b/),
  phrase(
    'happy-with',
    'after',
    /\b(?:i'm|i am|we're|we are) (?:also )?(?:happy|good|ok|okay|fine) (?:with|to)\b|^(?:i'd be )?happy (?:with|to)\b/,
  ),
];

/** Says that it is not the one. */
export const REFUSALS: readonly Phrase[] = [
  phrase(
    'does-not-work',
    'before',
    /\b(?:did|does|do|would|will|could)(?:n't| not) (?:really |actually |seem to )?(?:fix|work|solve|help|address|explain|resolve|say why|handle|cover|consider|account for|change anything)\b|\bnothing changed\b|\b(?:no|any) (?:effect|difference)\b|\bfails\b|\bwon't (?:work|fix|solve|help)\b|\b(?:issue|bug|problem) (?:is )?still (?:there|present|reproducible|exists)\b|\bneither (?:of (?:them|these) )?(?:works?|fix(?:es)?)\b/,
  ),
  phrase(
    'not-different',
    'before',
    /\b(?:not much|not that|isn't much|not any) different\b|\bsame as (?:the |@)[\w' -]{0,20}(?:above|earlier|previous|proposal)\b/,
  ),
  phrase(
    'already-proposed',
    'before',
    /\balready (?:been )?(?:proposed|suggested|posted)\b|\bidentical to\b|\brepeats what\b|\b(?:a copy of|copied from)\b|\bsame (?:solution|fix|idea|approach) as\b|\bduplicate of\b|\balready tried\b/,
  ),
  phrase(
    'wrong-cause',
    'before',
    /\b(?:rca|root cause|cause)(?: analysis)? (?:is|looks|seems) (?:also )?(?:incorrect|wrong|not (?:right|correct))\b|\bwrong (?:rca|root cause|direction|place for the fix)\b/,
  ),
  phrase(
    'not-right',
    'before',
    /(?:\bnot|\bisn't|n't think (?:that|this|it)(?:'s| is)) (?:the |a )?(?:right|correct|proper|real) (?:root cause|rca|solution|one|fix|approach|place)\b/,
  ),
  phrase('not-the-cause', 'before', /(?:\bnot|\bisn't) (?:the |a )?(?:real |actual |root )?cause\b/),
  phrase(
    'not-convinced',
    'before',
    /\bnot (?:yet |so |too )?(?:convinced|sure|acceptable|enough|sufficient|ideal|viable|feasible|accurate|complete|relevant)\b|\b(?:incomplete|insufficient|inaccurate|irrelevant|overkill|too (?:complex|broad|risky|vague|generic|invasive))\b|\b(?:isn't|is not) clear\b|\b(?:don't|do not|can't) see how\b|n't think (?:this|that|it) (?:will|would) (?:work|fix|help)\b/,
  ),
  phrase('disagree', 'after', /\bdisagree with\b|\bnot a fan of\b/),
  phrase(
    'workaround',
    'before',
    /\b(?:is|(?:feels|looks|seems) like|just) (?:just )?a (?:workaround|hack|band-?aid)\b|\btoo hacky\b|\bpaper(?:s|ing)? over\b|\b(?:hides|treats|fixes|masks) (?:only )?(?:the )?symptoms?\b/,
  ),
  phrase(
    'update-first',
    'before',
    /\bupdate your (?:original )?proposal\b|\blacks? (?:details?|a root cause)\b|\bneeds? (?:a lot )?more details?\b/,
  ),
  phrase(
    'breaks',
    'before',
    /\b(?:breaks|broke)\b|\b(?:would|will) (?:break|introduce|cause|hide|mask|lose)\b|\bcauses? (?:a |an |another )?(?:regression|flash|flicker|crash|bug|problem)\b|\bhurts?\b|\bstill (?:flickers|fails|crashes|happens)\b|\b(?:can|could) still reproduce\b[\w ,]{0,40}\b(?:after|with)\b/,
  ),
  phrase(
    'is-a-no',
    'before',
    /\b(?:it's|that's|is) a no\b|\bdon't want to (?:go there|do (?:this|that))\b|\bcan't do (?:this|that)\b|\brather not\b|\b(?:don't|do not|wouldn't|can't) recommend\b|\bdon't want to\b/,
  ),
  phrase(
    'not-going-with',
    'after',
    /\b(?:wouldn't|won't|can't|cannot|can not|shouldn't|not going to|don't want to) (?:go (?:with|for)|accept|choose|pick|approve|move forward with)\b/,
  ),
  phrase('not-good', 'before', /\b(?:doesn't|does not|didn't) (?:look|sound|seem) (?:good|right)\b/),
  phrase(
    'not-eligible',
    'before',
    /\b(?:not|isn't|n't) eligible\b|\b(?:posted|proposed|submitted) (?:\w+ ){0,2}before (?:the )?[\w' ]{0,30}label\b|\bagainst (?:our|the) rules\b|\bonly accept proposals after\b|\b(?:does not|doesn't|don't|won't) count\b/,
  ),
];

/** Says that no proposal will do. */
export const NONE_ACCEPTABLE =
  /\bnone of (?:the|these|them|those)\b(?! (?:checks|tests|comments))|\bno (?:clear )?winner\b|\bno (?:satisfactory|suitable|acceptable|valid|good|convincing) (?:proposals?|solutions?)\b|\bno proposals?\b(?: \w+){0,4} (?:good|right|convincing|satisfactory|acceptable|yet|so far)\b|\ball (?:of )?(?:the )?(?:above |current |existing )?proposals (?:above |so far )?(?:miss|fail|lack|ignore|are missing|are wrong)\b|\bstill looking for (?:\w+ )?proposals\b|\b(?:don't|do not) like any\b|\b(?:current|existing) (?:ones|proposals) (?:don't|do not|aren't)\b/u;

/** What a reviewer of such projects writes under a choice: C+ reviewed, and bows around eyes. */
export const RITUAL = /🎀(?:\s|\uFE0F)*👀(?:\s|\uFE0F)*🎀|\bc\+ reviewed\b/iu;
