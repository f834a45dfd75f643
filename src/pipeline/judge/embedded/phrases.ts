/**
 * What each feature means in words, about one proposal and with what it names. A phrase is a predicate without
 * its subject ("names `foo` as the place to change"), null when there is nothing true and definite to say.
 */

import type { Sentence } from './document.ts';
import type { Analysed } from './features.ts';
import { baseName, nameKey } from './identifiers.ts';
import { hedges } from './sections.ts';
import { mainSource } from './standing.ts';
import { STUFFING_KINDS, type StuffingKind, stuffingByKind } from './stuffing.ts';
import { shorten } from './text.ts';
import type { FeatureName } from './weights.ts';

export type Phrase = (proposal: Analysed, thread: readonly Analysed[]) => string | null;

interface FeaturePhrases {
  readonly strength: Phrase;
  readonly weakness: Phrase;
}

const nothing: Phrase = () => null;

/** Up to `limit` names as a list in words, each in backticks. */
function names(list: readonly string[], limit = 2): string {
  const shown = list.slice(0, limit).map((name) => `\`${shorten(name, 60).replaceAll('`', '')}\``);
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

function quote(sentence: Sentence | undefined): string {
  return shorten((sentence?.text ?? '').replace(/[.:;,\s]+$/, ''), 110);
}

function causeNames({ facts }: Analysed): string[] {
  return [...new Set(facts.cause.flatMap(({ identifiers }) => identifiers))];
}

function numberOf(thread: readonly Analysed[], index: number | null): number | null {
  return index === null ? null : (thread[index]?.read.candidate.number ?? null);
}

/** The proposal whose plan is closest among the earlier ones. */
function earlierTwin(proposal: Analysed, thread: readonly Analysed[]): number | null {
  const own = new Set([...proposal.facts.changeIdentifiers, ...causeNames(proposal)]);
  let best: { number: number; shared: number } | null = null;
  for (const other of thread) {
    if (other.read.posted.order >= proposal.read.posted.order) continue;
    const shared = [...other.facts.changeIdentifiers, ...causeNames(other)].filter((name) =>
      own.has(name),
    ).length;
    if (shared > (best?.shared ?? 0)) best = { number: other.read.candidate.number, shared };
  }
  return best?.number ?? null;
}

/** Names in its change that no other proposal mentions anywhere. */
function namedByNobodyElse(proposal: Analysed, thread: readonly Analysed[]): string[] {
  const others = thread.filter((other) => other !== proposal).flatMap(({ read }) => read.document.sentences);
  const taken = new Set(others.flatMap(({ identifiers }) => identifiers).map(nameKey));
  return proposal.facts.changeIdentifiers.filter((name) => !taken.has(nameKey(name)));
}

const rootCause: FeaturePhrases = {
  strength: (p) => {
    if (p.raw.rootCause < 0.7) return null;
    const places = causeNames(p);
    return places.length > 0
      ? `explains the cause in ${names(places)}`
      : `explains why it happens: "${quote(p.facts.cause[0])}"`;
  },
  weakness: (p) => {
    if (p.raw.rootCause === 0) return 'describes the symptom without a root cause';
    return p.raw.rootCause < 0.7 ? 'states a cause without naming where in the code it sits' : null;
  },
};

const causeToChange: FeaturePhrases = {
  strength: ({ facts }) =>
    facts.chain.length === 0 ? null : `makes its change where it puts the cause, in ${names(facts.chain)}`,
  weakness: (p) => {
    if (p.facts.chain.length > 0 || p.facts.cause.length === 0) return null;
    const changed = p.facts.changeIdentifiers;
    return changed.length > 0
      ? `changes ${names(changed, 1)} without tying it to the cause it gives`
      : 'does not carry its cause over into a change at a named place';
  },
};

const evidence: FeaturePhrases = {
  strength: ({ facts }) => {
    const files = facts.citedFiles.map(({ path }) => baseName(path));
    if (files.length > 0) return `links the lines it talks about in ${names(files)}`;
    return facts.ownCode.length > 0 ? 'quotes the code it talks about' : null;
  },
  weakness: ({ facts }) => {
    if (facts.citedFiles.length > 0) return null;
    return facts.ownCode.length === 0 ? 'shows no code and links no line to check it by' : null;
  },
};

const concreteness: FeaturePhrases = {
  strength: ({ raw, facts }) => {
    if (raw.concreteness < 0.4) return null;
    const where = facts.changeIdentifiers.length > 0 ? ` in ${names(facts.changeIdentifiers)}` : '';
    return facts.changeCode.length > 0
      ? `shows the code of its change${where}`
      : `says what to change${where}`;
  },
  weakness: ({ raw, facts }) => {
    if (facts.change.length + facts.changeCode.length === 0) return 'does not say what to change';
    if (facts.changeIdentifiers.length === 0) return 'names no file or function for its change';
    return raw.concreteness < 0.6 && facts.changeCode.length === 0
      ? `leaves the change in ${names(facts.changeIdentifiers, 1)} to be worked out, without code`
      : null;
  },
};

const coverage: FeaturePhrases = {
  strength: ({ raw }) => (raw.coverage >= 0.5 ? 'speaks to the result that the issue expects' : null),
  weakness: ({ raw }) => (raw.coverage < 0.35 ? 'says little about what should happen instead' : null),
};

const edgeCases: FeaturePhrases = {
  strength: ({ facts }) => {
    const { edge, tests, platforms } = facts;
    if (edge[0] !== undefined) return `thinks of a further case: "${quote(edge[0])}"`;
    if (tests[0] !== undefined) return `says how to test it: "${quote(tests[0])}"`;
    return platforms[0] === undefined ? null : `looks at platforms: "${quote(platforms[0])}"`;
  },
  weakness: ({ facts }) => {
    if (facts.edge.length > 0) return facts.tests.length === 0 ? 'has no tests' : null;
    return facts.tests.length === 0
      ? 'mentions neither tests nor cases beyond the report'
      : 'looks at no case beyond the report';
  },
};

const shortOnSubstance: Phrase = ({ facts }) => {
  const count = facts.cause.length + facts.change.length;
  if (facts.informativeTerms >= 30) return null;
  if (count === 0) return 'says nothing about this issue that could be checked';
  return `spends only ${count === 1 ? 'one sentence' : `${count} sentences`} on cause and change`;
};

const substance: FeaturePhrases = {
  strength: ({ raw, facts }) =>
    raw.substance < 1.4 || facts.cause.length + facts.change.length < 4
      ? null
      : `works the plan out in ${facts.cause.length + facts.change.length} sentences about this issue`,
  weakness: shortOnSubstance,
};

const order: FeaturePhrases = {
  strength: (p, thread) => (thread[0] === p && thread.length > 1 ? 'was posted first' : null),
  weakness: (p, thread) => {
    const before = thread.indexOf(p);
    return before < 1 ? null : `was posted after ${before === 1 ? 'one other' : `${before} others`}`;
  },
};

const lateDuplicate: FeaturePhrases = {
  strength: nothing,
  weakness: (p, thread) => {
    const twin = p.raw.lateDuplicate > 0.35 ? earlierTwin(p, thread) : null;
    return twin === null ? null : `comes to much the same plan as proposal ${twin}, later`;
  },
};

const copied: FeaturePhrases = {
  strength: nothing,
  weakness: (p, thread) => {
    const source = numberOf(thread, mainSource(p.read));
    if (p.raw.copied < 0.15 || source === null) return null;
    return p.raw.copied > 0.7
      ? `repeats proposal ${source} nearly word for word`
      : `takes passages over from proposal ${source}`;
  },
};

const STUFFED_WITH: Record<StuffingKind, string> = {
  repeats: 'says the same sentences more than once',
  lists: 'lists names and keywords without saying what to do with them',
  offTopic: 'says much that is not about this issue',
  code: 'pastes code without explaining it',
  headings: 'has more headings than content',
  links: 'adds links without saying what they show',
};

const TABLE: Record<FeatureName, FeaturePhrases> = {
  rootCause,
  causeToChange,
  evidence,
  concreteness,
  coverage,
  edgeCases,
  substance,
  order,
  lateDuplicate,
  copied,
  alternatives: {
    strength: ({ raw }) => (raw.alternatives >= 0.7 ? 'weighs another way and says why it is second' : null),
    weakness: nothing,
  },
  hedging: {
    strength: nothing,
    weakness: ({ raw, facts }) => {
      const hedge = [...facts.cause, ...facts.change].find(({ text }) => hedges(text));
      return raw.hedging < 0.2 || hedge === undefined
        ? null
        : `is unsure at a decisive point: "${quote(hedge)}"`;
    },
  },
  emptySections: {
    strength: nothing,
    weakness: ({ read }) => {
      const heading = read.document.emptySections[0];
      return heading === undefined ? null : `leaves the part "${shorten(heading, 60)}" empty`;
    },
  },
  stuffing: {
    strength: nothing,
    weakness: ({ raw, read, facts }) => {
      if (raw.stuffing < 0.2) return null;
      const kinds = stuffingByKind(read, facts);
      return STUFFED_WITH[STUFFING_KINDS.reduce((most, kind) => (kinds[kind] > kinds[most] ? kind : most))];
    },
  },
  persuasion: {
    strength: nothing,
    weakness: ({ raw }) => (raw.persuasion > 0 ? 'argues for itself instead of for the change' : null),
  },
  workaround: {
    strength: nothing,
    weakness: ({ raw }) =>
      raw.workaround > 0 ? 'works around the symptom instead of removing the cause' : null,
  },
  pioneered: {
    strength: ({ raw, standing }) =>
      raw.pioneered >= 0.3 && standing.copied < 0.3 ? 'had first what later proposals repeat' : null,
    weakness: nothing,
  },
  support: {
    strength: ({ raw }) => (raw.support >= 0.35 ? 'reaches a plan that others reach as well' : null),
    weakness: ({ raw }, thread) =>
      raw.support < 0.05 && thread.length > 2 ? 'stands alone with its plan' : null,
  },
  novelty: {
    strength: (p, thread) => {
      const own = p.raw.novelty < 0.4 ? [] : namedByNobodyElse(p, thread);
      return own.length === 0 ? null : `brings in ${names(own)}, which no other proposal looks at`;
    },
    weakness: ({ raw }, thread) =>
      raw.novelty < 0.2 && thread.length > 1 ? 'adds nothing of its own about the code' : null,
  },
  lateEdits: {
    strength: nothing,
    weakness: ({ raw }) => (raw.lateEdits >= 0.3 ? 'gained much of its text after others had posted' : null),
  },
};

export function strengthOf(
  name: FeatureName,
  proposal: Analysed,
  thread: readonly Analysed[],
): string | null {
  return TABLE[name].strength(proposal, thread);
}

export function weaknessOf(
  name: FeatureName,
  proposal: Analysed,
  thread: readonly Analysed[],
): string | null {
  return TABLE[name].weakness(proposal, thread);
}
