/** The people on the fake GitHub. Whatever they write is kept, so that the oracle can compare. */
import type { Comment, FakeGitHub, Issue } from '../../../src/sandbox/github/index.ts';
import type { CommandOutcome } from '../../../src/schema/index.ts';

/** A comment with one command in it. */
export interface SaidCommand {
  readonly comment: Comment;
  readonly verb: string;
  /** The outcomes that are right for it, whatever dies in between. */
  readonly expects: readonly CommandOutcome[];
  /** Milliseconds since the epoch. */
  readonly saidAt: number;
}

export interface People {
  /** Everything that anybody but the App wrote, by comment id; null once its author deleted it. */
  readonly texts: ReadonlyMap<number, string | null>;
  readonly commands: readonly SaidCommand[];
  /** Comments of the App that a person deleted. */
  readonly buried: ReadonlySet<number>;
  openIssue(repository: string, title: string): Issue;
  propose(issue: Issue, author: string): Comment;
  chat(issue: Issue, author: string, text: string): Comment;
  command(issue: Issue, author: string, words: string, expects: readonly CommandOutcome[]): Comment;
  /** Deletes a comment of the App. */
  bury(by: string, comment: Comment): void;
}

/** A maintainer, somebody with triage, and a reader, on every repository. */
export const ROLES = { mia: 'admin', tim: 'triage', rob: 'read' } as const;

export function createPeople(github: FakeGitHub): People {
  const texts = new Map<number, string | null>();
  const commands: SaidCommand[] = [];
  const buried = new Set<number>();
  const say = (issue: Issue, author: string, body: string): Comment => {
    const comment = github.as(author).comment(issue, body);
    texts.set(comment.id, body);
    return comment;
  };
  return {
    texts,
    commands,
    buried,
    openIssue: (repository, title) =>
      github.as('rob').openIssue(repository, { title, body: 'Steps: open the menu, click.' }),
    propose: (issue, author) => say(issue, author, proposalOf(author)),
    chat: say,
    command: (issue, author, words, expects) => {
      const saidAt = Date.now();
      const comment = say(issue, author, `/manager ${words}`);
      commands.push({ comment, verb: words.split(' ')[0] ?? '', expects, saidAt });
      return comment;
    },
    bury: (by, comment) => {
      buried.add(comment.id);
      github.as(by).deleteComment(comment);
    },
  };
}

/** Authors differ in what they cite, so that a judge can tell them apart. */
function proposalOf(author: string): string {
  return `## Proposal
### Please re-state the problem that we are trying to solve in this issue.
The menu closes before the click arrives.
### What is the root cause of that problem?
\`onBlur\` in \`src/menu/${author}.ts\` closes the menu on mousedown, before \`onClick\` runs.
### What changes do you think we should make in order to solve the problem?
Close it on \`mouseup\` in \`src/menu/${author}.ts\` and add a test in \`test/menu/${author}.test.ts\`.`;
}
