"""Finds JSON objects in text without parsing it. The twin of src/pipeline/judge/model/scan.ts.

Every character is looked at a bounded number of times, whatever the text.
"""

import json
import re
from typing import NamedTuple

# What JavaScript takes for white space, so that both readers agree; Python's own class differs at the edges.
SPACE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

_OBJECT_START = re.compile(rf'\{{[{SPACE}]*"')
_TOKEN = re.compile(r'["{}\[\]]')
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_COLON = re.compile(rf"[{SPACE}]*:[{SPACE}]*")
_DEPTH = {"{": 1, "[": 1, "}": -1, "]": -1}


class FoundKey(NamedTuple):
    key: str
    value_at: int
    """Offset of the value's first character."""


class FoundObject(NamedTuple):
    start: int
    end: int | None
    """Behind the closing brace; None when the text ends before it."""
    keys: tuple[FoundKey, ...]
    """Its own keys, not those of objects inside it."""


def find_objects(text: str) -> list[FoundObject]:
    """Objects that begin like JSON, `{ "`, and do not stand inside another one, in order.

    >>> [text["key"] for text in (key._asdict() for key in find_objects('see {"a": {"b": 1}}')[0].keys)]
    ['a']
    """
    found = []
    match = _OBJECT_START.search(text)
    while match:
        scanned = _scan_object(text, match.start())
        found.append(scanned)
        if scanned.end is None:
            break  # everything behind it stands inside it
        match = _OBJECT_START.search(text, scanned.end)
    return found


def _scan_object(text: str, start: int) -> FoundObject:
    keys: list[FoundKey] = []
    depth, at = 0, start
    while match := _TOKEN.search(text, at):
        if match[0] == '"':
            after = _skip_string(text, match.start(), keys if depth == 1 else None)
            if after is None:
                break
            at = after
            continue
        depth += _DEPTH[match[0]]
        at = match.end()
        if depth == 0:
            return FoundObject(start, at, tuple(keys))
    return FoundObject(start, None, tuple(keys))


def _skip_string(text: str, start: int, keys: list[FoundKey] | None) -> int | None:
    """Where to go on behind the string, and behind the colon when it is a key; None when it never ends."""
    string = _STRING.match(text, start)
    if string is None or keys is None:
        return string.end() if string else None
    colon = _COLON.match(text, string.end())
    if colon is None:
        return string.end()
    keys.append(FoundKey(_unquote(string[0]), colon.end()))
    return colon.end()


def _unquote(quoted: str) -> str:
    """Keys may be written with escapes: `"best\\u005fproposal_id"` is the same key."""
    try:
        return json.loads(quoted)
    except ValueError:
        return quoted  # not JSON; the object will be refused as a whole
