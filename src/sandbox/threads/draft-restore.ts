import type { ScriptedThread } from './types.ts';

/** Five proposals on one bug: two share a root cause, one is edited into shape late, one treats the symptom. */
export const draftRestore: ScriptedThread = {
  repository: { owner: 'lighthouse-notes', name: 'lighthouse' },
  collaborators: { 'mara-lindqvist': 'maintain', 'joaquim-t': 'triage', 'release-otter[bot]': 'write' },
  author: 'petra-hollis',
  title: '[$500] Unsent draft comes back after the message was sent from another tab',
  body: `## Steps to reproduce
1. Open the same conversation in two tabs.
2. In tab A type "see you at noon" and wait until **Draft saved** appears.
3. In tab B press send on that draft.
4. Go back to tab A and switch to another conversation and back.

## Expected result
The composer in tab A is empty, because the draft was sent.

## Actual result
The composer in tab A shows "see you at noon" again. Pressing send sends the message a second time.

Happens on web (Chrome, Firefox) and in the desktop app. Not on mobile, where there is only one window.

Version 4.12.0-2`,
  steps: [
    {
      by: 'joaquim-t',
      says: 'I can reproduce this in Firefox with two windows as well. Help wanted, proposals welcome!',
    },
    {
      by: 'devi-anand',
      as: 'first',
      says: `## Proposal

### Please re-state the problem that we are trying to solve in this issue.
A draft that was sent from one tab is restored in the other tab when the conversation is opened again.

### What is the root cause of that problem?
\`DraftStore.clear()\` in \`src/drafts/DraftStore.ts\` deletes the draft from IndexedDB, but every tab keeps its own copy in the in-memory map \`draftCache\`. \`restoreDraft()\` in \`src/composer/useComposer.ts\` reads \`draftCache\` first and only falls back to IndexedDB, so tab A never learns that the draft is gone:

\`\`\`ts
// src/composer/useComposer.ts
const draft = draftCache.get(conversationId) ?? (await DraftStore.read(conversationId));
\`\`\`

We already have a \`BroadcastChannel\` for read receipts (\`src/sync/tabChannel.ts\`), but drafts are not sent over it.

### What changes do you think we should make in order to solve the problem?
1. In \`DraftStore.clear()\` and \`DraftStore.write()\` post \`{type: 'draft-changed', conversationId, updatedAt}\` on \`tabChannel\`.
2. In \`useComposer\` subscribe to it: drop the entry from \`draftCache\` and, if the composer shows that conversation and its text equals the old draft, empty it.

\`\`\`diff
 async clear(conversationId: string) {
   await this.db.delete('drafts', conversationId);
+  draftCache.delete(conversationId);
+  tabChannel.post({ type: 'draft-changed', conversationId, updatedAt: Date.now() });
 }
\`\`\`

3. Text that the user typed in tab A after the draft was sent must not be lost, so we only empty the composer when its text is identical to the draft that was sent.

### What alternative solutions did you explore? (Optional)
Reading IndexedDB every time in \`restoreDraft()\`. It fixes the restore, but not the composer that is already open, and it makes switching conversations slower.`,
    },
    {
      by: 'sunniva-k',
      says: 'Does this also happen when the second tab is a guest session? We had something like it in spring.',
    },
    {
      by: 'oluwaseun-b',
      as: 'second',
      says: `## Proposal

### Please re-state the problem that we are trying to solve in this issue.
Sent drafts come back.

### What is the root cause of that problem?
The draft is restored when you switch conversations.

### What changes do you think we should make in order to solve the problem?
We should clear the composer when switching conversations.

### What alternative solutions did you explore? (Optional)
N/A`,
    },
    {
      by: 'hanna-virtanen',
      as: 'third',
      says: `## Proposal

### Please re-state the problem that we are trying to solve in this issue.
Two tabs disagree about whether a draft still exists, and the stale one wins.

### What is the root cause of that problem?
\`draftCache\` in \`src/composer/useComposer.ts\` is read before IndexedDB and nobody invalidates it in other tabs.

### What changes do you think we should make in order to solve the problem?
Remove \`draftCache\` and read drafts from IndexedDB each time \`restoreDraft()\` runs. IndexedDB reads take about 2 ms here, and there is one source of truth then. I would also add a test in \`tests/composer/draftRestore.test.ts\` that opens two stores on one database, clears in one and restores in the other.

### What alternative solutions did you explore? (Optional)
A BroadcastChannel message as proposed above; more code for the same result.`,
    },
    {
      by: 'release-otter[bot]',
      says: '🦦 Version 4.12.0-2 is on staging. This issue is linked to 1 open deploy blocker checklist.',
    },
    {
      by: 'tobias-rennick',
      as: 'fourth',
      says: `### Proposal
#### Root cause
The message is sent twice because the server accepts the same draft id twice.
#### Changes
Make \`POST /messages\` idempotent by \`draftId\`.`,
    },
    {
      by: 'joaquim-t',
      says: '@tobias-rennick that would hide the double send, but the draft would still come back, right?',
    },
    {
      by: 'tobias-rennick',
      edits: 'fourth',
      to: `### Proposal
#### Root cause
Two things come together. \`draftCache\` keeps a sent draft alive in other tabs (see above), and the server has no guard: \`MessageController.create\` in \`server/messages/MessageController.ts\` accepts the same \`draftId\` twice, so a stale composer can send again.
#### Changes
1. Invalidate \`draftCache\` in other tabs when a draft is sent.
2. Add a unique index on \`messages(author_id, draft_id)\` and answer a repeated \`POST /messages\` with the first message (HTTP 200) instead of creating a second one. A phone with a flaky network retries the same request, so this helps there too.
3. Test: send the same draft id twice and expect one row.`,
    },
    {
      by: 'devi-anand',
      says: '## Proposal [Updated](https://github.com/lighthouse-notes/lighthouse/issues/1#issuecomment-1)\nAdded the case of text typed after the draft was sent.',
    },
    {
      by: 'milo-farrow',
      as: 'fifth',
      says: `**Proposal**

**Problem:** the draft is shown again in the other tab.

**Root cause:** I think it may be a race condition somewhere in the sync code.

**Solution:** add a \`setTimeout\` of 500 ms before \`restoreDraft()\` so that the deletion has time to finish. Let me know if I can start, I am available now!`,
    },
  ],
  manager: 'mara-lindqvist',
  feedback: '/manager accept',
};
