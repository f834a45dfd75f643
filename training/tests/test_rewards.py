"""Ranges and formulas beyond the examples in the docstrings."""

import random

import pytest

from swe_manager_training.names import names_in
from swe_manager_training.rewards import (
    format_reward,
    golden_reward,
    grounding_reward,
    length_reward,
    selection_reward,
)

from .test_reader import PIECES
from .threads import CHANGED, GOLDEN, HONEST_RIGHT, HONEST_WRONG, LABEL, PROMPT, completion, verdict


def test_ranges_hold_for_any_text():
    chance = random.Random(5)
    texts = ["".join(chance.choices([*PIECES, "`draftCache`", "src/a.ts"], k=40)) for _ in range(500)]
    texts += [HONEST_RIGHT, HONEST_WRONG]
    prompts = [PROMPT] * len(texts)
    labels = [LABEL] * len(texts)
    assert set(format_reward(texts, prompts)) <= {0.0, 0.5, 1.0}
    assert set(selection_reward(texts, prompts, labels)) <= {0.0, 1.0}
    assert all(0 <= score <= 1 for score in golden_reward(texts, prompts, labels, [CHANGED] * len(texts)))
    assert all(-1 <= score <= 1 for score in grounding_reward(texts, prompts))
    tokens = [chance.randrange(5_000) for _ in texts]
    assert all(-1 <= score <= 0 for score in length_reward(texts, tokens, 3_584, 512))


@pytest.mark.parametrize(
    ("text", "score"),
    [
        (completion(1), 1.0),
        (verdict(1), 0.5),
        (f"<think> \n</think>{verdict(1)}", 0.5),
        (f"<think>Hm.</think>\n```json\n{verdict(1)}\n```", 0.5),
        (f"<think>Hm.</think>\nHere it is: {verdict(1)}", 0.5),
        (f"<think>Hm.</think>\n{verdict(3)}", 0.0),
    ],
)
def test_format(text, score):
    assert format_reward([text], [PROMPT]) == [score]


def test_golden_counts_only_where_the_selection_is_right_and_the_change_is_known():
    texts = [HONEST_RIGHT, HONEST_WRONG, HONEST_RIGHT, completion(1, golden="Fix it.")]
    changed = [CHANGED, CHANGED, None, CHANGED]
    assert golden_reward(texts, [PROMPT] * 4, [1] * 4, changed) == [pytest.approx(6 / 7), 0.0, 0.0, 0.0]


def test_golden_does_not_pay_for_naming_everything():
    everything = completion(1, golden=f"{GOLDEN} `restoreDraft()` `tabs` `store` `a.ts` `b.ts` `c.ts` `d.ts`")
    (honest, stuffed) = golden_reward([HONEST_RIGHT, everything], [PROMPT] * 2, [1, 1], [CHANGED] * 2)
    assert stuffed < honest


def test_grounding_weighs_known_against_invented_names():
    texts = [
        completion(1, golden=golden)
        for golden in ["`draftCache` and `tabChannel`", "`draftCache` and `madeUp`", "It is stale.", "`madeUp`"]
    ]
    assert grounding_reward(texts, [PROMPT] * 4) == [1.0, 0.0, 0.0, -1.0]


def test_names_that_a_block_declares_itself_are_not_invented():
    names = names_in("```ts\nconst freshName = draftCache.get(key);\n```")
    assert "freshName" not in names.symbols
    assert "draftCache" in names.symbols


def test_length_is_daposs_soft_penalty_for_plain_text():
    text = HONEST_RIGHT
    (free, half, full) = length_reward([text] * 3, [3_000, 3_328, 4_000], 3_584, 512)
    assert free - half == pytest.approx(0.5)
    assert full == -1.0


def test_lists_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="zip"):
        selection_reward([HONEST_RIGHT], [PROMPT], [1, 2])
