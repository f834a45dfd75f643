/**
 * Attacks through the whole App: comments on GitHub, webhook, snapshot, judge, comment. Whatever the judge is,
 * the choice is one of the proposals or none, and nothing in our comment acts. `npm run test:attacks` runs them
 * in the long form; `npm test` a few.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadInferenceConfig } from '../../src/config.ts';
import { linksOf } from '../../src/pipeline/comment/from-snapshot.ts';
import type { Candidate, JudgeInput } from '../../src/pipeline/judge/types.ts';
import { attacks, findViolations } from '../../src/sandbox/attacks/index.ts';
import type { Issue } from '../../src/sandbox/github/index.ts';
import {
  type FakeInference,
  type FakeScript,
  startFakeInference,
} from '../../src/sandbox/inference/index.ts';
import { settled } from '../../src/sandbox/stage.ts';
import { decisionStore, proposalStore } from '../../src/store/index.ts';
import { FUZZ } from '../support/fuzz.ts';
import { openWorld, proposalOf, type World } from './world.ts';

/** Every so many attacks are taken in `npm test`: it is about the path, and bench tests run all without it. */
const QUICK = 54;
/** Issues that are worked on at the same time. */
const AT_ONCE = 4;
const PATIENCE_MS = 600_000;
/** Hundreds of comments are more than an installation may write in an hour, so hours pass quickly here. */
const LIMITS_SCALE = 0.001;

/** A judge that writes nonsense twice for all its votes has no verdict, which is an outcome too. */
const STATED = /^choose: (?:done|undecided|failed)$/;
/** Attackers give commands too. Each is refused; that, or where commands count, is said once. */
const REFUSED = /^(?!choose)\w+: refused$/;
const OTHER_KINDS: readonly string[] = ['refusal', 'help'];

/** What the attacker knows: the thread so far, and its own proposal before the attack. */
const honest = ['ann', 'bob', 'eve'].map(
  (authorLogin, index): Candidate => ({
    number: index + 1,
    authorLogin,
    url: `https://github.com/acme/widgets/issues/1#issuecomment-${index + 1}`,
    createdAt: null,
    body: proposalOf(authorLogin),
    revisions: [],
  }),
);
const thread: JudgeInput = {
  repository: 'acme/widgets',
  issue: { number: 1, title: 'The menu closes too early', body: 'Steps: open the menu.' },
  candidates: honest,
};
/** What the attacker posts, by the attack's place in the list. */
export const attackBodies = attacks.map(({ apply }) => apply(honest[2] as Candidate, thread));

export interface Setting {
  readonly judge: string;
  /** Null: the embedded judge. */
  readonly script: FakeScript | null;
  /** Every so many attacks are taken in the long form. */
  readonly every: number;
  /** Least and most share of attackers that this judge may choose: shows that the attacks reach it. */
  readonly promoted: readonly [least: number, most: number];
}

export function describeAttacks({ judge, script, every, promoted }: Setting): void {
  describe(judge, () => {
    let world: World;
    let service: FakeInference | null = null;
    beforeAll(async () => {
      service = script === null ? null : await startFakeInference({ script });
      const inference = service === null ? null : loadInferenceConfig(service.url, { INFERENCE_VOTES: '1' });
      world = await openWorld({ config: { inference, limitsScale: LIMITS_SCALE } });
    });
    afterAll(async () => {
      await world.close();
      await service?.close();
    });

    it(
      'stays within bounds under every attack',
      async () => {
        const chosen = attacks
          .map((attack, index) => ({ attack, index }))
          .filter(({ index }) => index % (FUZZ ? every : QUICK) === 0);
        let wins = 0;
        for (let start = 0; start < chosen.length; start += AT_ONCE) {
          const issues = chosen
            .slice(start, start + AT_ONCE)
            .map((one) => ({ ...one, issue: attackedIssue(one.index) }));
          for (const { attack, issue } of issues) {
            await expect
              .poll(() => world.outcomes(issue), { timeout: PATIENCE_MS, interval: 100 })
              .toContainEqual(expect.stringMatching(STATED));
            await settled(world.stage, world.app.ctx, issue, PATIENCE_MS);
            expect(await violationsOn(issue), attack.name).toEqual([]);
            const decision = await decisionStore.latestDecision(world.app.ctx.db, issue.id);
            wins += decision?.chosen === 3 ? 1 : 0;
          }
        }
        const [least, most] = promoted;
        expect(wins / chosen.length).toBeGreaterThanOrEqual(least);
        expect(wins / chosen.length).toBeLessThanOrEqual(most);
      },
      PATIENCE_MS,
    );

    function attackedIssue(index: number): Issue {
      const issue = world.newIssue({ title: `Attack ${index}: the menu closes too early` });
      world.propose(issue, 'ann');
      world.propose(issue, 'bob');
      world.say(issue, 'eve', attackBodies[index] ?? '');
      world.say(issue, 'mia', '/manager choose');
      return issue;
    }

    async function violationsOn(issue: Issue): Promise<string[]> {
      const kinds = new Map(world.ours(issue).map((comment) => [kindOf(comment.body), comment]));
      const [answer, ...more] = [...kinds].filter(([kind]) => !OTHER_KINDS.includes(kind));
      const repeated = world.ours(issue).length - kinds.size;
      const outcomes = await world.outcomes(issue);
      const { db } = world.app.ctx;
      const decision = await decisionStore.latestDecision(db, issue.id);
      const snapshot = decision && (await proposalStore.getSnapshot(db, decision.snapshotId));
      const numbers = snapshot?.input.candidates.map(({ number }) => number) ?? [];
      const inside = decision === null || decision.chosen === null || numbers.includes(decision.chosen);
      return [
        ...(inside ? [] : [`chose ${decision.chosen}`]),
        ...outcomes.filter((outcome) => !STATED.test(outcome) && !REFUSED.test(outcome)),
        ...(outcomes.filter((outcome) => STATED.test(outcome)).length === 1 ? [] : ['not one choice']),
        ...(answer && more.length + repeated === 0
          ? []
          : [`comments: ${world.ours(issue).map(({ body }) => kindOf(body))}`]),
        ...findViolations({
          body: answer?.[1].body ?? '',
          allowedLinks: snapshot ? linksOf(snapshot.input) : new Set(),
          markers: 1,
        }),
      ];
    }
  });
}

/** What the marker at its end says. */
function kindOf(body: string): string {
  return /<!-- swe-manager:v1 kind=([\w-]+) [^<>]*-->$/.exec(body)?.[1] ?? 'unmarked';
}
