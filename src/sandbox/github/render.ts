import type { Comment, Issue, Reaction, ReactionContent } from './model.ts';
import { REACTIONS } from './model.ts';
import { fullNameOf } from './state.ts';

const EMOJI: Record<ReactionContent, string> = {
  '+1': '👍',
  '-1': '👎',
  laugh: '😄',
  confused: '😕',
  heart: '❤️',
  hooray: '🎉',
  rocket: '🚀',
  eyes: '👀',
};

const RULE = '─'.repeat(72);

/** The issue as plain text: what a reader sees, with reactions and what is hidden, edited or locked. */
export function renderIssue(issue: Issue): string {
  const marks = [issue.state, ...(issue.locked ? ['locked'] : []), ...issue.labels.map((one) => one.name)];
  const assigned = issue.assignees.map((one) => one.login).join(', ');
  const head = [
    `${issue.title}  ${fullNameOf(issue.repository)}#${issue.number}  (${marks.join(', ')})`,
    ...(assigned === '' ? [] : [`Assigned to ${assigned}`]),
  ];
  const first = entry(`${issue.author.login} opened this`, issue.body, issue.reactions);
  return [...head, ...first, ...issue.comments.flatMap(commentLines), RULE].join('\n');
}

function commentLines(comment: Comment): string[] {
  const marks = [
    ...(comment.viaApp ? ['app'] : []),
    ...(comment.edits.length > 0 ? ['edited'] : []),
    ...(comment.minimized === null ? [] : [`hidden as ${comment.minimized}`]),
  ];
  const suffix = marks.length > 0 ? ` (${marks.join(', ')})` : '';
  const body = comment.minimized === null ? comment.body : '…';
  return entry(`${comment.author.login} commented${suffix}  #${comment.id}`, body, comment.reactions);
}

/** HTML comments are left out, as a browser leaves them out. */
function entry(title: string, body: string, reactions: readonly Reaction[]): string[] {
  const visible = body.replace(/<!--[\s\S]*?-->/g, '').trimEnd();
  const counts = reactionLine(reactions);
  return [RULE, title, '', visible, ...(counts === '' ? [] : ['', counts])];
}

function reactionLine(reactions: readonly Reaction[]): string {
  return REACTIONS.map((content) => ({
    content,
    count: reactions.filter((one) => one.content === content).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ content, count }) => `${EMOJI[content]} ${count}`)
    .join('  ');
}
