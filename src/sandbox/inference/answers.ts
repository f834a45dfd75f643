/** What the fake inference server says when it has no script. */
import type { FakeAnswer, FakeRequest } from './script.ts';

const TEXT = 'Written by the fake inference server, which reads nothing.';

/**
 * Fills the request's schema, so that every caller gets an answer it can use: the first value of an enum (in a
 * list the first, the second, …), the smallest number, a fixed sentence. Without a schema it is that sentence.
 */
export function plainAnswer(request: FakeRequest): FakeAnswer {
  return {
    ...(request.thinking ? { thinking: 'The first one will do.' } : {}),
    answer: request.schema === null ? TEXT : (fillSchema(request.schema) as object),
  };
}

/**
 * A value that fits a JSON Schema made of types, enums, constants, properties, items, and choices of these.
 * @example fillSchema({ type: 'object', properties: { id: { enum: [2, 1] } }, required: ['id'] }) // { id: 2 }
 */
export function fillSchema(schema: unknown, index = 0): unknown {
  if (!isRecord(schema)) return TEXT;
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[index % schema.enum.length];
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return fillSchema(choices[0], index);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return fillObject(schema, index);
    case 'array':
      return Array.from({ length: Number(schema.minItems ?? 0) }, (_, item) =>
        fillSchema(schema.items, item),
      );
    case 'integer':
    case 'number':
      return Number(schema.minimum ?? 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return TEXT.slice(0, Number(schema.maxLength ?? TEXT.length));
  }
}

function fillObject(schema: Record<string, unknown>, index: number): Record<string, unknown> {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : Object.keys(properties);
  return Object.fromEntries(
    required.map((name) => [String(name), fillSchema(properties[String(name)], index)]),
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
