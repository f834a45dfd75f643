"""From what trainers hand to a reward (lists of columns) to what the pure rewards take."""

import math
from collections.abc import Mapping, Sequence
from typing import Any


def prompts_of(messages: Sequence[Sequence[Mapping[str, Any]]]) -> list[list[Mapping[str, str]]]:
    """The messages before the answer: trainers append the completion to the row's own messages.

    >>> prompts_of([[{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]])
    [[{'role': 'user', 'content': 'q'}]]
    """
    return [[message for message in row if message["role"] != "assistant"] for row in messages]


def labels_of(column: Sequence[Any]) -> list[int | None]:
    """Ids as integers. A column that holds a null may arrive as floats with NaN.

    >>> labels_of([2, None, 3.0, float("nan")])
    [2, None, 3, None]
    """
    return [None if value is None or math.isnan(value) else int(value) for value in column]


def text_of(completion: str | Sequence[Mapping[str, str]]) -> str:
    """A completion's text; conversational ones are lists of messages.

    >>> text_of([{"role": "assistant", "content": "a"}]), text_of("b")
    ('a', 'b')
    """
    if isinstance(completion, str):
        return completion
    return "".join(message["content"] for message in completion)


def token_count(ids: Sequence[Any]) -> int:
    """Tokens of one completion, whose ids may come in turns.

    >>> token_count([1, 2, 3]), token_count([[1, 2], [3]]), token_count([])
    (3, 3, 0)
    """
    return sum(token_count(part) if isinstance(part, Sequence) else 1 for part in ids)
