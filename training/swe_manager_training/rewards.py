"""The five rewards. Pure: lists in, a list of floats out, one for each completion; no dependencies.

| reward | range | what it pays for |
|---|---|---|
| format | 0 to 1 | thinking, then exactly one valid object |
| selection | 0 or 1 | the labelled choice; null only where none is acceptable |
| golden | 0 to 1 | naming what the merged change touched, when the selection is right |
| grounding | -1 to 1 | speaking of things that occur in the thread, in words of one's own |
| length | -1 to 0 | nothing; overlong, repetitive and padded answers cost |

`prompts` are lists of messages as exported; `truncated` says which completions hit the length limit: a cut
answer is a failed answer, whatever stands in it. The weights below make every right choice worth more than every
wrong one, and every valid answer worth more than every invalid one.
"""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from .answer import Answer, read_answer
from .names import known_and_invented, names_in, overlap_f1
from .prompt import Thread, read_thread

WEIGHTS: Mapping[str, float] = {
    "selection": 1.0,
    "format": 0.5,
    "golden": 0.5,
    "grounding": 0.2,
    "length": 0.2,
}

Prompts = Sequence[Sequence[Mapping[str, str]]]
Flags = Sequence[bool] | None

COPIED_RUN = 12
"""Words in a row that stand in the prompt too, from which on they count as copied."""
SHORT = 32
"""Words up to which nothing counts as copied."""
ANSWER_CHARACTERS = 6_144
"""About 1,536 tokens, the answer's share of the window."""
PADDING_COST = 0.1
PLAIN_COMPRESSION = 0.25
"""Text that compresses to less than this share of its size repeats itself; prose and code come to 0.35 or more."""
REPETITION_FROM = 512
"""Bytes from which on repetition is looked for: every short text compresses badly."""

_WORDS = re.compile(r"\w+")


def format_reward(completions: Sequence[str], prompts: Prompts, truncated: Flags = None) -> list[float]:
    """1 for thinking followed by the object alone; 0.5 for a valid object that has no thinking before it, or
    prose or a fence around it; 0 for everything else.

    Range 0 to 1. An object is valid when the reader takes it: one object, an id among those shown or null.

    >>> prompts = [[{"role": "user", "content": '<proposal id="1"'}]] * 3
    >>> answer = '{"best_proposal_id": 1, "explanation": "", "golden_proposal": ""}'
    >>> format_reward(["<think>Hm.</think>" + answer, answer, "<think>Hm. " + answer], prompts)
    [1.0, 0.5, 0.0]
    """
    return [_format(answer) for answer, _ in _answers(completions, prompts, truncated)]


def _format(answer: Answer) -> float:
    if not answer.valid:
        return 0.0
    return 1.0 if answer.alone and answer.thinking else 0.5


def selection_reward(
    completions: Sequence[str],
    prompts: Prompts,
    best_proposal_id: Sequence[int | None],
    truncated: Flags = None,
) -> list[float]:
    """1 when a valid answer chooses the label, 0 otherwise. The label None means that none is acceptable.

    Range 0 or 1.

    >>> prompts = [[{"role": "user", "content": '<proposal id="1"'}]] * 2
    >>> none = '{"best_proposal_id": null, "explanation": "", "golden_proposal": ""}'
    >>> selection_reward([none, none], prompts, [None, 1])
    [1.0, 0.0]
    """
    answers = _answers(completions, prompts, truncated)
    return [
        float(answer.valid and answer.best_proposal_id == label)
        for (answer, _), label in zip(answers, best_proposal_id, strict=True)
    ]


def golden_reward(
    completions: Sequence[str],
    prompts: Prompts,
    best_proposal_id: Sequence[int | None],
    changed_names: Sequence[Sequence[str] | None],
    truncated: Flags = None,
) -> list[float]:
    """F1 of the paths and symbols that the golden proposal names against those that the merged change touched.

    Range 0 to 1; 0 where the selection is wrong or the merged change is not known. Likeness to the accepted
    proposal's text is no goal: pasting that proposal would win.

    >>> prompts = [[{"role": "user", "content": '<proposal id="1"'}]]
    >>> answer = '{"best_proposal_id": 1, "explanation": "", "golden_proposal": "Fix `src/a.ts`."}'
    >>> golden_reward([answer], prompts, [1], [["src/a.ts"]])
    [1.0]
    """
    answers = _answers(completions, prompts, truncated)
    return [
        overlap_f1(names_in(answer.golden_proposal), frozenset(changed or ()))
        if answer.valid and answer.best_proposal_id == label
        else 0.0
        for (answer, _), label, changed in zip(answers, best_proposal_id, changed_names, strict=True)
    ]


