/** The whole App over a fresh database and a fake GitHub: what the end-to-end tests act in. */
import { pino } from 'pino';
import { type RunningApp, startApp } from '../../src/app.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { ContextParts } from '../../src/context.ts';
import type { Comment, Issue, NewRepository } from '../../src/sandbox/github/index.ts';
import { type Stage, settled, startStage } from '../../src/sandbox/stage.ts';
import { commandStore } from '../../src/store/index.ts';
import { openTestDatabase } from '../support/database.ts';

export const REPOSITORY = 'acme/widgets';
const ROLES = { mia: 'maintain', tim: 'triage', wes: 'write', rob: 'read' } as const;

export interface World {
  readonly stage: Stage;
  readonly github: Stage['github'];
  readonly app: RunningApp;
  /** Lines that the App logged, as JSON texts. */
  readonly log: string[];
  newIssue(options?: { title?: string; body?: string; repository?: string }): Issue;
  propose(issue: Issue, author: string, text?: string): Comment;
  say(issue: Issue, author: string, body: string): Comment;
  /** Says it and waits until the App has answered everything. */
  command(issue: Issue, author: string, body: string): Promise<Comment>;
  settle(issue: Issue): Promise<void>;
  /** GitHub's times are whole seconds: what follows is later than what was before. */
  nextSecond(): Promise<void>;
  ours(issue: Issue): Comment[];
  /** How the commands of the issue ended, in order, as `verb: outcome`. */
  outcomes(issue: Issue): Promise<string[]>;
  reactionsOn(comment: Comment): string[];
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly config?: Partial<Config>;
  readonly parts?: ContextParts;
  readonly repository?: Partial<NewRepository>;
  readonly install?: boolean;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const stage = await startStage();
  const { github } = stage;
  const log: string[] = [];
  const app = await startApp(
    { ...testConfig(stage), ...options.config },
    {
      parts: {
        database: await openTestDatabase(),
        logger: pino({ level: 'debug' }, { write: (line: string) => void log.push(line) }),
        ...options.parts,
      },
    },
  );
  stage.deliverTo(`${app.url}${app.ctx.config.webhook.path}`);
  github.addRepository({ owner: 'acme', name: 'widgets', collaborators: ROLES, ...options.repository });
  return { stage, github, app, log, ...actions(stage, app), close: () => closeAll(stage, app) };
}

function testConfig(stage: Stage): Config {
  return {
    ...loadConfig({ LOG_LEVEL: 'debug' }),
    ...stage.credentials,
    http: { host: '127.0.0.1', port: 0 },
    writeSpacingMs: 1,
    concurrency: 2,
    // An hour's allowance of comments comes back in 36 s, so no test waits for it.
    limitsScale: 0.01,
  };
}

function actions(stage: Stage, app: RunningApp) {
  const { github } = stage;
  const say = (issue: Issue, author: string, body: string): Comment => github.as(author).comment(issue, body);
  const settle = (issue: Issue): Promise<void> => settled(stage, app.ctx, issue);
  return {
    say,
    settle,
    nextSecond: () => app.ctx.clock.sleep(1_000 - (Date.now() % 1_000)),
    newIssue: ({
      title = 'The menu closes too early',
      body = 'Steps: open the menu.',
      repository = REPOSITORY,
    } = {}) => github.as('rob').openIssue(repository, { title, body }),
    propose: (issue: Issue, author: string, text?: string) => say(issue, author, text ?? proposalOf(author)),
    command: async (issue: Issue, author: string, body: string): Promise<Comment> => {
      const comment = say(issue, author, body);
      await settle(issue);
      return comment;
    },
    ours: (issue: Issue) => issue.comments.filter((comment) => comment.viaApp),
    outcomes: async (issue: Issue): Promise<string[]> =>
      (await commandStore.listCommands(app.ctx.db, issue.id)).map(
        (command) => `${command.verb}: ${command.outcome}`,
      ),
    reactionsOn: (comment: Comment): string[] =>
      comment.reactions.filter((one) => one.user.login.endsWith('[bot]')).map((one) => one.content),
  };
}

async function closeAll(stage: Stage, app: RunningApp): Promise<void> {
  await app.close({ timeoutMs: 5_000 });
  await stage.close();
}

/** A plain proposal; authors differ in what they cite, so that judges can tell them apart. */
export function proposalOf(author: string): string {
  return `## Proposal
### Please re-state the problem that we are trying to solve in this issue.
The menu closes before the click arrives.
### What is the root cause of that problem?
\`onBlur\` in \`src/menu/${author}.ts\` closes the menu on mousedown, before \`onClick\` runs.
### What changes do you think we should make in order to solve the problem?
Close it on \`mouseup\` in \`src/menu/${author}.ts\` and add a test in \`test/menu/${author}.test.ts\`.`;
}
