/** Webhook payloads: anything at all, and GitHub's own examples with a part replaced. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { HANDLED_EVENTS } from '../../src/pipeline/webhook/events.ts';
import { parseDelivery } from '../../src/pipeline/webhook/parse.ts';
import { type Property, property } from './property.ts';
import { hostileText } from './texts.ts';

interface Example {
  readonly name: string;
  readonly examples: readonly object[];
}

const path = createRequire(import.meta.url).resolve('@octokit/webhooks-examples/api.github.com/index.json');
const examples = (JSON.parse(readFileSync(path, 'utf8')) as Example[])
  .filter(({ name }) => HANDLED_EVENTS.some((event) => event === name))
  .flatMap(({ name, examples: payloads }) => payloads.map((payload) => ({ event: name, payload })));

const junk = fc.oneof(
  hostileText,
  fc.jsonValue(),
  fc.constantFrom(null, undefined, '', 0, -1, 2 ** 53, Number.NaN, [], {}, { id: '1' }),
);

/** One value somewhere in the payload, named by its way there, becomes something else. */
const spoiled = fc
  .tuple(fc.constantFrom(...examples), fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), junk)
  .map(([{ event, payload }, way, value]) => ({ event, payload: spoil(payload, way, value) }));

function spoil(node: unknown, [step = 0, ...rest]: readonly number[], value: unknown): unknown {
  if (typeof node !== 'object' || node === null) return value;
  const keys = Object.keys(node);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return value;
  const inner = (node as Record<string, unknown>)[key];
  const changed = rest.length === 0 ? value : spoil(inner, rest, value);
  return Array.isArray(node) ? node.with(Number(key), changed) : { ...node, [key]: changed };
}

const anything = fc.record({
  event: fc.oneof(fc.constantFrom(...HANDLED_EVENTS), hostileText),
  payload: fc.anything({ withNullPrototype: true, withBigInt: true }),
});

export const payloadProperties: readonly Property[] = [
  property(
    'a payload is read as an event or ignored with a reason',
    fc.oneof(spoiled, anything),
    (delivery) => {
      const event = parseDelivery(delivery);
      return event.kind === 'ignored' ? event.reason.length > 0 : Number.isSafeInteger(event.installationId);
    },
  ),
];
