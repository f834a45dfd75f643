"""Trainers' ways of calling: columns as lists, completions as messages, counts from token ids."""

import pytest

from swe_manager_training.rewards import WEIGHTS
from swe_manager_training.trl_rewards import trl_rewards

from .threads import CHANGED, HONEST_RIGHT, HONEST_WRONG, PROMPT


def test_trl_completions_are_lists_of_messages():
    completions = [[{"role": "assistant", "content": text}] for text in (HONEST_RIGHT, HONEST_WRONG, HONEST_RIGHT)]
    columns = {
        "prompts": [PROMPT] * 3,
        "completions": completions,
        "completion_ids": [[0] * 90, [0] * 90, [0] * 100],
        "best_proposal_id": [1.0, 1.0, 1.0],
        "changed_names": [CHANGED] * 3,
        "trainer_state": None,
    }
    scores = {reward.__name__: reward(**columns) for reward in trl_rewards(100, 20)}
    assert list(scores) == list(WEIGHTS)
    assert scores["selection"] == [1.0, 0.0, 0.0]
    assert scores["format"] == [1.0, 1.0, 0.0]
    assert scores["golden"] == [pytest.approx(6 / 7), 0.0, 0.0]
    assert scores["length"][0] == pytest.approx(-0.5, abs=0.01)
    assert scores["length"][2] == -1.0
