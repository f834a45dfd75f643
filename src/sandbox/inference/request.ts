import { isRecord } from './answers.ts';
import type { FakeRequest } from './script.ts';

/** Reads a chat completion's body; whatever is missing is null or empty. */
export function readRequest(
  body: Record<string, unknown>,
  index: number,
  authorization: string | undefined,
): FakeRequest {
  const template = isRecord(body.chat_template_kwargs) ? body.chat_template_kwargs : {};
  return {
    index,
    model: typeof body.model === 'string' ? body.model : '',
    messages: Array.isArray(body.messages) ? body.messages : [],
    maxTokens: numberOrNull(body.max_tokens),
    temperature: numberOrNull(body.temperature),
    seed: numberOrNull(body.seed),
    // Qwen3's template thinks unless it is told not to.
    thinking: template.enable_thinking !== false,
    thinkingBudget: numberOrNull(body.thinking_token_budget),
    schema: readSchema(body.response_format),
    stream: body.stream === true,
    authorization: authorization ?? null,
    body,
  };
}

function readSchema(format: unknown): Record<string, unknown> | null {
  if (!isRecord(format) || !isRecord(format.json_schema)) return null;
  return isRecord(format.json_schema.schema) ? format.json_schema.schema : null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
