/** Plays scripted threads on the fake GitHub and waits for the App's answers, as the demo and the tests do. */
import type { AppContext } from '../ports.ts';
import { commandStore, deliveryStore, effectStore, evidenceStore, issueStore } from '../store/index.ts';
import { type Comment, type FakeGitHub, type Issue, startFakeGitHub } from './github/index.ts';
import type { ScriptedThread } from './threads/index.ts';

export interface Stage {
  readonly github: FakeGitHub;
  /** What the App's configuration needs to know of this GitHub. */
  readonly credentials: {
    readonly app: { readonly id: number; readonly privateKey: string };
    readonly webhook: { readonly secret: string; readonly path: string };
    readonly markerSecret: string;
    readonly githubApiUrl: string;
  };
  deliverTo(webhookUrl: string): void;
  close(): Promise<void>;
}

/** What an operator forbids on real installations does not hold on a stage, whose App would stay silent. */
export const NOTHING_FORBIDDEN = {
  postingDisabled: false,
  installationAllowlist: null,
  judgeCallsPerDay: 0,
} as const;

/** What a played thread led to. */
export interface Scene {
  readonly thread: ScriptedThread;
  readonly issue: Issue;
  readonly comment: Comment;
  /** The comment before and after the maintainer's feedback. */
  readonly decided: string;
  readonly answered: string;
  readonly rendered: string;
}

/** @param now the fake GitHub's clock, in milliseconds since the epoch; the system's when left out */
export async function startStage(now?: () => number): Promise<Stage> {
  const github = await startFakeGitHub(now ? { now } : {});
  return {
    github,
    credentials: {
      app: { id: github.app.id, privateKey: github.privateKey },
      webhook: { secret: github.webhookSecret, path: '/api/github/webhooks' },
      markerSecret: github.webhookSecret,
      githubApiUrl: github.url,
    },
    deliverTo: (url) => {
      github.webhooks.url = url;
    },
    close: () => github.close(),
  };
}

export async function playThread(stage: Stage, ctx: AppContext, thread: ScriptedThread): Promise<Scene> {
  const { github } = stage;
  const issue = openThread(stage, thread);
  await github.webhooksIdle();
  github.as(thread.manager).comment(issue, '/manager choose');
  await settled(stage, ctx, issue);
  const comment = issue.comments.find((one) => one.viaApp);
  if (!comment) throw new Error(`the App did not answer on ${thread.title}`);
  const decided = comment.body;
  github.as(thread.manager).comment(issue, thread.feedback);
  await settled(stage, ctx, issue);
  return { thread, issue, comment, decided, answered: comment.body, rendered: github.render(issue) };
}

function openThread({ github }: Stage, thread: ScriptedThread): Issue {
  const { owner, name } = thread.repository;
  const repository = github.addRepository({ owner, name, collaborators: thread.collaborators });
  const issue = github
    .as(thread.author)
    .openIssue(`${owner}/${name}`, { title: thread.title, body: thread.body });
  const named = new Map<string, Comment>();
  for (const step of thread.steps) {
    const actor = github.as(step.by);
    if ('edits' in step) {
      const comment = named.get(step.edits);
      if (!comment) throw new Error(`no comment is named ${step.edits}`);
      actor.editComment(comment, step.to);
    } else {
      const comment = actor.comment(issue, step.says);
      if (step.as) named.set(step.as, comment);
    }
  }
  void repository;
  return issue;
}

const PATIENCE_MS = 120_000;
/** A served model takes its time. */
const PATIENCE_WITH_MODEL_MS = 900_000;
const GLANCE_MS = 40;

/**
 * Waits until the App has nothing left to do on the issue.
 * @throws Error with what is left when that takes too long.
 */
export async function settled(
  stage: Stage,
  ctx: AppContext,
  issue: Issue,
  patienceMs = ctx.config.inference === null ? PATIENCE_MS : PATIENCE_WITH_MODEL_MS,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    await stage.github.webhooksIdle();
    const left = await workLeft(ctx, issue);
    if (left === null) return;
    if (Date.now() > deadline) throw new Error(`the App is still at work on ${issue.title}: ${left}`);
    await ctx.clock.sleep(GLANCE_MS);
  }
}

async function workLeft(ctx: AppContext, issue: Issue): Promise<string | null> {
  const deliveries = await deliveryStore.countReceived(ctx.db);
  if (deliveries > 0) return `${deliveries} deliveries`;
  const known = await issueStore.getIssue(ctx.db, issue.id);
  if (!known) return 'the issue is not known yet';
  const commands = await commandStore.unfinishedCommands(ctx.db, issue.id);
  if (commands.length > 0) return `${commands.length} commands, first ${commands[0]?.verb}`;
  const unverified = await evidenceStore.unverified(ctx.db, issue.id);
  if (unverified.length > 0) return `${unverified.length} signals`;
  const unprocessed = await effectStore.pendingOf(ctx.db, issue.id);
  return unprocessed > 0 ? `${unprocessed} effects` : null;
}
