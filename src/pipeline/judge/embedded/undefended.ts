/**
 * The embedded judge without its defences, so that `bench --attacks` can say what they are worth. Never used for a
 * decision.
 */
import { type ProposalDocument, readProposal } from './document.ts';
import { vectorFrom, type Weights } from './weights.ts';

/** Features that are there because somebody may write for the judge. */
const DEFENCES: ReadonlySet<string> = new Set(['stuffing', 'persuasion', 'copied']);

/** Weights under which stuffing, persuading and copying cost nothing. */
export function withoutDefences(weights: Weights): Weights {
  return vectorFrom((name) => (DEFENCES.has(name) ? 0 : weights[name]));
}

/** Reads a proposal with what GitHub hides: the texts of HTML comments and elements count as said. */
export function readWithHidden(body: string): ProposalDocument {
  return readProposal(body.replace(/<!-{2,3}|-->|<\/?[a-z][^<>]{0,2000}>/gi, ' '));
}
