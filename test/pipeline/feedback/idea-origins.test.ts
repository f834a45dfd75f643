import { describe, expect, it } from 'vitest';
import { ideaOrigins } from '../../../src/pipeline/feedback/idea-origins.ts';
import type { Candidate } from '../../../src/pipeline/judge/types.ts';

const VAGUE = '## Proposal\n### Root cause\nSomething in the menu closes it.\n### Changes\nFix it.';
const CAUSE = `## Proposal
### Root cause
\`onBlur\` in \`src/menu/Menu.ts\` closes the menu on mousedown before the click handler runs.
### Changes
Call \`scheduleClose()\` from \`src/timers/scheduler.ts\` once the pointer is released, and cover it in \`test/scheduler.test.ts\`.`;

const at = (hour: number): string => new Date(Date.UTC(2026, 0, 1, hour)).toISOString();

function candidate(number: number, ...texts: [string, number][]): Candidate {
  const revisions = texts.map(([body, hour], index) => ({ hash: `${number}-${index}`, body, at: at(hour) }));
  const [first] = revisions;
  return {
    number,
    authorLogin: `author-${number}`,
    url: `https://github.com/acme/app/issues/1#issuecomment-${number}`,
    createdAt: first?.at ?? null,
    body: revisions.at(-1)?.body ?? '',
    revisions,
  };
}

const input = (...candidates: Candidate[]) => ({
  repository: 'acme/app',
  issue: { number: 1, title: 'The menu closes too early', body: 'Open the menu and click.' },
  candidates,
});

describe('ideaOrigins', () => {
  it('names the earlier proposal that held the accepted cause and change', () => {
    const origins = ideaOrigins(input(candidate(1, [CAUSE, 1]), candidate(2, [CAUSE, 2])), 2);
    expect(origins).toMatchObject([
      { role: 'cause', proposalNumber: 1, revisionHash: '1-0', at: at(1) },
      { role: 'change', proposalNumber: 1 },
    ]);
  });

  it('names the revision: an idea that was edited in later counts from then', () => {
    const origins = ideaOrigins(input(candidate(1, [VAGUE, 1], [CAUSE, 5]), candidate(2, [CAUSE, 3])), 1);
    expect(origins).toMatchObject([{ role: 'cause', proposalNumber: 2, revisionHash: '2-0', at: at(3) }, {}]);
    const own = ideaOrigins(input(candidate(1, [VAGUE, 1], [CAUSE, 2]), candidate(2, [CAUSE, 3])), 2);
    expect(own?.[0]).toMatchObject({ proposalNumber: 1, revisionHash: '1-1', at: at(2) });
  });

  it('is null when no candidate was accepted', () => {
    expect(ideaOrigins(input(candidate(1, [CAUSE, 1])), null)).toBeNull();
    expect(ideaOrigins(input(candidate(1, [CAUSE, 1])), 7)).toBeNull();
  });
});
