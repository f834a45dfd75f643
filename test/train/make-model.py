"""Makes a tiny Qwen3 with random weights and the real tokenizer and chat template.

python make-model.py TOKENIZER_DIR OUT_DIR

Nearly all of its ten million parameters are the embedding of the real vocabulary.
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

HIDDEN, LAYERS, HEADS, KV_HEADS = 64, 4, 4, 2


def make_model(tokenizer_dir: Path, out: Path) -> None:
    tokenizer = json.loads((tokenizer_dir / "tokenizer.json").read_text(encoding="utf-8"))
    ids = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    torch.manual_seed(7)
    config = Qwen3Config(
        vocab_size=151_936,
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
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer_dir / name, out / name)


if __name__ == "__main__":
    make_model(Path(sys.argv[1]), Path(sys.argv[2]))
