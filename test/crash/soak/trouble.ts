/** What goes wrong meanwhile: processes, GitHub, its webhooks, the database, the inference service. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../../src/sandbox/github/index.ts';
import type { FakeInference } from '../../../src/sandbox/inference/index.ts';
import { isAnswered } from '../oracle/answered.ts';
import type { DatabaseFactory } from '../world/database.ts';
import type { World } from '../world/world.ts';
import type { Draw } from './draw.ts';

export interface Trouble {
  /** How often each kind of trouble was made. */
  readonly made: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export interface TroubleOptions {
  readonly world: World;
  readonly draw: Draw;
  readonly databases: DatabaseFactory;
  readonly inference: FakeInference;
  /** Milliseconds from one trouble to the next, at most. */
  readonly pauseMs: number;
}

/** Making it may come to nothing, which it then says by `false`. */
type Make = () => unknown;
type Kind = readonly [weight: number, name: string, make: Make];

/** Makes trouble until it is stopped; what was planned and did not happen yet is then taken back. */
export function makeTrouble(options: TroubleOptions): Trouble {
  const { world, draw, pauseMs } = options;
  const kinds = [...processTrouble(options), ...gitHubTrouble(options), ...webhookTrouble(options)];
  const made = new Map<string, number>();
  let stopped = false;
  const loop = async () => {
    while (!stopped) {
      await sleep(draw.between(1, pauseMs));
      if (stopped) break;
      const [, name, make] = draw.weighted(kinds.map((kind) => [kind[0], kind] as const));
      if ((await make()) !== false) made.set(name, (made.get(name) ?? 0) + 1);
    }
  };
  const running = loop();
  return {
    made,
    stop: async () => {
      stopped = true;
      await running;
      world.github.clearFaults();
      options.inference.healthy = true;
    },
  };
}

function processTrouble({ world, draw, databases, inference }: TroubleOptions): Kind[] {
  const { restart } = databases;
  return [
    // What a dead worker had in hand rests for some 20 s: more deaths, and the others would have little to do.
    [3, 'kill', createKiller(world, draw)],
    [
      2,
      'inference outage',
      async () => {
        inference.healthy = false;
        await sleep(draw.between(200, 2_000));
        inference.healthy = true;
      },
    ],
    ...(restart
      ? [[1, 'database restart', () => restart(draw.from(['INT', 'QUIT']))] as const satisfies Kind]
      : []),
  ];
}

/** Something has to be answered between two kills: on a slow machine processes would do nothing but start. */
function createKiller(world: World, draw: Draw): () => Promise<boolean> {
  let answeredBefore = -1;
  return async () => {
    const answered = world.people.commands.filter(({ comment }) => isAnswered(world, comment)).length;
    const [first, ...rest] = world.processes;
    if (!first) return false;
    // Drawn also when it comes to nothing: whether it does depends on time, and a seed repeats what is drawn.
    const victim = draw.from([first, ...rest]);
    const pauseMs = draw.between(0, 500);
    if (answered === answeredBefore) return false;
    answeredBefore = answered;
    await victim.kill();
    await sleep(pauseMs);
    await victim.start();
    return true;
  };
}

const CREATE = { method: 'POST', path: /\/issues\/\d+\/comments$/ } as const;
const ANY_WRITE = { path: /\/issues\/comments\/\d+/ } as const;
const ANYTHING = {} as const;
const LIST = { method: 'GET', path: /\/issues\/\d+\/comments$/ } as const;

function gitHubTrouble({ world, draw }: TroubleOptions): Kind[] {
  const { github } = world;
  const plan = (weight: number, name: string, where: object, fault: () => Fault): Kind => [
    weight,
    name,
    () => github.failAt(where, fault()),
  ];
  return [
    plan(6, 'POST applied, answer lost', CREATE, () => ({ kind: 'applied-then-destroyed' })),
    plan(6, 'POST applied, then 500', CREATE, () => ({
      kind: 'applied-then-status',
      status: draw.from([500, 502]),
    })),
    plan(3, 'POST never arrives', CREATE, () => ({ kind: 'destroyed' })),
    plan(2, 'answer breaks off', CREATE, () => ({ kind: 'malformed-json' })),
    plan(4, 'slow', ANY_WRITE, () => ({ kind: 'slow', ms: draw.between(50, 800) })),
    plan(3, '403 with retry-after', ANY_WRITE, () => refusal(403, draw.between(1, 60))),
    plan(3, '429 with retry-after', ANYTHING, () => refusal(429, draw.between(1, 60))),
    plan(3, '5xx', ANYTHING, () => ({ kind: 'status', status: draw.from([500, 502, 503]) })),
    [
      3,
      'stale list',
      () => github.failAt({ ...LIST, times: 3 }, { kind: 'stale-list', missing: draw.between(1, 3) }),
    ],
  ];
}

function refusal(status: number, retryAfterSeconds: number): Fault {
  return {
    kind: 'status',
    status,
    retryAfterSeconds,
    body: { message: 'You have exceeded a secondary rate limit.' },
  };
}

function webhookTrouble({ world, draw }: TroubleOptions): Kind[] {
  const { github } = world;
  // Whatever the event: also what was edited, deleted, labelled or assigned is told late, twice or never.
  const any = {};
  return [
    [
      4,
      'duplicate delivery',
      () => github.disturbWebhook(any, { kind: 'duplicate', copies: draw.between(2, 4) }),
    ],
    [
      3,
      'delayed delivery',
      () => github.disturbWebhook(any, { kind: 'delay', ms: draw.between(100, 3_000) }),
    ],
    [
      3,
      'reordered delivery',
      () => github.disturbWebhook(any, { kind: 'reorder', behind: draw.between(1, 5) }),
    ],
    [2, 'lost delivery', () => github.disturbWebhook(any, { kind: 'drop' })],
  ];
}
