"""Names of code in a text: links, paths and identifiers. A plain cousin of identifiers.ts and grounding.ts.

All patterns are bounded, so hostile text costs no more than its length.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_FENCED = re.compile(r"```[^`\n]*\n(.*?)(?:```|\Z)", re.DOTALL)
_SPAN = re.compile(r"`([^`\n]{1,400})`")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]\"'`|]+", re.IGNORECASE)
_EXTENSIONS = (
    "tsx?|jsx?|mjs|cjs|mts|py|go|rs|rb|java|kts?|swift|mm?|c|cc|cpp|h|hpp|cs|php|sql|sh|ya?ml|json|toml|css|scss|"
    "less|html|vue|svelte|gradle|plist|xml|proto|exs?|lua|dart|scala|ini|cfg|lock|md"
)
_PATH = re.compile(
    rf"(?<![\w@./-])(?:[\w@.-]{{1,60}}/){{0,12}}[\w@-][\w@.-]{{0,80}}\.(?:{_EXTENSIONS})(?![\w/])", re.ASCII
)
_SYMBOL = re.compile(r"(?<![\w$])[A-Za-z_$][\w$]{2,79}(?![\w$])", re.ASCII)
_SHAPED = re.compile(r"_*[a-z][a-z\d]*[A-Z][\w$]*|[A-Z][a-z\d]+[A-Z][\w$]*|\w+_\w+|[A-Z]{2,}[\d_][\w$]*", re.ASCII)
_CALL = re.compile(r"(?<![\w$])([A-Za-z_$][\w$]{2,60})\(", re.ASCII)
_WHOLE_NAME = re.compile(r"[A-Za-z_$@][\w$]{0,80}(?:(?:\.|::|->|-)[A-Za-z_$][\w$]{0,80}){0,6}(?:\(\))?", re.ASCII)
_DECLARED = re.compile(
    r"\b(?:const|let|var|function|class|interface|type|enum|def|func|fn|struct|val|trait)\s{1,8}([A-Za-z_$][\w$]{0,80})"
)
_CHAIN = re.compile(r"(?<![\w$])[A-Za-z_$][\w$]{0,80}(?:(?:\.|::|->)[A-Za-z_$][\w$]{0,80}){1,6}", re.ASCII)
_ASSIGNED = re.compile(r"(?<![\w$])[A-Za-z_$][\w$]{0,80}(?= {0,2}=(?!=))", re.ASCII)
_PRODUCTS = frozenset(
    "GitHub GitLab JavaScript TypeScript PostgreSQL MySQL SQLite MacOS macOS iOS iPhone iPad YouTube "
    "DevTools VSCode NodeJS".split()
)
_KEYWORDS = frozenset(
    "abstract async await bool boolean break case catch class const constructor continue default delete else enum "
    "export extends false final finally float from func function import instanceof interface internal lambda list "
    "match module none null number object override package pass private protected public raise readonly require "
    "return self static string struct super switch template this throw true type typeof undefined union unsigned "
    "value void volatile where while with yield".split()
)
_WORD = re.compile(r"[^\W\d][\w$]*")


@dataclass(frozen=True)
class Names:
    links: frozenset[str]
    paths: frozenset[str]
    symbols: frozenset[str]
    """Identifiers that the text does not declare itself."""

    def __len__(self) -> int:
        return len(self.links) + len(self.paths) + len(self.symbols)


def names_in(text: str) -> Names:
    """What a text names, case kept, once each.

    >>> names = names_in("Call `store.clear()` in `src/store.ts`, see https://example.org/a. The cache is fine.")
    >>> sorted(names.symbols), sorted(names.paths), sorted(names.links)
    (['store.clear'], ['src/store.ts'], ['https://example.org/a'])
    """
    links = frozenset(match[0].rstrip(".,:;!?*_") for match in _LINK.finditer(text))
    text = _LINK.sub(" ", text)
    paths = frozenset(match[0] for match in _PATH.finditer(text) if not match[0][0].isdigit())
    text = _PATH.sub(" ", text)
    blocks = [match[1] for match in _FENCED.finditer(text)]
    prose = _FENCED.sub(" ", text)
    declared = {match[1] for block in blocks for match in _DECLARED.finditer(block)}
    symbols = {name for span in _SPAN.findall(prose) for name in _names_of_span(span)}
    symbols |= {name for part in [_SPAN.sub(" ", prose), *blocks] for name in _shaped(part)}
    return Names(links, paths, frozenset(symbols - declared))


def _names_of_span(span: str) -> set[str]:
    """The whole of inline code where it is one name, its words otherwise."""
    bare = span.strip()
    if _WHOLE_NAME.fullmatch(bare):
        name = bare.removesuffix("()")
        return {name} if len(name) >= 3 and name.lower() not in _KEYWORDS else set()
    return {word for word in _SYMBOL.findall(bare) if len(word) >= 4 and word.lower() not in _KEYWORDS}


def _shaped(text: str) -> set[str]:
    """Words shaped like identifiers (`fooBar`, `foo_bar`, `FooBar`) or written as a call."""
    shaped = {word for word in _SYMBOL.findall(text) if _SHAPED.fullmatch(word)}
    called = {word for word in _CALL.findall(text) if word.lower() not in _KEYWORDS}
    return {word for word in shaped | called if len(word) >= 4 and word not in _PRODUCTS}


def known_and_invented(names: Names, source: str) -> tuple[float, float]:
    """The shares of the names that the source has and has not, 0 to 1; both 0 when there are none.

    A symbol is known when its words occur and one of them occurs as code: backticks alone make no name of a word.
    Where all of them are words of prose it is neither known nor invented. Case does not matter.

    >>> known_and_invented(names_in("`clearCache`, `madeUp`"), "we call clearcache() twice")
    (0.5, 0.5)
    >>> known_and_invented(names_in("`twice`"), "we call clearcache() twice")
    (0.0, 0.0)
    """
    if len(names) == 0:
        return 0.0, 0.0
    text = source.lower()
    words = frozenset(_WORD.findall(text))
    code = _words_of_code(source)
    literals = names.links | names.paths
    known = sum(name.lower().rstrip("/") in text for name in literals)
    invented = len(literals) - known
    for name in names.symbols:
        parts = frozenset(_WORD.findall(name.lower()))
        if not parts <= words:
            invented += 1
        elif parts & code:
            known += 1
    return known / len(names), invented / len(names)


@lru_cache(maxsize=64)
def _words_of_code(text: str) -> frozenset[str]:
    """Words that stand in the text as names: as the whole of inline code, in a path, shaped or used like one.

    >>> sorted(_words_of_code("The `cache` of `all the tabs`.\\n```\\nitems = store.read(); // the end\\n```"))
    ['cache', 'items', 'read', 'store']
    """
    text = _LINK.sub(" ", text)
    blocks = [match[1] for match in _FENCED.finditer(text)]
    spans = _SPAN.findall(_FENCED.sub(" ", text))
    names = {span for span in spans if _WHOLE_NAME.fullmatch(span.strip())}
    names |= {match[0] for match in _PATH.finditer(text)} | _shaped(text)
    for code in [*spans, *blocks]:
        names |= {match[0] for pattern in (_CHAIN, _ASSIGNED) for match in pattern.finditer(code)}
        names |= {match[1] for match in _DECLARED.finditer(code)}
    return frozenset(word for name in names for word in _WORD.findall(name.lower()))


def overlap_f1(named: Names, changed: frozenset[str]) -> float:
    """F1 of the paths and symbols a text names against those a change touched, 0 to 1.

    A path counts when one is the end of the other, a symbol by its last part.

    >>> overlap_f1(names_in("`store.clear()` in `store.ts`"), frozenset({"src/store.ts", "clear", "reload"}))
    0.8
    """
    ours = [name.lower() for name in named.paths] + [_last_part(name) for name in named.symbols]
    theirs = [name.lower() if "/" in name or "." in name else _last_part(name) for name in changed]
    if not ours or not theirs:
        return 0.0
    precision = sum(any(_same(one, other) for other in theirs) for one in ours) / len(ours)
    recall = sum(any(_same(one, other) for other in ours) for one in theirs) / len(theirs)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _last_part(symbol: str) -> str:
    return re.split(r"\.|::|->", symbol)[-1].lower()


def _same(one: str, other: str) -> bool:
    return one == other or one.endswith(f"/{other}") or other.endswith(f"/{one}")
