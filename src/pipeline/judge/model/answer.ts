/** The model's answer: its shape, and the JSON Schema that servers make it fill. */
import * as z from 'zod';
import { wellFormed } from '../../../markdown/invisible.ts';
import { ALL_PARTS, type AnswerParts } from '../prompt/messages.ts';
import type { AnswerSchema } from './port.ts';

/** JSON may hold by escapes what a database cannot: `"\u0000"`. */
const textSchema = z.string().transform(wellFormed);
const assessmentSchema = z.strictObject({ id: z.int(), strength: textSchema, weakness: textSchema });

/** Ids are those shown in the prompt. Key order matters: the id comes first, so that a vote can stop there. */
export const answerSchema = z.strictObject({
  best_proposal_id: z.int().nullable(),
  explanation: textSchema,
  golden_proposal: textSchema,
  assessments: z.array(assessmentSchema).optional(),
});

export type Answer = z.infer<typeof answerSchema>;

/** The shape when the model was asked for less (ablations): what is missing reads as empty. */
export function answerSchemaFor(parts: AnswerParts): z.ZodType<Answer> {
  return answerSchema.extend({
    explanation: parts.explanation ? textSchema : textSchema.default(''),
    golden_proposal: parts.goldenProposal ? textSchema : textSchema.default(''),
  });
}

/** What ids the answer may name. */
export interface AnswerChoice {
  /** Ids that may be chosen. */
  readonly ids: readonly number[];
  /** False when one of them must be chosen. */
  readonly allowNull: boolean;
  /** Ids to assess, all those shown; none asks for no assessments. */
  readonly assess: readonly number[];
}

/**
 * JSON Schema for `response_format`: an id outside the choice cannot be generated. Every key is required and in
 * the order in which it is to be written.
 */
export function answerJsonSchema(choice: AnswerChoice, parts: AnswerParts = ALL_PARTS): AnswerSchema {
  const text = { type: 'string' };
  const assessments = {
    type: 'array',
    minItems: choice.assess.length,
    maxItems: choice.assess.length,
    items: object({ id: { type: 'integer', enum: [...choice.assess] }, strength: text, weakness: text }),
  };
  return {
    name: 'verdict',
    schema: object({
      best_proposal_id: { enum: [...choice.ids, ...(choice.allowNull ? [null] : [])] },
      ...(parts.explanation ? { explanation: text } : {}),
      ...(parts.goldenProposal ? { golden_proposal: text } : {}),
      ...(parts.explanation && choice.assess.length > 0 ? { assessments } : {}),
    }),
  };
}

function object(properties: Record<string, unknown>): Record<string, unknown> {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}
