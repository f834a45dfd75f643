/** Reads one streamed answer to its end. */
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { FinishReason, TextDelta } from '../../pipeline/judge/model/port.ts';
import { AttemptError } from './failures.ts';

/** vLLM sends thinking as `reasoning`; it, SGLang and llama.cpp have also called it `reasoning_content`. */
interface ReasoningDelta {
  readonly content?: string | null;
  readonly reasoning?: string | null;
  readonly reasoning_content?: string | null;
}

export interface StreamedAnswer {
  readonly answer: string | null;
  readonly thinking: string | null;
  readonly finishReason: FinishReason;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly model: string | null;
}

export interface StreamObserver {
  /** Called for every chunk, text or not. */
  readonly onChunk: () => void;
  readonly onText: (delta: TextDelta, model: string | null) => void;
}

/**
 * @throws AttemptError `failing` when the stream ends although the server has not said why generation ended.
 */
export async function readStream(
  chunks: AsyncIterable<ChatCompletionChunk>,
  observer: StreamObserver,
): Promise<StreamedAnswer> {
  let answer = '';
  let thinking = '';
  let finish: string | null = null;
  let usage: ChatCompletionChunk['usage'] = null;
  let model: string | null = null;
  try {
    for await (const chunk of chunks) {
      observer.onChunk();
      model ??= chunk.model ?? null;
      // The last chunk holds the usage and no choice.
      usage = chunk.usage ?? usage;
      const choice = chunk.choices?.[0];
      if (!choice) continue;
      finish = choice.finish_reason ?? finish;
      const delta = textOf(choice.delta ?? {});
      if (!delta) continue;
      thinking += delta.thinking ?? '';
      answer += delta.answer ?? '';
      observer.onText(delta, model);
    }
  } catch (error) {
    // What breaks behind the end of an answer costs its usage and nothing else.
    if (finish === null) throw error;
  }
  if (finish === null) {
    throw new AttemptError('failing', 'the stream ended before the answer did', {
      afterText: answer !== '' || thinking !== '',
    });
  }
  return {
    answer: answer === '' ? null : answer,
    thinking: thinking === '' ? null : thinking,
    finishReason: finishReason(finish),
    promptTokens: usage?.prompt_tokens ?? null,
    completionTokens: usage?.completion_tokens ?? null,
    model,
  };
}

function textOf(delta: ReasoningDelta): TextDelta | null {
  const thinking = delta.reasoning || delta.reasoning_content || '';
  const answer = delta.content || '';
  if (!thinking && !answer) return null;
  return { ...(thinking ? { thinking } : {}), ...(answer ? { answer } : {}) };
}

function finishReason(reason: string): FinishReason {
  return reason === 'stop' || reason === 'length' || reason === 'content_filter' ? reason : 'unknown';
}
