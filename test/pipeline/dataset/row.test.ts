import { beforeAll, describe, expect, it } from 'vitest';
import { createAnonymiser } from '../../../src/pipeline/dataset/anonymise.ts';
import type { LabelledThread } from '../../../src/pipeline/dataset/labelled-thread.ts';
import { prepareThread } from '../../../src/pipeline/dataset/prepare-thread.ts';
import { buildRows, rowHash, rowTexts, type TrainingRow } from '../../../src/pipeline/dataset/row.ts';
import { loadQwen3Tokens, type TokenCounter } from '../../../src/pipeline/judge/prompt/tokens.ts';
import { processorClock } from '../../support/processor-time.ts';
import { candidate, thread } from './threads.ts';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadQwen3Tokens();
});

async function rowsOf(change: Partial<LabelledThread> = {}, permutations = 2): Promise<TrainingRow[]> {
  const prepared = await prepareThread({ ...thread, ...change });
  return buildRows(prepared.thread, { permutations, counter, split: 'train', contaminated: false });
}

async function firstRow(change: Partial<LabelledThread> = {}): Promise<TrainingRow> {
  const [row] = await rowsOf(change);
  if (!row) throw new Error('no row');
  return row;
}

function answerOf({ answer }: TrainingRow) {
  return JSON.parse(answer) as {
    best_proposal_id: number | null;
    explanation: string;
    golden_proposal: string;
  };
}

describe('changed names', () => {
  it('leave as they are, but for those that hold a secret or somebody’s name', async () => {
    const changedNames = ['src/menu.ts', 'closeMenu', 'docs/ann-lee.md', `ghp_${'a1B2c3D4'.repeat(4)}e5F6`];
    expect((await firstRow({ changedNames })).columns.changed_names).toEqual(['src/menu.ts', 'closeMenu']);
    expect((await firstRow()).columns.changed_names).toBeNull();
  });
});

