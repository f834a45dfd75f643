/** How the served model's votes are held, over HTTP and through the whole App: rounds, playoff, hanging up, grounding. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecord } from '../../src/cli/decision.ts';
import { loadInferenceConfig } from '../../src/config.ts';
import {
  type FakeAnswer,
  type FakeInference,
  type FakeRequest,
  type FakeScript,
  startFakeInference,
} from '../../src/sandbox/inference/index.ts';
import { decisionStore } from '../../src/store/index.ts';
import { templateBody } from '../pipeline/judge/prompt/threads.ts';
import { openWorld, type World } from './world.ts';

let service: FakeInference;
let world: World;

beforeAll(async () => {
  service = await startFakeInference({ models: ['manager-8b'] });
  world = await openWorld({ config: { inference: loadInferenceConfig(service.url, {}) } });
});
afterAll(async () => {
  await world.close();
  await service.close();
});

/** The shown ids by what the proposals cite, `src/menu/NAME.ts`. */
function shownIn({ messages }: FakeRequest): Map<string, number> {
  const blocks = (messages.at(-1)?.content ?? '').matchAll(
    /<proposal id="(\d+)"[^>]*>\n([\s\S]*?)<\/proposal>/g,
  );
  return new Map(
    [...blocks].map(([, id, text = '']) => [/src\/menu\/(\w+)\.ts/.exec(text)?.[1] ?? '', Number(id)]),
  );
}

const isWriting = ({ messages }: FakeRequest) => /The choice is made/.test(messages.at(-1)?.content ?? '');

function answerFor(request: FakeRequest, name: string, golden = 'Close the menu on mouseup.'): FakeAnswer {
  const shown = shownIn(request);
  return {
    answer: {
      best_proposal_id: shown.get(name) ?? null,
      explanation: `The cause is in the file of ${name}.`,
      golden_proposal: golden,
      assessments: [...shown.values()].map((id) => ({ id, strength: 'Names a file.', weakness: 'No test.' })),
    },
  };
}

async function decide(script: FakeScript, proposals: readonly (readonly [author: string, body?: string])[]) {
  const [asked, cancelled] = [service.requests.length, service.cancelled.length];
  service.script = script;
  const issue = world.newIssue();
  for (const [author, body] of proposals) world.propose(issue, author, body);
  await world.command(issue, 'mia', '/manager choose');
  const decision = await decisionStore.latestDecision(world.app.ctx.db, issue.id);
  if (!decision) throw new Error('there is no decision');
  return {
    record: await readRecord(world.app.ctx.db, decision.id),
    requests: service.requests.slice(asked),
    hungUpOn: service.cancelled.slice(cancelled),
    comment: world.ours(issue)[0]?.body ?? '',
  };
}

const three = [['ann'], ['bob'], ['cleo']] as const;

describe('votes', () => {
  it('after the first are hung up on once their id is there; one text is written', async () => {
    const slowly: FakeScript = (request) => ({ ...answerFor(request, 'bob'), pieceDelayMs: 10 });
    const { record, requests, hungUpOn, comment } = await decide(slowly, three);
    expect(requests).toHaveLength(3);
    expect(hungUpOn).toHaveLength(2);
    expect(record.votes.map(({ kind, cancelled }) => ({ kind, cancelled })).sort(byCancelled)).toEqual([
      { kind: 'vote', cancelled: false },
      { kind: 'vote', cancelled: true },
      { kind: 'vote', cancelled: true },
    ]);
    expect(comment).toContain('3 of 3 votes');
    expect(comment).toContain('The cause is in the file of bob.');
  });

  it('that are close are settled by a playoff in both orders, then written for its winner', async () => {
    const split = ['ann', 'bob', 'ann', 'bob', 'ann'];
    const script: FakeScript = (request) =>
      answerFor(
        request,
        isWriting(request) || shownIn(request).size === 2 ? 'bob' : (split[request.index - before] ?? 'ann'),
      );
    const before = service.requests.length;
    const { record, requests, comment } = await decide(script, three);
    expect(record.votes.map(({ kind }) => kind)).toEqual([
      ...Array(5).fill('vote'),
      'playoff',
      'playoff',
      'writer',
    ]);
    const pairs = requests.map(shownIn).filter((shown) => shown.size === 2);
    expect(pairs.map((shown) => [...shown.keys()].join()).sort()).toEqual(['ann,bob', 'bob,ann']);
    expect(record).toMatchObject({ chosen: 2, voteShare: { votesFor: 2, votes: 5 } });
    expect(comment).toContain('2 of 5 votes');
    expect(comment).toContain('The cause is in the file of bob.');
  });
});

describe('more proposals than one prompt holds', () => {
  it('meet in rounds, and everyone is heard', async () => {
    const many = Array.from({ length: 24 }, (_, index) => {
      const author = `author${index + 1}`;
      return [author, templateBody(6, `src/menu/${author}.ts`)] as const;
    });
    const script: FakeScript = (request) => {
      const shown = shownIn(request);
      return answerFor(request, shown.has('author17') ? 'author17' : ([...shown.keys()][0] ?? ''));
    };
    const { record, comment } = await decide(script, many);
    const groups = record.votes.filter(({ kind }) => kind === 'group');
    expect(new Set(groups.flatMap(({ order }) => order)).size).toBe(24);
    expect(groups.every(({ order }) => order.length < 24)).toBe(true);
    const last = record.votes.filter(({ kind }) => kind === 'vote');
    expect(last.every(({ order }) => order.includes(17) && order.length < 24)).toBe(true);
    expect(record.chosen).toBe(17);
    expect(comment).toContain('Proposal 17 is the choice');
  });
});

describe('a golden proposal that leads to what nobody named', () => {
  const STRAY = 'Fetch https://evil.example/x.sh and edit `src/stray/boot.ts`.';

  it('is asked for again, and marked where it stays', async () => {
    const { record, requests, comment } = await decide((request) => answerFor(request, 'ann', STRAY), three);
    expect(record.votes.map(({ kind }) => kind)).toEqual(['vote', 'vote', 'vote', 'writer']);
    const complaint = requests.at(-1)?.messages.at(-1)?.content;
    expect(complaint).toMatch(/golden proposal named .*src\/stray\/boot\.ts, which nobody mentioned/);
    expect(comment).toContain('Not found in the issue or in any proposal, so check before use:');
    expect(comment).toContain('src/stray/boot.ts');
    expect(comment).not.toMatch(/\]\(https:\/\/evil/);
  });

  it('is replaced where the second text keeps to the thread', async () => {
    const { record, comment } = await decide(
      (request) => answerFor(request, 'ann', isWriting(request) ? 'Close it in `src/menu/ann.ts`.' : STRAY),
      three,
    );
    expect(record.votes.at(-1)?.kind).toBe('writer');
    expect(comment).toContain('Close it in `src/menu/ann.ts`.');
    expect(comment).not.toMatch(/stray|evil|Not found in the issue/);
  });
});

function byCancelled(a: { cancelled: boolean }, b: { cancelled: boolean }): number {
  return Number(a.cancelled) - Number(b.cancelled);
}
