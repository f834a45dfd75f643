"""The rewards as ms-swift calls them: `completions` are strings, every column arrives as a list."""

from collections.abc import Sequence
from typing import Any

from swift.rewards import ORM

from .. import rewards
from ..columns import labels_of, prompts_of, token_count


class Format(ORM):
    def __call__(self, completions: Sequence[str], **columns: Any) -> list[float]:
        return rewards.format_reward(completions, prompts_of(columns["messages"]), columns["is_truncated"])


class Selection(ORM):
    def __call__(self, completions: Sequence[str], **columns: Any) -> list[float]:
        labels = labels_of(columns["best_proposal_id"])
        return rewards.selection_reward(completions, prompts_of(columns["messages"]), labels, columns["is_truncated"])


class Golden(ORM):
    def __call__(self, completions: Sequence[str], **columns: Any) -> list[float]:
        return rewards.golden_reward(
            completions,
            prompts_of(columns["messages"]),
            labels_of(columns["best_proposal_id"]),
            columns["changed_names"],
            columns["is_truncated"],
        )


class Grounding(ORM):
    def __call__(self, completions: Sequence[str], **columns: Any) -> list[float]:
        return rewards.grounding_reward(completions, prompts_of(columns["messages"]), columns["is_truncated"])


class Length(ORM):
    """Needs --soft_max_length and --soft_cache_length."""

    def __call__(self, completions: Sequence[str], **columns: Any) -> list[float]:
        tokens = [token_count(ids) for ids in columns["response_token_ids"]]
        return rewards.length_reward(completions, tokens, self.args.soft_max_length, self.args.soft_cache_length)


REWARDS: dict[str, type[ORM]] = {
    "manager_selection": Selection,
    "manager_format": Format,
    "manager_golden": Golden,
    "manager_grounding": Grounding,
    "manager_length": Length,
}