describe('buildRows', () => {
  it('keeps the contract of the rows', async () => {
    const row = await firstRow();
    expect(row.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(row.columns).toMatchObject({
      golden_proposal: 'Use mouseup.',
      price: 250,
      weight: 0.66,
      exposed: true,
    });
    const remapped = ['answer', 'output', 'text', 'content', 'solution', 'prompt'];
    expect(Object.keys(row.columns).filter((key) => remapped.includes(key))).toEqual([]);
    expect(row.columns.best_proposal_id).toBe(answerOf(row).best_proposal_id);
  });

  it('shows the proposals in distinct orders and names the right one by its place', async () => {
    const rows = await rowsOf({}, 6);
    expect(rows).toHaveLength(6);
    expect(new Set(rows.map(({ shownOrder }) => shownOrder.join())).size).toBe(6);
    for (const row of rows) {
      const id = row.shownOrder.indexOf(1) + 1;
      expect(row.columns.best_proposal_id).toBe(id);
      const shown = row.messages[1]?.content.split('<proposal ')[id] ?? '';
      expect(shown).toContain(`id="${id}" posted="1 of 3"`);
      expect(shown).toContain('mouseup');
    }
  });

  it('has no more orders than the proposals allow', async () => {
    const { input } = thread;
    expect(await rowsOf({ input: { ...input, candidates: input.candidates.slice(0, 2) } }, 24)).toHaveLength(
      2,
    );
    expect(await rowsOf({ input: { ...input, candidates: input.candidates.slice(0, 1) } }, 24)).toHaveLength(
      1,
    );
    expect(await rowsOf({ input: { ...input, candidates: [] } })).toEqual([]);
  });

  it('renames the proposals in explanation and thinking to the ids that are shown', async () => {
    for (const row of await rowsOf({}, 6)) {
      const id = (number: number) => row.shownOrder.indexOf(number) + 1;
      expect(row.columns.explanation).toBe(
        `Proposal ${id(1)} of a contributor is right, proposals ${id(2)} and ${id(3)} are not.`,
      );
      expect(row.columns.cot).toBe(`I weigh proposal ${id(1)} against proposal ${id(3)}.`);
    }
  });

  it('shows of a thread that no prompt can hold the group with the right proposal', async () => {
    const words = 'the handler of the menu runs before the state is written and loses it. '.repeat(16);
    const candidates = Array.from({ length: 60 }, (_, index) =>
      candidate(index + 1, `user-${index}`, `Plan ${index}: ${words}`),
    );
    const label = { ...thread.label, best: 47 };
    for (const row of await rowsOf({ input: { ...thread.input, candidates }, label, decision: null })) {
      expect(row.shownOrder).toContain(47);
      expect(row.shownOrder.length).toBeLessThan(60);
      expect(row.columns.best_proposal_id).toBe(row.shownOrder.indexOf(47) + 1);
    }
  });

  it('is the same every time', async () => {
    const hashes = async () => (await rowsOf()).map((row) => rowHash(rowTexts(row)));
    expect(await hashes()).toEqual(await hashes());
  });

  it('names nobody', async () => {
    const reason = 'as ann-lee said, mail ann@lee.dev or call +1 213 373 4253';
    const rows = await rowsOf({ reason });
    expect(JSON.stringify(rows)).not.toMatch(/ann-lee|@reporter|\bbob\b|ann@lee|373/);
  });
});

describe('the answer to learn', () => {
  it('comes from a distilled answer where one was kept', async () => {
    const words = {
      model: 't',
      sampledFor: 1,
      outcome: 'kept' as const,
      chosen: 1,
      explanation: 'It is the cause.',
      golden: 'Do it.',
      thinking: 'Hm.',
    };
    const row = await firstRow({ distilled: [{ id: 'x', ...words }] });
    expect(row.columns).toMatchObject({
      golden_proposal: 'Do it.',
      cot: 'Hm.',
      provenance: { target: 'distilled' },
    });
  });

  it('is never what the model itself said, however much it was accepted', async () => {
    const decision = thread.decision && { ...thread.decision, judge: 'model' as const };
    const row = await firstRow({ decision });
    expect(row.targetKind).toBe('maintainers');
    expect(answerOf(row)).toMatchObject({ golden_proposal: 'As a contributor I would use mouseup.' });
    expect(answerOf(row).explanation).not.toContain('is right');
    expect(row.columns.cot).toContain('I weigh');
  });

  it('does not hold words that argued for the wrong proposal; they are the rejected answer', async () => {
    const row = await firstRow({ label: { ...thread.label, best: 2 } });
    expect(answerOf(row).golden_proposal).toBe('Plan of a contributor.');
    expect(row.columns).toMatchObject({ cot: '', provenance: { target: 'maintainers' } });
    expect(JSON.parse(row.rejected ?? '')).toMatchObject({
      best_proposal_id: row.shownOrder.indexOf(1) + 1,
      golden_proposal: 'Use mouseup.',
    });
    const none = await firstRow({ label: { ...thread.label, best: null } });
    expect(none.columns).toMatchObject({ best_proposal_id: null, golden_proposal: '' });
  });

  it('is rejected only where it chose otherwise, not where it could not be read or nobody dared to choose', async () => {
    const sampled = (outcome: 'unreadable' | 'ungrounded' | 'chose-otherwise', chosen: number | null) => ({
      id: 'x',
      model: 't',
      sampledFor: 1,
      outcome,
      chosen,
      thinking: '',
      explanation: `Says ${outcome}.`,
      golden: 'Do it.',
    });
    const silent = [sampled('unreadable', null), sampled('ungrounded', 1)];
    const abstained = thread.decision && { ...thread.decision, chosen: null, golden: '' };
    for (const decision of [null, abstained])
      expect((await firstRow({ decision, distilled: silent })).rejected).toBeNull();
    const row = await firstRow({ decision: null, distilled: [...silent, sampled('chose-otherwise', 2)] });
    expect(JSON.parse(row.rejected ?? '')).toMatchObject({
      best_proposal_id: row.shownOrder.indexOf(2) + 1,
      explanation: 'Says chose-otherwise.',
    });
  });

  it('prefers the maintainer’s own reason', async () => {
    const row = await firstRow({ reason: 'It explains the flicker too.' });
    expect(row.columns.explanation).toBe('It explains the flicker too.');
  });

  it('is cut to what an answer may hold', async () => {
    const { input } = thread;
    const long = 'A very long plan with many words in it. '.repeat(400);
    const candidates = [candidate(1, 'ann-lee', long), ...input.candidates.slice(1)];
    const row = await firstRow({ input: { ...input, candidates }, decision: null });
    expect(counter.count(row.answer)).toBeLessThan(1_536);
    expect(counter.count(row.messages.map(({ content }) => content).join())).toBeLessThan(4_608);
  });
});

describe('createAnonymiser', () => {
  const anonymise = createAnonymiser(['ann-lee', 'a.b[bot]']);

  it.each([
    ['thanks @ann-lee!', 'thanks a contributor!'],
    ['mail me at ann@example.org', 'mail me at ann@example.org'],
    ['`@types/node` stays', '`@types/node` stays'],
    ['see https://github.com/ann-lee.', 'see a contributor.'],
    ['joann-lee is another word', 'joann-lee is another word'],
  ])('%s', (text, expected) => {
    expect(anonymise(text)).toBe(expected);
  });

  it('takes long hostile text in its stride', () => {
    const spent = processorClock();
    for (const piece of ['@', '@a-', 'https://github.com/', 'a-'])
      anonymise(piece.repeat(65_536 / piece.length));
    expect(spent()).toBeLessThan(5_000);
  });
});
