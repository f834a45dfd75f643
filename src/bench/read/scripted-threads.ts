/** The threads of the demo as a judge reads them, for benches that need no file. */
import { createHash } from 'node:crypto';
import type { Candidate, JudgeInput } from '../../pipeline/judge/types.ts';
import { classifyComment } from '../../pipeline/proposals/detect.ts';
import { DEFAULT_HEADINGS } from '../../pipeline/proposals/headings.ts';
import { DEMO_THREADS, type ScriptedThread } from '../../sandbox/threads/index.ts';

export function scriptedThreads(): JudgeInput[] {
  return DEMO_THREADS.map(toInput);
}

function toInput(thread: ScriptedThread, index: number): JudgeInput {
  const repository = `${thread.repository.owner}/${thread.repository.name}`;
  const said = thread.steps.flatMap((step) => ('says' in step ? [step] : []));
  const proposals = said.filter(({ says }) => classifyComment(says, DEFAULT_HEADINGS) === 'proposal');
  return {
    repository,
    issue: { number: index + 1, title: thread.title, body: thread.body },
    candidates: proposals.map(({ by, says }, place): Candidate => {
      const at = new Date(Date.UTC(2026, 0, 1, 12, place)).toISOString();
      return {
        number: place + 1,
        authorLogin: by,
        url: `https://github.com/${repository}/issues/${index + 1}#issuecomment-${place + 1}`,
        createdAt: at,
        body: says,
        revisions: [{ hash: createHash('sha256').update(says).digest('hex'), body: says, at }],
      };
    }),
  };
}
