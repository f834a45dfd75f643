/** Labelled snapshots in a database, as maintainers' feedback leaves them. */
import { createHash, randomUUID } from 'node:crypto';
import type { JudgeInput } from '../../src/pipeline/judge/types.ts';
import type { Db } from '../../src/ports.ts';
import {
  decisions,
  installations,
  issues,
  labels,
  proposals,
  repositories,
  runs,
  signals,
  snapshots,
  votes,
} from '../../src/schema/index.ts';

export interface SeedThread {
  readonly number: number;
  readonly title?: string;
  readonly body?: string;
  /** Texts of the proposals, in posting order. */
  readonly proposals?: readonly string[];
  /** Number of the right one; null for none acceptable. */
  readonly best?: number | null;
  readonly label?: Partial<typeof labels.$inferInsert>;
  readonly reason?: string | null;
  /** What the judge chose and said; null for a thread that nobody decided. */
  readonly decided?: {
    readonly chosen: number | null;
    readonly judge?: 'embedded' | 'model';
    readonly thinking?: string;
  } | null;
  readonly repository?: {
    readonly id: number;
    readonly owner?: string;
    readonly name?: string;
    readonly isPrivate?: boolean;
    readonly config?: unknown;
    readonly configProblems?: string[];
  };
}

export interface Seeded {
  readonly issueId: number;
  readonly snapshotId: string;
  readonly labelId: string;
  readonly signalId: string;
  readonly decisionId: string | null;
}

const INSTALLATION = 71;
const AT = new Date('2026-03-01T10:00:00Z');

/** For proposal 1, unless said otherwise. */
const LABEL = {
  proposalNumber: 1,
  verdict: 'proposal' as const,
  reasonClass: 'technical' as const,
  confidence: 0.8,
  conflict: false,
  exposed: false,
  signalIds: [],
  resolvedAt: AT,
};

/** A proposal that shares no long run of words with another one. */
export function distinctProposal(seed: string): string {
  const words = Array.from({ length: 24 }, (_, index) => `${seed}${(index * 7919) % 97}x${index}`);
  return `## Proposal\n### Root cause\n${words.slice(0, 12).join(' ')}\n### Changes\n${words.slice(12).join(' ')}`;
}

export async function seedThread(db: Db, thread: SeedThread): Promise<Seeded> {
  const repository = {
    id: 900,
    owner: 'acme',
    name: 'widgets',
    isPrivate: false,
    config: null,
    ...thread.repository,
  };
  const issueId = repository.id * 100_000 + thread.number;
  const input = inputOf(thread, `${repository.owner}/${repository.name}`);
  await db.insert(installations).values({ id: INSTALLATION }).onConflictDoNothing();
  await db
    .insert(repositories)
    .values({ ...repository, installationId: INSTALLATION })
    .onConflictDoNothing();
  await db
    .insert(issues)
    .values({
      id: issueId,
      repositoryId: repository.id,
      number: thread.number,
      title: input.issue.title,
      authorLogin: 'rob',
    })
    .onConflictDoNothing();
  for (const candidate of input.candidates) {
    await db
      .insert(proposals)
      .values({
        id: randomUUID(),
        issueId,
        number: candidate.number,
        commentId: issueId * 100 + candidate.number,
        url: candidate.url,
        authorLogin: candidate.authorLogin,
        authorKind: 'person',
        source: 'heading',
        currentHash: 'hash',
      })
      .onConflictDoNothing();
  }
  const snapshotId = randomUUID();
  const hash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  await db.insert(snapshots).values({ id: snapshotId, issueId, takenAt: AT, hash, input });
  const decisionId = await seedDecision(db, thread, issueId, snapshotId);
  const signalId = await seedSignal(db, thread, { issueId, snapshotId, decisionId });
  const labelId = randomUUID();
  const best = thread.best === undefined ? 1 : thread.best;
  await db.insert(labels).values({
    id: labelId,
    snapshotId,
    ...LABEL,
    proposalNumber: best,
    ...(best === null && { verdict: 'none-acceptable', reasonClass: 'none' }),
    signalIds: [signalId],
    ...thread.label,
  });
  return { issueId, snapshotId, labelId, signalId, decisionId };
}

/** Issues 1 to `count` at once, each with one snapshot of few words and its label: for tests that need many. */
export async function seedThreads(db: Db, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const repository = { id: 900, owner: 'acme', name: 'widgets', installationId: INSTALLATION };
  await db.insert(installations).values({ id: INSTALLATION });
  await db.insert(repositories).values(repository);
  const rows = numbers.map((number) => {
    const input = inputOf({ number, body: 'It does.', proposals: ['Mend it.', 'Leave it.'] }, 'acme/widgets');
    return {
      id: randomUUID(),
      issueId: repository.id * 100_000 + number,
      takenAt: AT,
      hash: `${number}`,
      input,
    };
  });
  await db
    .insert(issues)
    .values(rows.map(({ issueId: id, input: { issue } }) => ({ id, repositoryId: repository.id, ...issue })));
  await db.insert(snapshots).values(rows);
  await db.insert(labels).values(rows.map(({ id }) => ({ id: randomUUID(), snapshotId: id, ...LABEL })));
}

function inputOf(thread: SeedThread, repository: string): JudgeInput {
  const { number, title = `Thing ${number} breaks`, body = distinctProposal(`issue${number}`) } = thread;
  const texts = thread.proposals ?? [distinctProposal(`a${number}`), distinctProposal(`b${number}`)];
  return {
    repository,
    issue: { number, title, body },
    candidates: texts.map((text, index) => ({
      number: index + 1,
      authorLogin: `author-${index + 1}`,
      url: `https://github.com/${repository}/issues/${number}#issuecomment-${index + 1}`,
      createdAt: null,
      body: text,
      revisions: [{ hash: 'hash', body: text, at: null }],
    })),
  };
}

async function seedDecision(db: Db, { decided }: SeedThread, issueId: number, snapshotId: string) {
  if (!decided) return null;
  const [runId, id] = [randomUUID(), randomUUID()];
  await db.insert(runs).values({ id: runId, issueId, state: 'finished' });
  await db.insert(decisions).values({
    id,
    runId,
    issueId,
    snapshotId,
    judge: decided.judge ?? 'embedded',
    model: 'test-judge',
    promptVersion: 'test',
    votePolicy: 'test',
    chosen: decided.chosen,
    abstained: decided.chosen === null,
    confidence: 0.7,
    calibrated: false,
    explanation: `Proposal ${decided.chosen} names the cause.`,
    goldenProposal: `Do what proposal ${decided.chosen} says.`,
    assessments: [],
    ideas: [],
    decidedAt: AT,
  });
  await db.insert(votes).values({
    id: randomUUID(),
    decisionId: id,
    ordinal: 0,
    shownOrder: [2, 1],
    chosen: decided.chosen,
    thinking: decided.thinking ?? null,
    durationMs: 1,
  });
  return id;
}

async function seedSignal(
  db: Db,
  thread: SeedThread,
  of: { issueId: number; snapshotId: string; decisionId: string | null },
): Promise<string> {
  const id = randomUUID();
  await db.insert(signals).values({
    id,
    key: `seed:${id}`,
    ...of,
    source: 'command',
    polarity: 'accept',
    proposalNumber: thread.best === undefined ? 1 : thread.best,
    actorLogin: 'mia',
    reason: thread.reason ?? null,
    exposed: false,
    createdAt: AT,
  });
  return id;
}
