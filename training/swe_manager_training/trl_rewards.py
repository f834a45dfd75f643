"""The rewards as TRL calls them: `completions` are lists of messages, columns arrive as lists.

    GRPOTrainer(reward_funcs=trl_rewards(max_tokens=3_584, cache_tokens=512), ...)
    GRPOConfig(reward_weights=list(WEIGHTS.values()), ...)

The dataset's column `messages` must be named `prompt`. TRL has no dynamic sampling; ms-swift is what the scripts
here use. Importing this needs no TRL.
"""

from collections.abc import Callable
from typing import Any

from . import rewards
from .columns import labels_of, text_of, token_count

Reward = Callable[..., list[float]]


def trl_rewards(max_tokens: int, cache_tokens: int) -> list[Reward]:
    """The five rewards in the order of `WEIGHTS`. A completion of `max_tokens` counts as truncated.

    >>> [reward.__name__ for reward in trl_rewards(3_584, 512)]
    ['selection', 'format', 'golden', 'grounding', 'length']
    """

    def unpack(completions: Any, completion_ids: Any) -> tuple[list[str], list[bool], list[int]]:
        tokens = [token_count(ids) for ids in completion_ids]
        return [text_of(one) for one in completions], [count >= max_tokens for count in tokens], tokens

    def selection(prompts: Any, completions: Any, completion_ids: Any, best_proposal_id: Any, **_: Any) -> list[float]:
        texts, cut, _tokens = unpack(completions, completion_ids)
        return rewards.selection_reward(texts, prompts, labels_of(best_proposal_id), cut)

    def format(prompts: Any, completions: Any, completion_ids: Any, **_: Any) -> list[float]:  # noqa: A001
        texts, cut, _tokens = unpack(completions, completion_ids)
        return rewards.format_reward(texts, prompts, cut)

    def golden(
        prompts: Any, completions: Any, completion_ids: Any, best_proposal_id: Any, changed_names: Any, **_: Any
    ) -> list[float]:
        texts, cut, _tokens = unpack(completions, completion_ids)
        return rewards.golden_reward(texts, prompts, labels_of(best_proposal_id), changed_names, cut)

    def grounding(prompts: Any, completions: Any, completion_ids: Any, **_: Any) -> list[float]:
        texts, cut, _tokens = unpack(completions, completion_ids)
        return rewards.grounding_reward(texts, prompts, cut)

    def length(completions: Any, completion_ids: Any, **_: Any) -> list[float]:
        texts, _cut, tokens = unpack(completions, completion_ids)
        return rewards.length_reward(texts, tokens, max_tokens, cache_tokens)

    return [selection, format, golden, grounding, length]
