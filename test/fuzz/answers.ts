import fc from 'fast-check';
import { createIdWatcher } from '../../src/pipeline/judge/model/early-id.ts';
import { findUngrounded } from '../../src/pipeline/judge/model/grounding.ts';
import { readAnswer } from '../../src/pipeline/judge/model/reader.ts';
import { cleanText } from '../../src/pipeline/judge/prompt/clean.ts';
import { type Property, property } from './property.ts';
import { hostileText } from './texts.ts';

const IDS = [1, 2, 3];

const object = fc.record(
  {
    best_proposal_id: fc.oneof(fc.constantFrom(1, 2, 3, 4, null, '1', 1.5, -1), fc.jsonValue()),
    explanation: fc.oneof(hostileText, fc.jsonValue()),
    golden_proposal: fc.oneof(hostileText, fc.jsonValue()),
    assessments: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

/** An object as models wrap it: in thinking, prose, a fence; cut somewhere. */
const answers = fc
  .record({ before: hostileText, thinking: hostileText, object, after: hostileText, cut: fc.nat(2_000) })
  .chain(({ before, thinking, object: inner, after, cut }) => {
    const json = JSON.stringify(inner);
    return fc.constantFrom(
      json,
      `<think>${thinking}</think>${json}`,
      `${before}\n\`\`\`json\n${json}\n\`\`\`\n${after}`,
      `${before}${json}${after}`,
      json.slice(0, cut),
      json + json,
      before,
    );
  });

export const answerProperties: readonly Property[] = [
  property('an answer is valid with an allowed id, or invalid with a problem', answers, (text) => {
    const read = readAnswer(text, { ids: IDS });
    if (!read.valid) return read.problem.length > 0;
    const id = read.answer.best_proposal_id;
    return id === null || IDS.includes(id);
  }),
  property(
    'a watched stream names no id that is not allowed',
    fc.array(answers, { maxLength: 3 }),
    (pieces) => {
      const watcher = createIdWatcher(IDS, false);
      return pieces.every((piece) => {
        const id = watcher.feed(piece);
        return id === undefined || (id !== null && IDS.includes(id));
      });
    },
  ),
  property(
    'what a golden proposal invents can be found in any text',
    fc.tuple(hostileText, hostileText),
    ([golden, source]) => {
      const found = findUngrounded(golden, { texts: [source] });
      return found.paths.every((path) => path.length > 0);
    },
  ),
  property(
    'text for a prompt holds no special token',
    hostileText,
    (text) => !/<\|[a-z_]+\|>/.test(cleanText(text)),
  ),
];
