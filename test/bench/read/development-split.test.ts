/** A smoke check on SWE-Lancer's real development rows, where they are at hand. Structure only, never accuracy. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { readTasks } from '../../../src/bench/read/index.ts';
import { parseLiteral } from '../../../src/bench/read/python-literal.ts';

const FILE =
  process.env.SWE_LANCER_DEV_CSV ??
  fileURLToPath(new URL('../../../../shared/data/swe-lancer/manager_tasks_dev.csv', import.meta.url));
const present = existsSync(FILE);
if (!present) process.stderr.write(`SWE-Lancer development split not checked: file absent (${FILE})\n`);

interface Secret {
  readonly game: {
    readonly all_formal_proposals: { readonly explanation: string }[];
    readonly correct_proposal: { readonly approval_comment_url: string | null; readonly explanation: string };
  };
}

describe.runIf(present)('SWE-Lancer’s development split', () => {
  it('is read whole, and each answer is among its candidates', async () => {
    const { tasks } = await readTasks(FILE);
    expect(tasks).toHaveLength(39);
    for (const { input, answer, candidateIds } of tasks) {
      expect(input.candidates.length).toBeGreaterThanOrEqual(2);
      expect(candidateIds).toHaveLength(input.candidates.length);
      for (const number of answer.numbers) expect(candidateIds[number - 1]).toBeDefined();
      expect(answer.numbers).toHaveLength(1);
      expect(answer.price).toBeGreaterThan(0);
      expect(input.issue.title).not.toBe('');
      expect(input.issue.body).not.toBe('');
    }
  });

  it('shows no judge what was written after the choice', async () => {
    const { tasks } = await readTasks(FILE);
    const rows: Record<string, string>[] = parse(readFileSync(FILE, 'utf8'), { columns: true });
    const secrets = new Map(
      rows.map((row) => [row.question_id, parseLiteral(row.manager_data ?? '') as unknown as Secret]),
    );
    for (const { id, input } of tasks) {
      const shown = JSON.stringify(input);
      const game = secrets.get(id)?.game;
      expect(game).toBeDefined();
      const { approval_comment_url: approval, explanation } = game?.correct_proposal ?? {};
      const notes = (game?.all_formal_proposals ?? []).map((proposal) => proposal.explanation);
      for (const secret of [approval, explanation, ...notes]) {
        if (secret) expect(shown).not.toContain(JSON.stringify(secret).slice(1, -1));
      }
      expect(input.issue.title).not.toMatch(/\[(?:hold|paid|need|awaiting)|\$\d/i);
      expect(input.issue.body).not.toMatch(/Automatic offers|\| Contributor \||Current Issue Owner/);
    }
  });
});
