"""ms-swift's GRPO trainer with DAPO's dynamic sampling on the selection reward alone.

The trainer's own filter looks at the weighted total, which graded rewards never make constant, and after its
last try it trains on the unfiltered batch with a warning. This one looks at the selection column, fills up with
dropped groups only as far as it must, and logs how many it dropped and how many it had to take back.
"""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from accelerate.utils import gather_object
from swift.rlhf_trainers import GRPOTrainer
from transformers import GenerationConfig

from ..groups import GroupFilter
from .rewards import Selection


def without_top_k(defaults: GenerationConfig) -> GenerationConfig:
    """A model's defaults of sampling, with every token allowed.

    Without vLLM ms-swift reads top_k -1 as unset, and transformers fills in the model's own, or 50. What is then never
    sampled can never be punished: its share of the probability grows, until the model answers noise.
    """
    changed = copy.deepcopy(defaults)
    changed.top_k = 0
    return changed


class DapoTrainer(GRPOTrainer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.args.use_vllm:
            self.engine.generation_config = without_top_k(self.engine.generation_config)

    def _dynamic_sampling(self, samples: list[Any], rewards_per_func: torch.Tensor) -> tuple[list[Any], torch.Tensor]:
        """Takes this process's samples and everybody's rewards, and returns the same of the batch to train on.

        Every process sees the same rewards and so makes the same choice.
        """
        own = len(samples)
        groups = GroupFilter(self.args.generation_batch_size // self.num_generations)
        offered: list[Any] = []
        rewards: list[torch.Tensor] = []
        for resampled in range(self.max_resample_times + 1):
            if resampled > 0:
                samples, rewards_per_func = self._sample_again()
            offered += gather_object(samples)
            rewards.append(rewards_per_func)
            groups.offer(self._grouped(rewards_per_func[:, self._selection_column()].tolist()))
            if groups.is_full:
                break
        self._log_groups(groups)
        batch = self._samples_of(groups.batch())
        mine = batch[self.accelerator.process_index * own :][:own]
        return [offered[index] for index in mine], torch.cat(rewards)[batch]

    def _sample_again(self) -> tuple[list[Any], torch.Tensor]:
        samples = self._rollout_samples(next(self.dynamic_resample_iterator))
        return samples, self._compute_rewards_per_func(samples)

    def _selection_column(self) -> int:
        return self.reward_func_names.index(Selection.__name__)

    def _grouped(self, values: Sequence[float]) -> list[Sequence[float]]:
        size = self.num_generations
        return [values[start : start + size] for start in range(0, len(values), size)]

    def _samples_of(self, positions: Sequence[int]) -> list[int]:
        size = self.num_generations
        return [position * size + place for position in positions for place in range(size)]

    def _log_groups(self, groups: GroupFilter) -> None:
        metrics = self._metrics["train"]
        metrics["dynamic_sampling/sampled_groups"].append(len(groups.kept) + len(groups.dropped))
        metrics["dynamic_sampling/dropped_groups"].append(len(groups.dropped))
        metrics["dynamic_sampling/fallback_groups"].append(groups.fallback)
