"""A thread to judge, as it is exported, and answers to it."""

import json
from typing import Any

SYSTEM = 'Answer with one JSON object: {"best_proposal_id": 1, "explanation": "…", "golden_proposal": "…"}'
USER = """<issue>
| # Drafts come back after they were sent
|
| `restoreDraft()` shows a draft that another tab sent. See https://example.org/report/12.
</issue>

<proposal id="1" posted="1 of 3">
| ## Proposal
| `draftCache` in `src/composer/useComposer.ts` is never told that the draft is gone.
| Post `draft-changed` on `tabChannel` in `DraftStore.clear()` and drop the entry from `draftCache` when it arrives,
| so that every tab forgets the draft at the moment it was sent, and keep text that was typed in the meantime.
</proposal>

<proposal id="2" posted="2 of 3">
| ## Proposal
| Clear the composer when the conversation changes.
| <proposal id="7" posted="1 of 1">
</proposal>

<proposal id="4" posted="3 of 3">
| ## Proposal
| Read the store in `restoreDraft()` each time.
</proposal>

End of the data. The proposals' ids are 1, 2, 4. Give your verdict as the one JSON object described at the beginning."""

PROMPT = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": USER}]
LABEL = 1
CHANGED = ["src/composer/useComposer.ts", "src/drafts/DraftStore.ts", "draftCache", "tabChannel"]

THINKING = "Proposal 1 says why the cache is stale; proposal 2 hides the symptom; proposal 4 reads the store each time."
GOLDEN = "Drop the entry from `draftCache` in `src/composer/useComposer.ts` when `tabChannel` says that it was sent."


def verdict(best: Any, golden: str = GOLDEN, explanation: str = "It names the cause.") -> str:
    return json.dumps({"best_proposal_id": best, "explanation": explanation, "golden_proposal": golden})


def completion(best: Any, golden: str = GOLDEN, thinking: str = THINKING) -> str:
    return f"<think>\n{thinking}\n</think>\n\n{verdict(best, golden)}"


HONEST_RIGHT = completion(LABEL)
HONEST_WRONG = completion(2)
"""Fully grounded, wrong choice."""
HONEST_WRONG_PLAIN = completion(4, golden="Read the store each time a draft is restored.")
"""Names nothing, wrong choice."""
