"""Samples answers of a checkpoint to prepared DAPO rows and scores them with the rewards.

python evaluate.py CHECKPOINT ROWS.jsonl SAMPLES_A_PROMPT MAX_PROMPTS MAX_NEW_TOKENS

Prints JSON: the number of samples, the share that is valid, the share that chooses the label.
"""

import json
import sys
from pathlib import Path

import torch
from swe_manager_training.rewards import format_reward, selection_reward
from transformers import AutoModelForCausalLM, AutoTokenizer


def sample(model, tokenizer, messages: list[dict], count: int, max_new_tokens: int) -> list[tuple[str, bool]]:
    """Texts, and whether each hit the limit. The prompt is rendered by the model's own chat template, thinking on."""
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
    ended = (output[:, start:] == tokenizer.eos_token_id).any(dim=1).tolist()
    texts = tokenizer.batch_decode(output[:, start:], skip_special_tokens=True)
    return [(text, not end) for text, end in zip(texts, ended, strict=True)]


def evaluate(checkpoint: str, rows: list[dict], count: int, max_new_tokens: int) -> dict[str, float]:
    torch.manual_seed(5)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32).eval()
    valid = right = total = 0.0
    for row in rows:
        texts, cut = zip(*sample(model, tokenizer, row["messages"], count, max_new_tokens), strict=True)
        prompts = [row["messages"]] * count
        valid += sum(score > 0 for score in format_reward(texts, prompts, cut))
        right += sum(selection_reward(texts, prompts, [row["best_proposal_id"]] * count, cut))
        total += count
    return {"samples": total, "valid": valid / total, "accuracy": right / total}


if __name__ == "__main__":
    checkpoint, file, count, prompts, max_new_tokens = sys.argv[1:]
    lines = Path(file).read_text(encoding="utf-8").splitlines()[: int(prompts)]
    with torch.inference_mode():
        print(json.dumps(evaluate(checkpoint, [json.loads(line) for line in lines], int(count), int(max_new_tokens))))
