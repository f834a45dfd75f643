/** What the client and the judge's own request need from a real engine. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createInferenceClient } from '../../src/adapters/inference/client.ts';
import { infer } from '../../src/cli/infer.ts';
import { loadInferenceConfig } from '../../src/config.ts';
import { JudgeError } from '../../src/errors.ts';
import { answerJsonSchema } from '../../src/pipeline/judge/model/answer.ts';
import type {
  AnswerSchema,
  CompletionRequest,
  InferenceClient,
} from '../../src/pipeline/judge/model/port.ts';
import { countPrompt, loadQwen3Tokens } from '../../src/pipeline/judge/prompt/tokens.ts';
import { DEMO_THREADS } from '../../src/sandbox/threads/index.ts';
import { ADAPTER, API_KEY, type Engine, MODEL, WINDOW } from './serve.ts';

export interface Check {
  readonly name: string;
  run(client: InferenceClient, engine: Engine): Promise<void>;
}

const THINKING_BUDGET = 24;
/** On the slowest machine a running request makes a token within this time. */
const QUIET_MS = 4_000;

/** The headings of the decision comments, as the demo shows them. */
const OUTCOMES = /^ {2}## (?:Proposal \d+ is the choice|No proposal chosen|No decision)/gm;

/** As the judge's, but with short texts: random weights never come to an end by themselves. */
const SCHEMA: AnswerSchema = {
  name: 'verdict',
  schema: {
    type: 'object',
    properties: {
      best_proposal_id: { enum: [2, 1, null] },
      explanation: { type: 'string', maxLength: 24 },
      golden_proposal: { type: 'string', maxLength: 24 },
    },
    required: ['best_proposal_id', 'explanation', 'golden_proposal'],
    additionalProperties: false,
  },
};

const REQUEST: CompletionRequest = {
  messages: [
    { role: 'system', content: 'You judge proposals.' },
    { role: 'user', content: 'Proposal 1: restore the draft.\nProposal 2: keep it. Which one?' },
  ],
  maxTokens: 400,
  temperature: 0.8,
  seed: 11,
  thinking: { enabled: false, budgetTokens: null },
  schema: null,
};

function assertFits(answer: string | null): void {
  // xgrammar lets raw control characters into strings of limited length; our reader refuses such an answer.
  const value: unknown = JSON.parse((answer ?? 'null').replace(/\p{Cc}/gu, ' '));
  assert.ok(typeof value === 'object' && value !== null, `no object: ${answer}`);
  const { best_proposal_id, explanation, golden_proposal, ...rest } = value as Record<string, unknown>;
  assert.ok([1, 2, null].includes(best_proposal_id as number | null), `id ${String(best_proposal_id)}`);
  assert.equal(typeof explanation, 'string');
  assert.equal(typeof golden_proposal, 'string');
  assert.deepEqual(rest, {});
}

