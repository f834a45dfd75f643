/** Plays synthetic threads through the whole App and exports what it learned, as a user would. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { openStore } from '../../src/context.ts';
import type { Judge, JudgeInput, Verdict } from '../../src/pipeline/judge/types.ts';
import { createRandom } from '../../src/sandbox/inference/index.ts';
import { playThread, startStage } from '../../src/sandbox/stage.ts';
import { distilledAnswerStore } from '../../src/store/index.ts';
import { readLabelled } from '../../src/tasks/dataset/read-labelled.ts';
import { rightProposal, syntheticThread } from './threads.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface ExportedRows {
  readonly sft: string;
  readonly grpo: string;
}

/** @returns the files with the rows of `count` decided and labelled threads. */
export async function exportSyntheticThreads(folder: string, count: number): Promise<ExportedRows> {
  const dataDir = join(folder, 'data');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await playThreads(dataDir, count);
  await distil(dataDir);
  return { sft: exportRows(folder, dataDir, 'sft'), grpo: exportRows(folder, dataDir, 'grpo') };
}

async function playThreads(dataDir: string, count: number): Promise<void> {
  const stage = await startStage();
  const app = await startApp(
    {
      ...loadConfig({}),
      ...stage.credentials,
      dataDir,
      http: { host: '127.0.0.1', port: 0 },
      logLevel: 'silent',
      // The fake GitHub has no limits to respect; the App's own ceiling of comments a minute would take minutes.
      writeSpacingMs: 1,
      limitsScale: 0.001,
    },
    { parts: { judge: teacher } },
  );
  try {
    stage.deliverTo(`${app.url}${app.ctx.config.webhook.path}`);
    const random = createRandom(11);
    for (let index = 0; index < count; index += 1) {
      await playThread(stage, app.ctx, syntheticThread(index, random));
    }
  } finally {
    await app.close();
    await stage.close();
  }
}

/** The teacher's answers as `dataset distill` keeps them: only then does an answer's thinking train. */
async function distil(dataDir: string): Promise<void> {
  const store = await openStore(loadConfig({ SWE_MANAGER_DATA_DIR: dataDir }));
  for await (const { thread } of readLabelled(store.db, true)) {
    const { snapshotId, label, decision } = thread;
    if (decision === null || decision.chosen !== label.best) continue;
    const { model, chosen, explanation, golden, thinking } = decision;
    const sampled = { snapshotId, labelId: label.id, model, promptVersion: 'synthetic', shownOrder: [] };
    const words = { chosen, explanation, goldenProposal: golden, thinking };
    const answer = { ...sampled, ...words, outcome: 'kept' as const, createdAt: new Date() };
    await distilledAnswerStore.insertDistilledAnswers(store.db, snapshotId, [answer]);
  }
  await store.close();
}

function exportRows(folder: string, dataDir: string, format: 'sft' | 'grpo'): string {
  const out = join(folder, `${format}.jsonl`);
  const { status, stderr } = spawnSync(
    process.execPath,
    ['src/cli/bin.js', 'dataset', 'export', '--format', format, '--out', out],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, SWE_MANAGER_DATA_DIR: dataDir, TRAINING_CONSENT: 'allow' },
    },
  );
  if (status !== 0) throw new Error(`dataset export failed: ${stderr}`);
  return out;
}

/** Reads the rule of the synthetic threads, and says so in few words: what is to be learned is short. */
const teacher: Judge = {
  name: 'teacher',
  judge: (input) => Promise.resolve(verdictOf(input)),
};

function verdictOf(input: JudgeInput): Verdict {
  const numbers = input.candidates.map(({ number }) => number);
  const right = rightProposal(input.candidates.map(({ body }) => body));
  const chosen = right === null ? null : (numbers[right.index] ?? null);
  const cause = right === null ? 'No proposal names a cause.' : `Proposal ${chosen} names the cause.`;
  return {
    judge: 'embedded',
    model: 'teacher-1',
    promptVersion: 'synthetic',
    votePolicy: 'one',
    chosen,
    abstained: chosen === null,
    forcedChoice: chosen,
    abstainReason: chosen === null ? cause : null,
    wouldDecide: null,
    confidence: 1,
    calibrated: false,
    explanation: cause,
    goldenProposal: right === null ? '' : `Clear \`${right.area}Store\` in \`src/${right.area}.ts\`.`,
    assessments: numbers.map((number) => ({
      number,
      strength: '',
      weakness: '',
      probability: number === chosen ? 1 : 0,
    })),
    votes: [
      {
        order: numbers,
        chosen,
        prompt: null,
        answer: null,
        thinking: cause,
        promptTokens: null,
        completionTokens: null,
        durationMs: 0,
        error: null,
      },
    ],
    ideas: [],
  };
}
