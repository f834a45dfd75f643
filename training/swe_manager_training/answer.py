"""Reads the model's answer. The twin of src/pipeline/judge/model/reader.ts.

Tolerant of what stands around the object (thinking, a code fence, prose), strict about the object.
test/fixtures/reader-vectors.json is the contract of both readers.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from .scan import SPACE, FoundObject, find_objects

MAX_ANSWER_LENGTH = 200_000
"""Far more than 1,536 tokens of answer and 2,048 of thinking can be. UTF-16 units."""

ID_KEY = "best_proposal_id"
_OPEN, _CLOSE = "<think>", "</think>"
_SPACES = "".join(chr(code) for code in range(0x10000) if re.match(f"[{SPACE}]", chr(code)))
_STARTS_WITH_ANSWER = re.compile(r"\{|`{3}")
_WRITTEN_ID = re.compile(rf"(?:null|-?[0-9]+)(?=[{SPACE},}}])")
_LARGEST_INTEGER = 2**53 - 1
_TEXT_KEYS = ("explanation", "golden_proposal")


@dataclass(frozen=True)
class Answer:
    """What was read. `reason` is `ok` or why the answer is invalid; the other fields then say little."""

    reason: str
    best_proposal_id: int | None = None
    explanation: str = ""
    golden_proposal: str = ""
    thinking: str | None = None
    """None where there was none or nothing in it."""
    alone: bool = False
    """True when nothing but the object stands behind the thinking."""

    @property
    def valid(self) -> bool:
        return self.reason == "ok"


def read_answer(text: str | None, ids: Collection[int]) -> Answer:
    """Never raises.

    >>> read_answer('{"best_proposal_id": 2, "explanation": "e", "golden_proposal": "g"}', [1, 2]).best_proposal_id
    2
    >>> read_answer('{"best_proposal_id": "2", "explanation": "e", "golden_proposal": "g"}', [1, 2]).reason
    'id_type'
    """
    text = text or ""
    if _utf16_length(text) > MAX_ANSWER_LENGTH:
        return Answer("too_long")
    thinking, answer = _split_thinking(text)
    if answer is None:
        return Answer("unclosed_thinking", thinking=thinking)
    if answer.strip(_SPACES) == "":
        return Answer("empty", thinking=thinking)
    found = _the_object(answer)
    if isinstance(found, str):
        return Answer(found, thinking=thinking)
    return _read_object(answer, found, ids, thinking)


def _read_object(answer: str, found: FoundObject, ids: Collection[int], thinking: str | None) -> Answer:
    written = answer[found.start : found.end]
    try:
        value = json.loads(written, parse_constant=_refuse, parse_int=_parse_integer)
    except (ValueError, RecursionError):
        return Answer("not_json", thinking=thinking)
    problem = _problem_of_id(answer, found, ids) or _problem_of_shape(value, ids)
    if problem:
        return Answer(problem, thinking=thinking)
    return Answer(
        "ok",
        value[ID_KEY],
        value["explanation"],
        value["golden_proposal"],
        thinking,
        alone=answer.strip(_SPACES) == written,
    )


def _split_thinking(text: str) -> tuple[str | None, str | None]:
    """The thinking and what follows it, which is None when the thinking never ends.

    Some templates write `<think>` into the prompt, so text that does not begin with the object may close a
    block that it never opened.
    """
    thoughts: list[str] = []
    rest = text.lstrip(_SPACES)
    if not rest.startswith(_OPEN) and not _STARTS_WITH_ANSWER.match(rest) and _CLOSE in rest:
        rest = _OPEN + rest
    while rest.startswith(_OPEN):
        thought, close, after = rest.removeprefix(_OPEN).partition(_CLOSE)
        thoughts.append(thought.strip(_SPACES))
        if not close:
            return "\n\n".join(thoughts), None
        rest = after.lstrip(_SPACES)
    return "\n\n".join(thoughts) or None, rest


def _the_object(answer: str) -> FoundObject | str:
    """The one object that has the key, or why there is none; objects without it are prose beside it."""
    objects = find_objects(answer)
    named = [found for found in objects if any(key.key == ID_KEY for key in found.keys)]
    if len(named) > 1:
        return "several_objects"
    if any(found.end is None for found in objects):
        return "truncated"
    if named:
        return named[0]
    return "missing_id" if objects else "no_object"


def _problem_of_id(answer: str, found: FoundObject, ids: Collection[int]) -> str | None:
    """Looks at the id as it is written: 2.0 and 2e0 are equal to 2 once parsed, and are no integers."""
    names = [key.key for key in found.keys]
    if len(set(names)) < len(names):
        return "duplicate_key"
    at = next(key.value_at for key in found.keys if key.key == ID_KEY)
    written = _WRITTEN_ID.match(answer[at : at + 32])
    if written is None:
        return "id_type"
    return None if written[0] == "null" or int(written[0]) in ids else "id_not_allowed"


def _problem_of_shape(value: dict[str, Any], ids: Collection[int]) -> str | None:
    known = {ID_KEY, *_TEXT_KEYS, "assessments"}
    fits = value.keys() <= known and all(isinstance(value.get(key), str) for key in _TEXT_KEYS)
    return None if fits and _are_assessments(value.get("assessments", []), ids) else "schema"


def _are_assessments(assessments: Any, ids: Collection[int]) -> bool:
    if not isinstance(assessments, list) or not all(_is_assessment(one) for one in assessments):
        return False
    assessed = [one["id"] for one in assessments]
    return all(one in ids for one in assessed) and len(set(assessed)) == len(assessed)


def _is_assessment(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"id", "strength", "weakness"}
        and _is_integer(value["id"])
        and isinstance(value["strength"], str)
        and isinstance(value["weakness"], str)
    )


def _is_integer(value: Any) -> bool:
    """As JavaScript sees it, where 2.0 is an integer and true is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= _LARGEST_INTEGER and float(value).is_integer()


def _parse_integer(written: str) -> int | float:
    """Python refuses integers of thousands of digits; JavaScript reads them as infinity."""
    return int(written) if len(written) < 20 else float(written)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _utf16_length(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)
