"""Makes a tiny Qwen3 with random weights, the real chat template, and the real tokenizer's most frequent tokens.

python make-model.py TOKENIZER_DIR OUT_DIR

Byte pair encoding makes its tokens by merges, the most frequent first, so that the first of them are a tokenizer
too. The logits of all 151,936 tokens would be nearly all of the work, and chance would pick among all of them.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

HIDDEN, LAYERS, HEADS, KV_HEADS = 64, 4, 4, 2
BYTES = 256
VOCABULARY = 8_192
"""With the special tokens."""


def first_tokens(tokenizer: dict) -> dict:
    """The same tokenizer with so many merges that `VOCABULARY` is full; the special tokens follow the others."""
    added, model = tokenizer["added_tokens"], tokenizer["model"]
    merges = VOCABULARY - len(added) - BYTES
    vocabulary = {token: place for token, place in model["vocab"].items() if place < BYTES + merges}
    return {
        **tokenizer,
        "added_tokens": [{**token, "id": len(vocabulary) + place} for place, token in enumerate(added)],
        "model": {**model, "vocab": vocabulary, "merges": model["merges"][:merges]},
    }


def make_model(tokenizer_dir: Path, out: Path) -> None:
    tokenizer = first_tokens(read_json(tokenizer_dir / "tokenizer.json"))
    settings = read_json(tokenizer_dir / "tokenizer_config.json")
    ids = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    torch.manual_seed(7)
    config = Qwen3Config(
        vocab_size=VOCABULARY,
        hidden_size=HIDDEN,
        intermediate_size=2 * HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS,
        head_dim=HIDDEN // HEADS,
        max_position_embeddings=8_192,
        tie_word_embeddings=True,
        eos_token_id=ids["<|im_end|>"],
        bos_token_id=ids["<|endoftext|>"],
        pad_token_id=ids["<|endoftext|>"],
    )
    Qwen3ForCausalLM(config).save_pretrained(out)
    del settings["added_tokens_decoder"]  # It says what tokenizer.json says, with the ids of the whole vocabulary.
    write_json(out / "tokenizer.json", tokenizer)
    write_json(out / "tokenizer_config.json", settings)


def read_json(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))


def write_json(file: Path, value: dict) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    make_model(Path(sys.argv[1]), Path(sys.argv[2]))
