"""Samples answers of a checkpoint to prepared DAPO rows and scores them with the rewards.

python evaluate.py CHECKPOINT ROWS.jsonl SAMPLES_A_PROMPT MAX_NEW_TOKENS

Prints JSON: the number of samples, the shares that are valid and that choose the label, the mean reward.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from swe_manager_training import rewards


def sample(model, tokenizer, messages: list[dict], count: int, max_new_tokens: int) -> list[tuple[str, bool, int]]:
    """Texts, whether each hit the limit, and its tokens. The prompt is the model's own chat template, thinking on."""
    prompt = tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, enable_thinking=True, return_tensors="pt", return_dict=True
    )
    start = prompt["input_ids"].shape[1]
    output = model.generate(
        **prompt,
        do_sample=True,
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        num_return_sequences=count,
        max_new_tokens=max_new_tokens,
        pad_token_id=tokenizer.pad_token_id,
    )
    completions = output[:, start:]
    ended = completions == tokenizer.eos_token_id
    lengths = torch.where(ended.any(dim=1), ended.int().argmax(dim=1) + 1, completions.shape[1])
    texts = tokenizer.batch_decode(completions, skip_special_tokens=True)
    return [
        (text, not end, length)
        for text, end, length in zip(texts, ended.any(dim=1).tolist(), lengths.tolist(), strict=True)
    ]


def scores(texts: list[str], cut: list[bool], tokens: list[int], row: dict, max_new_tokens: int) -> dict:
    """Every reward of every text."""
    prompts, labels = [row["messages"]] * len(texts), [row["best_proposal_id"]] * len(texts)
    changed = [row["changed_names"]] * len(texts)
    return {
        "selection": rewards.selection_reward(texts, prompts, labels, cut),
        "format": rewards.format_reward(texts, prompts, cut),
        "golden": rewards.golden_reward(texts, prompts, labels, changed, cut),
        "grounding": rewards.grounding_reward(texts, prompts, cut),
        "length": rewards.length_reward(texts, tokens, max_new_tokens, max_new_tokens // 6),
    }


def evaluate(checkpoint: str, rows: list[dict], count: int, max_new_tokens: int) -> dict[str, float]:
    torch.manual_seed(5)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32).eval()
    valid = right = reward = 0.0
    for row in rows:
        texts, cut, tokens = zip(*sample(model, tokenizer, row["messages"], count, max_new_tokens), strict=True)
        scored = scores(list(texts), list(cut), list(tokens), row, max_new_tokens)
        valid += sum(score > 0 for score in scored["format"])
        right += sum(scored["selection"])
        reward += sum(rewards.WEIGHTS[name] * sum(values) for name, values in scored.items())
    total = len(rows) * count
    return {"samples": total, "valid": valid / total, "accuracy": right / total, "reward": reward / total}


if __name__ == "__main__":
    checkpoint, file, count, max_new_tokens = sys.argv[1:]
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    with torch.inference_mode():
        print(json.dumps(evaluate(checkpoint, [json.loads(line) for line in lines], int(count), int(max_new_tokens))))
