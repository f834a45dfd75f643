import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerJsonSchema } from '../../../../src/pipeline/judge/model/answer.ts';
import { createIdWatcher } from '../../../../src/pipeline/judge/model/early-id.ts';
import { readAnswer } from '../../../../src/pipeline/judge/model/reader.ts';
import { runs } from '../../../support/fuzz.ts';
import { processorClock } from '../../../support/processor-time.ts';

interface Vector {
  readonly name: string;
  readonly answer: string;
  readonly thinking?: string;
  readonly allowed_ids: number[];
  readonly expect: { valid: boolean; best_proposal_id: number | null; reason: string };
}

const file = new URL('../../../fixtures/reader-vectors.json', import.meta.url);
const vectors: Vector[] = JSON.parse(readFileSync(file, 'utf8'));

describe('the reader', () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))('vector: %s', (_name, vector) => {
    const result = readAnswer(vector.answer, { ids: vector.allowed_ids });
    expect({
      valid: result.valid,
      best_proposal_id: result.valid ? result.answer.best_proposal_id : null,
      reason: result.reason,
    }).toEqual(vector.expect);
  });

  it('covers every reason in the vectors but the length limit', () => {
    const reasons = new Set(vectors.map((vector) => vector.expect.reason));
    expect([...reasons].sort()).toEqual([
      'duplicate_key',
      'empty',
      'id_not_allowed',
      'id_type',
      'missing_id',
      'no_object',
      'not_json',
      'ok',
      'schema',
      'several_objects',
      'truncated',
      'unclosed_thinking',
    ]);
  });

  it('gives back the thinking that stood in the answer', () => {
    const text = '<think>\nfirst\n</think>{"best_proposal_id":1,"explanation":"e","golden_proposal":"g"}';
    expect(readAnswer(text, { ids: [1] })).toMatchObject({ valid: true, thinking: 'first' });
  });

  it('takes a null content for no answer', () => {
    expect(readAnswer(null, { ids: [1] })).toMatchObject({ valid: false, reason: 'empty' });
  });

  it('refuses null where somebody must be chosen', () => {
    const text = '{"best_proposal_id":null,"explanation":"e","golden_proposal":"g"}';
    expect(readAnswer(text, { ids: [1], allowNull: false })).toMatchObject({
      reason: 'id_not_allowed',
      problem: '"best_proposal_id" must be one of 1.',
    });
  });

  it('asks for less where parts are switched off', () => {
    const parts = { explanation: false, goldenProposal: false };
    expect(readAnswer('{"best_proposal_id":1}', { ids: [1], parts })).toMatchObject({
      valid: true,
      answer: { explanation: '', golden_proposal: '' },
    });
  });

  it('never throws and never lets an id outside the set through', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '"',
      '\\',
      '<think>',
      '</think>',
      '```json\n',
      '[',
      ']',
      ',',
      ': ',
      ' ',
      '\n',
      '-',
      '1',
      '2',
      '2.0',
      '"best_proposal_id"',
      '"explanation"',
      '"golden_proposal"',
      '"x"',
      'null',
      'true',
      '\ud800',
      '\0',
      '{"best_proposal_id": 2, "explanation": "e", "golden_proposal": "g"}',
    );
    fc.assert(
      fc.property(fc.oneof(fc.array(piece, { maxLength: 30 }), fc.array(fc.string())), (pieces) => {
        const result = readAnswer(pieces.join(''), { ids: [2] });
        return !result.valid || [2, null].includes(result.answer.best_proposal_id);
      }),
      runs(500),
    );
  });

  it.each([
    '{"',
    '{"a":',
    '{ ',
    '"',
    '\\"',
    '<think>',
    '</think>',
    '[[[',
    '{"a":{"a":[',
    '{"best_proposal_id":1}',
    '`',
  ])('stays linear on %j repeated', (piece) => {
    const text = piece.repeat(Math.floor(199_000 / piece.length));
    const spent = processorClock();
    expect(readAnswer(text, { ids: [1] }).valid).toBe(false);
    expect(readAnswer(`{"best_proposal_id": 1, "explanation": "${text}`, { ids: [1] }).valid).toBe(false);
    expect(spent()).toBeLessThan(2_000);
  });

  it('refuses text beyond its limit', () => {
    expect(readAnswer('x'.repeat(200_001), { ids: [1] })).toMatchObject({ reason: 'too_long' });
  });
});

describe('the JSON schema', () => {
  it('puts the id first and allows only the ids shown', () => {
    const { schema } = answerJsonSchema({ ids: [1, 3], allowNull: true, assess: [1, 2, 3] });
    expect(schema.properties).toMatchObject({ best_proposal_id: { enum: [1, 3, null] } });
    expect(schema.required).toEqual(['best_proposal_id', 'explanation', 'golden_proposal', 'assessments']);
    expect(Object.keys(schema.properties as object)[0]).toBe('best_proposal_id');
  });

  it('leaves out null and parts that are not asked for', () => {
    const parts = { explanation: false, goldenProposal: true };
    const { schema } = answerJsonSchema({ ids: [1], allowNull: false, assess: [1] }, parts);
    expect(schema.required).toEqual(['best_proposal_id', 'golden_proposal']);
    expect(schema.properties).toMatchObject({ best_proposal_id: { enum: [1] } });
  });
});

describe('the id watcher', () => {
  const watch = (text: string, ids = [1, 12]) => {
    const watcher = createIdWatcher(ids, true);
    const seen = [...text].map((piece) => watcher.feed(piece));
    return seen.find((id) => id !== undefined);
  };

  it('waits until the id cannot grow any more', () => {
    const watcher = createIdWatcher([1, 12], true);
    expect(watcher.feed('{"best_proposal_id": 1')).toBeUndefined();
    expect(watcher.feed('2')).toBeUndefined();
    expect(watcher.feed(', "')).toBe(12);
  });

  it.each([
    ['```json\n{ "best_proposal_id" : 12 }', 12],
    ['{"best_proposal_id": null,', null],
    ['{"best_proposal_id": 7,', undefined],
    ['{"best_proposal_id": "1",', undefined],
    ['{"best_proposal_id": 1.0,', undefined],
    ['{"best_proposal_id": 01,', undefined],
    ['{"explanation": "{\\"best_proposal_id\\": 1,', undefined],
    ['<think>{"best_proposal_id": 1,', undefined],
    ['Proposal says {"best_proposal_id": 1,', undefined],
  ])('reads %j as %j', (text, id) => {
    expect(watch(text)).toBe(id);
  });

  it('agrees with the reader on every valid answer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 12, null),
        fc.string(),
        fc.constantFrom('', ' ', '\n'),
        (id, text, gap) => {
          const answer = `${gap}{${gap}"best_proposal_id"${gap}:${gap}${id}${gap},"explanation":${JSON.stringify(text)},"golden_proposal":""}`;
          const read = readAnswer(answer, { ids: [1, 12] });
          return read.valid && read.answer.best_proposal_id === watch(answer);
        },
      ),
    );
  });
});