async function refusal(promise: Promise<unknown>): Promise<JudgeError> {
  const error = await promise.then(
    () => assert.fail('it was not refused'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof JudgeError, String(error));
  return error;
}

export const CHECKS: readonly Check[] = [
  {
    name: 'lists the model and its LoRA adapter, and is healthy',
    async run(client) {
      assert.deepEqual(await client.models(), [MODEL, ADAPTER]);
      assert.deepEqual(
        (await client.health()).map(({ state, models }) => ({ state, models })),
        [{ state: 'up', models: [MODEL, ADAPTER] }],
      );
    },
  },
  {
    name: 'refuses a wrong API key, and the client does not repeat it',
    async run(_client, engine) {
      const stranger = createInferenceClient({ servers: [engine.url], apiKey: 'wrong' });
      try {
        assert.equal((await refusal(stranger.complete(REQUEST))).retryable, false);
      } finally {
        await stranger.close();
      }
    },
  },
  {
    name: 'fills the schema without thinking',
    async run(client) {
      for (const seed of [1, 2, 3]) {
        const completion = await client.complete({ ...REQUEST, seed, schema: SCHEMA });
        assertFits(completion.answer);
        assert.equal(completion.thinking, null);
        assert.equal(completion.finishReason, 'stop');
      }
    },
  },
  {
    name: 'thinks within its budget, then fills the schema',
    async run(client) {
      const thinking = { enabled: true, budgetTokens: THINKING_BUDGET };
      for (const seed of [1, 2, 3]) {
        const completion = await client.complete({ ...REQUEST, seed, thinking, schema: SCHEMA });
        assert.ok(completion.thinking, 'no thinking');
        const tokens = (await loadQwen3Tokens()).count(completion.thinking);
        // Text that was cut into random tokens may be read back as a few more or fewer of them.
        assert.ok(tokens <= 2 * THINKING_BUDGET, `${tokens} tokens of thinking`);
        assertFits(completion.answer);
        // A random model may well write such a tag within a string; before the object it would be thinking.
        assert.match(completion.answer ?? '', /^\{/);
      }
    },
  },
  {
    name: 'answers null when the tokens end inside the thinking',
    async run(client) {
      const thinking = { enabled: true, budgetTokens: null };
      const completion = await client.complete({ ...REQUEST, maxTokens: 24, thinking, schema: SCHEMA });
      assert.equal(completion.answer, null);
      assert.ok(completion.thinking, 'no thinking');
      assert.equal(completion.finishReason, 'length');
      assert.equal(completion.completionTokens, 24);
    },
  },
  {
    name: "compiles the judge's own schema and keeps to its ids",
    async run(client) {
      const schema = answerJsonSchema({ ids: [7, 3], allowNull: true, assess: [3, 7] });
      const completion = await client.complete({ ...REQUEST, maxTokens: 60, schema });
      assert.match(completion.answer ?? '', /^\{ ?"best_proposal_id": ?(7|3|null),/);
    },
  },
  {
    name: 'counts prompts as the offline tokenizer does',
    async run(client) {
      const counter = await loadQwen3Tokens();
      const awkward = 'Größe 🙂\t\t`<div>`\r\n\r\n混合文本 0123456789 don\'t {"a": [1, 2]}\n\n\n';
      const messages = [
        ...REQUEST.messages.slice(0, 1),
        { role: 'user' as const, content: awkward.repeat(5) },
      ];
      for (const enabled of [true, false]) {
        const thinking = { enabled, budgetTokens: null };
        const { promptTokens } = await client.complete({ ...REQUEST, messages, maxTokens: 1, thinking });
        assert.equal(promptTokens, countPrompt(messages, enabled, counter));
      }
    },
  },
  {
    name: 'sees a cancellation and stops generating',
    async run(client, engine) {
      const generated = () => engine.metric('vllm:generation_tokens_total');
      const before = await generated();
      const controller = new AbortController();
      const reason = new Error('the vote is decided');
      const maxTokens = 1_800;
      let pieces = 0;
      const completion = client.complete(
        { ...REQUEST, maxTokens },
        {
          signal: controller.signal,
          onText: () => {
            pieces += 1;
            if (pieces === 3) controller.abort(reason);
          },
        },
      );
      await assert.rejects(completion, reason);
      // The gauge of running requests is refreshed only by a next step, so what counts is that no token comes.
      await sleep(1_000);
      const after = await generated();
      await sleep(QUIET_MS);
      assert.equal(await generated(), after, 'it goes on generating');
      assert.ok(after - before < maxTokens / 2, `${after - before} tokens were generated`);
    },
  },
  {
    name: 'answers through the LoRA adapter',
    async run(client) {
      const completion = await client.complete({ ...REQUEST, model: ADAPTER, schema: SCHEMA });
      assert.equal(completion.model, ADAPTER);
      assertFits(completion.answer);
    },
  },
  {
    name: 'refuses an unknown model, a prompt that is too long and a broken schema for good',
    async run(client) {
      const long = [{ role: 'user' as const, content: 'word '.repeat(WINDOW + 10) }];
      const broken = { name: 'broken', schema: { type: 'no such type' } };
      for (const request of [{ model: 'nobody' }, { messages: long }, { schema: broken }]) {
        const error = await refusal(client.complete({ ...REQUEST, ...request }));
        assert.equal(error.retryable, false, error.message);
      }
    },
  },
  {
    name: 'answers a file of rows with several requests in flight',
    async run(_client, engine) {
      const folder = mkdtempSync(join(tmpdir(), 'swe-manager-infer-'));
      try {
        await inferFile(folder, engine);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
  {
    name: 'the whole App decides with it: the demo ends in a stated outcome on every thread',
    async run(_client, engine) {
      const folder = mkdtempSync(join(tmpdir(), 'swe-manager-demo-'));
      try {
        const shown = await runDemo(folder, engine);
        const outcomes = shown.match(OUTCOMES) ?? [];
        assert.equal(outcomes.length, DEMO_THREADS.length, shown);
        assert.doesNotMatch(shown, /embedded judge/i);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
];

/** Texts are kept short: random weights never come to an end by themselves. */
async function runDemo(folder: string, engine: Engine): Promise<string> {
  const env = {
    ...process.env,
    SWE_MANAGER_DATA_DIR: folder,
    INFERENCE_URL: engine.url,
    INFERENCE_API_KEY: API_KEY,
    INFERENCE_MODEL: MODEL,
    INFERENCE_VOTES: '3',
    INFERENCE_THINKING_TOKENS: '16',
    INFERENCE_ANSWER_TOKENS: '96',
  };
  const cli = join(import.meta.dirname, '../../src/cli/bin.js');
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'demo'], { env });
  return stdout;
}

async function inferFile(folder: string, engine: Engine): Promise<void> {
  const [input, output, schema] = ['in.jsonl', 'out.jsonl', 'schema.json'].map((name) => join(folder, name));
  assert.ok(input && output && schema);
  const rows = Array.from({ length: 12 }, (_, index) => ({ id: `row-${index}`, messages: REQUEST.messages }));
  writeFileSync(input, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  writeFileSync(schema, JSON.stringify(SCHEMA.schema));
  const flags = {
    input_file: input,
    output_file: output,
    schema_file: schema,
    batch_size: 8,
    max_tokens: 400,
  };
  const sampling = { temperature: 0.8, top_p: 0.95, thinking_budget: THINKING_BUDGET, patience: 10 };
  const environment = { INFERENCE_API_KEY: API_KEY, INFERENCE_MODEL: MODEL };
  await infer({ ...flags, ...sampling }, loadInferenceConfig(engine.url, environment));
  const answers = readFileSync(output, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    answers.map((answer) => answer.id),
    rows.map((row) => row.id),
  );
  for (const answer of answers) {
    assertFits(answer.completion);
    assert.ok(answer.thinking);
  }
}
