/** Our request in the words of an OpenAI-compatible server, vLLM being the reference. */
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import type { CompletionRequest } from '../../pipeline/judge/model/port.ts';

/** What vLLM takes beyond OpenAI's own parameters; other servers ignore what they do not know. */
interface VllmParameters {
  /** Arguments of the chat template; Qwen3's knows `enable_thinking`. */
  chat_template_kwargs?: { enable_thinking: boolean };
  /**
   * Tokens after which thinking is ended. vLLM answers 400 unless it runs with `--reasoning-parser`, so it is
   * sent only when there is a budget.
   */
  thinking_token_budget?: number;
}

export type CompletionBody = ChatCompletionCreateParamsStreaming & VllmParameters;

export function buildBody(request: CompletionRequest, model: string): CompletionBody {
  const { thinking } = request;
  return {
    model,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    ...(request.topP === undefined ? {} : { top_p: request.topP }),
    ...(request.seed === undefined ? {} : { seed: request.seed }),
    chat_template_kwargs: { enable_thinking: thinking.enabled },
    ...(thinking.enabled && thinking.budgetTokens !== null
      ? { thinking_token_budget: thinking.budgetTokens }
      : {}),
    ...(request.schema === null
      ? {}
      : {
          response_format: {
            type: 'json_schema',
            json_schema: { name: request.schema.name, schema: { ...request.schema.schema }, strict: true },
          },
        }),
  };
}
