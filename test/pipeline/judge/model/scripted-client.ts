/** An inference service in memory: a script answers each request, in pieces, and hears when it is hung up on. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  Answerer,
  Completion,
  CompletionRequest,
  InferenceClient,
  TextDelta,
} from '../../../../src/pipeline/judge/model/port.ts';

export interface ScriptedAnswer {
  readonly answer?: string | null;
  readonly thinking?: string | null;
  readonly error?: Error;
  readonly finishReason?: Completion['finishReason'];
}

export interface SeenRequest {
  readonly request: CompletionRequest;
  /** Markers of the proposals by the id they were shown under. */
  readonly shown: ReadonlyMap<number, string>;
  /** The whole user message. */
  readonly user: string;
  /** Characters of the answer that were sent before the connection was closed. */
  sent: number;
  cancelled: boolean;
}

export interface ScriptedClient extends InferenceClient {
  readonly seen: readonly SeenRequest[];
  /** Most requests that were open at once. */
  readonly peak: () => number;
}

/** `script` gets what was asked and how many requests came before. */
export function scriptedClient(script: (seen: SeenRequest, index: number) => ScriptedAnswer): ScriptedClient {
  const seen: SeenRequest[] = [];
  let open = 0;
  let peak = 0;
  return {
    seen,
    peak: () => peak,
    async complete(request, { signal, onText } = {}) {
      const hear = (delta: TextDelta) => onText?.(delta, ANSWERER);
      const user = request.messages.at(-1)?.content ?? '';
      const entry: SeenRequest = { request, shown: shownIn(user), user, sent: 0, cancelled: false };
      const scripted = script(entry, seen.push(entry) - 1);
      open += 1;
      peak = Math.max(peak, open);
      try {
        await nextTurn();
        if (scripted.error) throw scripted.error;
        if (scripted.thinking) hear({ thinking: scripted.thinking });
        for (const piece of (scripted.answer ?? '').match(/[\s\S]{1,7}/g) ?? []) {
          if (signal?.aborted) {
            entry.cancelled = true;
            throw signal.reason;
          }
          hear({ answer: piece });
          entry.sent += piece.length;
          await nextTurn();
        }
        signal?.throwIfAborted();
        return completionOf(scripted);
      } finally {
        open -= 1;
      }
    },
    models: async () => ['scripted'],
    loadAdapter: async () => {},
    health: async () => [],
    close: async () => {},
  };
}

const ANSWERER: Answerer = { model: 'scripted', serverUrl: 'http://inference.test/v1' };

function completionOf(scripted: ScriptedAnswer): Completion {
  return {
    answer: scripted.answer ?? null,
    thinking: scripted.thinking ?? null,
    finishReason: scripted.finishReason ?? 'stop',
    promptTokens: 1_000,
    completionTokens: 200,
    ...ANSWERER,
    durationMs: 5,
    attempts: 1,
  };
}

/** Proposals of these tests name themselves somewhere in their text. */
const MARKER = /\b(?:Alpha|Bravo|Charlie|Marker\d+)\b/;

function shownIn(user: string): Map<number, string> {
  const blocks = user.matchAll(/<proposal id="(\d+)"[^>]*>\n([\s\S]*?)\n<\/proposal>/g);
  return new Map([...blocks].map(([, id, text]) => [Number(id), MARKER.exec(text ?? '')?.[0] ?? '']));
}

/** The id under which the proposal that begins with this marker was shown. */
export function idOf(seen: SeenRequest, marker: string): number {
  for (const [id, found] of seen.shown) if (found === marker) return id;
  throw new Error(`${marker} is not shown: ${[...seen.shown.values()].join(', ')}`);
}

/** A valid answer for the proposal with this marker, null for none. */
export function verdictFor(
  seen: SeenRequest,
  marker: string | null,
  words: { explanation?: string; golden?: string } = {},
): ScriptedAnswer {
  const id = marker === null ? null : idOf(seen, marker);
  return {
    thinking: `I compared them and prefer ${marker}.`,
    answer: JSON.stringify({
      best_proposal_id: id,
      explanation: words.explanation ?? `Proposal ${id} names the right cause.`,
      golden_proposal: words.golden ?? 'Add the account to the cache key.',
      assessments: [...seen.shown].map(([shown, found]) => ({
        id: shown,
        strength: `Strength of ${found}.`,
        weakness: `Weakness of ${found}.`,
      })),
    }),
  };
}
