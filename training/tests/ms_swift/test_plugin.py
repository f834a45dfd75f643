"""The adapters against ms-swift's own classes. Runs where ms-swift is installed."""

from collections import defaultdict
from types import SimpleNamespace

import pytest
import torch
from swift.infer_engine import RequestConfig
from swift.infer_engine.utils import prepare_generation_config
from swift.rewards import orms
from swift.trainers import TrainerFactory
from transformers import GenerationConfig

from swe_manager_training.ms_swift import plugin
from swe_manager_training.ms_swift.dapo import DapoTrainer, without_top_k
from swe_manager_training.rewards import WEIGHTS
from tests.threads import CHANGED, HONEST_RIGHT, HONEST_WRONG, PROMPT

ARGS = SimpleNamespace(soft_max_length=100, soft_cache_length=20, generation_batch_size=4)


def test_registers_the_rewards_in_the_order_of_the_weights_and_the_trainer():
    assert list(plugin.REWARDS) == [f"manager_{name}" for name in WEIGHTS]
    assert plugin.REWARDS.items() <= orms.items()
    assert TrainerFactory.get_trainer_cls(SimpleNamespace(rlhf_type="grpo")) is DapoTrainer


def test_rewards_take_columns_as_lists():
    completions = [HONEST_RIGHT, HONEST_WRONG, HONEST_RIGHT]
    columns = {
        "messages": [[*PROMPT, {"role": "assistant", "content": text}] for text in completions],
        "best_proposal_id": [1, 1, 1],
        "changed_names": [CHANGED, [], CHANGED],
        "is_truncated": [False, False, True],
        "response_token_ids": [[[1] * 50], [[1] * 50], [[1] * 100]],
        "trainer_state": None,
    }
    scores = {name: reward(args=ARGS)(completions, **columns) for name, reward in plugin.REWARDS.items()}
    assert scores["manager_selection"] == [1.0, 0.0, 0.0]
    assert scores["manager_format"] == [1.0, 1.0, 0.0]
    assert scores["manager_golden"] == [pytest.approx(6 / 7), 0.0, 0.0]
    assert scores["manager_grounding"] == [1.0, 1.0, -1.0]
    assert scores["manager_length"][2] == -1.0


def test_overlong_is_the_trainers_own_soft_penalty():
    ids = [[[1] * count] for count in (50, 80, 90, 100)]
    ours = plugin.REWARDS["manager_length"](args=ARGS)(["{}"] * 4, response_token_ids=ids)
    theirs = orms["soft_overlong"](args=ARGS)(["{}"] * 4, response_token_ids=ids)
    assert ours == pytest.approx(theirs)


def test_without_vllm_every_token_may_be_sampled():
    asked = RequestConfig(max_tokens=8, temperature=1.0, top_p=1.0, top_k=-1)
    tokenizer = SimpleNamespace(eos_token_id=1, pad_token_id=2)
    qwen3 = GenerationConfig(do_sample=True, top_k=20)
    assert prepare_generation_config(qwen3, asked, tokenizer).top_k == 20
    assert prepare_generation_config(without_top_k(qwen3), asked, tokenizer).top_k == 0
    assert qwen3.top_k == 20


class OneProcess(DapoTrainer):
    """The sampling alone: two groups of two a batch, rewards given."""

    def __init__(self, selections: list[list[float]], resamples: int, process: int = 0):
        self.args = ARGS
        self.num_generations = 2
        self.max_resample_times = resamples
        self.accelerator = SimpleNamespace(process_index=process)
        self.reward_func_names = ["Format", "Selection"]
        self._metrics = {"train": defaultdict(list)}
        self.batches = [self.rewards(selection) for selection in selections]
        self.taken = 0

    def rewards(self, selection: list[float]) -> torch.Tensor:
        """Format differs in every group: a filter on the total would drop none."""
        return torch.tensor([[place / 10, value] for place, value in enumerate(selection)])

    def _sample_again(self):
        self.taken += 1
        return [f"{self.taken}.{place}" for place in range(4)], self.batches[self.taken]

    def run(self):
        return self._dynamic_sampling([f"0.{place}" for place in range(4)], self.batches[0])

    def logged(self, name: str) -> list[int]:
        return self._metrics["train"][f"dynamic_sampling/{name}_groups"]


def test_replaces_groups_that_chose_alike_although_their_totals_differ():
    trainer = OneProcess([[1, 1, 0, 1], [0, 0, 1, 0]], resamples=3)
    samples, rewards = trainer.run()
    assert samples == ["0.2", "0.3", "1.2", "1.3"]
    assert rewards[:, 1].tolist() == [0, 1, 1, 0]
    assert (trainer.logged("sampled"), trainer.logged("dropped"), trainer.logged("fallback")) == ([4], [2], [0])


def test_takes_back_only_what_it_must_and_says_so():
    trainer = OneProcess([[1, 1, 0, 1], [0, 0, 1, 1]], resamples=1)
    samples, rewards = trainer.run()
    assert samples == ["0.2", "0.3", "1.2", "1.3"]
    assert rewards[:, 1].tolist() == [0, 1, 1, 1]
    assert trainer.logged("fallback") == [1]


def test_a_batch_that_teaches_is_not_sampled_again():
    trainer = OneProcess([[1, 0, 0, 1]], resamples=3)
    assert trainer.run()[0] == ["0.0", "0.1", "0.2", "0.3"]
    assert trainer.taken == 0


@pytest.mark.parametrize(("process", "own"), [(0, ["a", "b"]), (1, ["c", "d"])])
def test_every_process_keeps_its_share(monkeypatch, process, own):
    everybody = ["a", "b", "c", "d"]
    monkeypatch.setattr("swe_manager_training.ms_swift.dapo.gather_object", lambda _samples: everybody)
    trainer = OneProcess([[1, 0, 0, 1]], resamples=0, process=process)
    samples, rewards = trainer._dynamic_sampling(own, trainer.batches[0])
    assert samples == own
    assert len(rewards) == 4
