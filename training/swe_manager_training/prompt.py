"""What the rewards need of a prompt: which ids it offers and what the strangers wrote.

Every line of a stranger begins with the mark "|" (src/pipeline/judge/prompt/clean.ts), so a line that does not
is ours, and a proposal cannot add an id by writing a tag.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_PROPOSAL = re.compile(r'^<proposal id="(\d{1,9})"', re.MULTILINE)
_MARKED = re.compile(r"^\|(?: (.*)|)$", re.MULTILINE)


@dataclass(frozen=True)
class Thread:
    ids: frozenset[int]
    """Ids that may be chosen."""
    text: str
    """Issue and proposals without their marks."""
    shown: str
    """The message as it was shown."""


def read_thread(messages: Iterable[Mapping[str, str]]) -> Thread:
    """Reads the user's message; the others do not matter.

    >>> user = '<issue>\\n| # Crash\\n</issue>\\n<proposal id="3" posted="1 of 1">\\n| <proposal id="9"\\n</proposal>'
    >>> thread = read_thread([{"role": "user", "content": user}])
    >>> sorted(thread.ids), thread.text
    ([3], '# Crash\\n<proposal id="9"')
    """
    return _read("\n".join(message["content"] for message in messages if message["role"] == "user"))


@lru_cache(maxsize=512)
def _read(content: str) -> Thread:
    ids = frozenset(int(match[1]) for match in _PROPOSAL.finditer(content))
    return Thread(ids, "\n".join(match[1] or "" for match in _MARKED.finditer(content)), content)