def grounding_reward(completions: Sequence[str], prompts: Prompts, truncated: Flags = None) -> list[float]:
    """known - invented - 2 * max(0, 2 * copied - 1), at least -1.

    `known` and `invented` are the shares of the identifiers, paths and links in explanation and golden proposal
    that do and do not occur in the thread: naming none scores 0, inventing costs, and a word that the thread has in
    its prose alone is no name, so that backticks around it gain nothing. `copied` is the share of their
    words that stand in the prompt in runs of 12 or more. Range -1 to 1; -1 for an invalid answer.

    >>> prompts = [[{"role": "user", "content": '<proposal id="1"\\n| `fooBar` fails'}]] * 3
    >>> answer = '{"best_proposal_id": 1, "explanation": "", "golden_proposal": "%s"}'
    >>> grounding_reward([answer % "`fooBar`", answer % "Good.", answer % "`madeUp`"], prompts)
    [1.0, 0.0, -1.0]
    """
    return [_grounding(answer, thread) for answer, thread in _answers(completions, prompts, truncated)]


def _grounding(answer: Answer, thread: Thread) -> float:
    if not answer.valid:
        return -1.0
    text = f"{answer.explanation}\n{answer.golden_proposal}"
    names = names_in(text)
    known, invented = known_and_invented(names, thread.text)
    copied = _copied_share(text, thread.shown)
    return max(-1.0, known - invented - 2 * max(0.0, 2 * copied - 1))


def _copied_share(text: str, source: str) -> float:
    words = _WORDS.findall(text.lower())
    if len(words) <= SHORT:
        return 0.0
    known = _runs(source)
    copied = [False] * len(words)
    for start in range(len(words) - COPIED_RUN + 1):
        if tuple(words[start : start + COPIED_RUN]) in known:
            copied[start : start + COPIED_RUN] = [True] * COPIED_RUN
    return sum(copied) / len(words)


@lru_cache(maxsize=64)
def _runs(source: str) -> frozenset[tuple[str, ...]]:
    words = _WORDS.findall(source.lower())
    return frozenset(tuple(words[start : start + COPIED_RUN]) for start in range(len(words) - COPIED_RUN + 1))


def length_reward(completions: Sequence[str], tokens: Sequence[int], max_tokens: int, cache_tokens: int) -> list[float]:
    """-max(overlong, repetition) - padding, at least -1.

    `overlong` is DAPO's soft penalty, 0 up to max_tokens - cache_tokens and from there linearly to 1 at
    max_tokens. `repetition` is 1 - compressed / (0.25 * size) of the whole text, where that is above 0.
    `padding` is 0.1 for 6,144 characters of answer (behind the thinking), in proportion. Range -1 to 0.

    >>> length_reward(["{}", "{}", "{}"], [50, 75, 100], max_tokens=100, cache_tokens=50)
    [0.0, -0.5, -1.0]
    """
    costs = [
        max(_overlong(count, max_tokens, cache_tokens), _repetition(text)) + _padding(text)
        for text, count in zip(completions, tokens, strict=True)
    ]
    return [max(-1.0, 0.0 - cost) for cost in costs]


def _overlong(count: int, max_tokens: int, cache_tokens: int) -> float:
    return min(1.0, max(0.0, (count - (max_tokens - cache_tokens)) / cache_tokens))


def _repetition(text: str) -> float:
    data = text.encode("utf-8", "surrogatepass")
    if len(data) < REPETITION_FROM:
        return 0.0
    return max(0.0, 1 - len(zlib.compress(data, 9)) / (PLAIN_COMPRESSION * len(data)))


def _padding(text: str) -> float:
    answer = text.rpartition("</think>")[2].strip()
    return round(PADDING_COST * min(1.0, max(0, len(answer) - 2) / ANSWER_CHARACTERS), 6)


def _answers(completions: Sequence[str], prompts: Prompts, truncated: Flags) -> Iterator[tuple[Answer, Thread]]:
    cut = truncated if truncated is not None else [False] * len(completions)
    for completion, prompt, is_cut in zip(completions, prompts, cut, strict=True):
        thread = read_thread(prompt)
        yield (Answer("truncated") if is_cut else _read(completion, thread.ids)), thread


@lru_cache(maxsize=1_024)
def _read(completion: str, ids: frozenset[int]) -> Answer:
    """Several rewards read the same completion."""
    return read_answer(completion, ids)
