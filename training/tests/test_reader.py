"""The contract shared with src/pipeline/judge/model/reader.ts."""

import json
import random
import time
from pathlib import Path

import pytest

from swe_manager_training.answer import read_answer

VECTORS = json.loads(
    (Path(__file__).parents[2] / "test" / "fixtures" / "reader-vectors.json").read_text(encoding="utf-8")
)
PIECES = [
    *["{", "}", '"', "\\", "<think>", "</think>", "```json\n", "[", "]", ",", ": ", " ", "\n", "-", "1", "2", "2.0"],
    *['"best_proposal_id"', '"explanation"', '"golden_proposal"', '"x"', "null", "true", "\ud800", "\0", "é"],
    '{"best_proposal_id": 2, "explanation": "e", "golden_proposal": "g"}',
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vector(vector):
    answer = read_answer(vector["answer"], vector["allowed_ids"])
    expected = vector["expect"]
    assert (answer.valid, answer.reason) == (expected["valid"], expected["reason"])
    assert answer.best_proposal_id == expected["best_proposal_id"]


def test_gives_back_the_thinking_that_stood_in_the_answer():
    text = '<think>\nfirst\n</think>{"best_proposal_id":1,"explanation":"e","golden_proposal":"g"}'
    assert read_answer(text, [1]).thinking == "first"


def test_takes_nothing_for_no_answer():
    assert read_answer(None, [1]).reason == "empty"


def test_refuses_text_beyond_its_limit_in_utf16_units():
    assert read_answer("x" * 200_001, [1]).reason == "too_long"
    assert read_answer("😀" * 100_001, [1]).reason == "too_long"
    assert read_answer("x" * 200_000, [1]).reason == "no_object"


def test_reads_numbers_and_depths_that_only_one_language_minds():
    huge = '{"best_proposal_id": 1, "explanation": "e", "golden_proposal": "g", "x": ' + "9" * 5_000 + "}"
    assert read_answer(huge, [1]).reason == "schema"
    assert not read_answer('{"best_proposal_id": 1, "x": ' + "[" * 50_000 + "]" * 50_000 + "}", [1]).valid


def test_never_raises_and_never_lets_an_id_outside_the_set_through():
    chance = random.Random(3)
    for _ in range(5_000):
        text = "".join(chance.choices(PIECES, k=chance.randrange(30)))
        answer = read_answer(text, [2])
        assert not answer.valid or answer.best_proposal_id in (2, None)


@pytest.mark.parametrize("piece", ['{"', '{"a":', "{ ", '"', '\\"', "<think>", "[[[", '{"best_proposal_id":1}', "`"])
def test_stays_linear(piece):
    text = piece * (199_000 // len(piece))
    started = time.perf_counter()
    assert not read_answer(text, [1]).valid
    assert not read_answer(f'{{"best_proposal_id": 1, "explanation": "{text}', [1]).valid
    assert time.perf_counter() - started < 5
