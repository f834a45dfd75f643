"""Makes a tiny Qwen3 with random weights, the real tokenizer and chat template, and a LoRA adapter for it.

    python make-model.py TOKENIZER_DIR OUT_DIR

OUT_DIR/model loads as any Qwen3 checkpoint, OUT_DIR/adapter as any PEFT adapter. The answers are nonsense;
what they are for is the server's behaviour: grammar, reasoning parser, thinking budget, cancellation.
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import Qwen3Config, Qwen3ForCausalLM

# vLLM's CPU attention has no kernel for heads narrower than 32.
HIDDEN, LAYERS, HEADS, KV_HEADS, HEAD_DIM, RANK = 64, 2, 2, 1, 32, 4


def special_token(tokenizer: dict, content: str) -> int:
    return next(token["id"] for token in tokenizer["added_tokens"] if token["content"] == content)


def make_model(tokenizer_dir: Path, out: Path) -> None:
    tokenizer = json.loads((tokenizer_dir / "tokenizer.json").read_text())
    torch.manual_seed(7)
    config = Qwen3Config(
        vocab_size=151_936,
        hidden_size=HIDDEN,
        intermediate_size=128,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS,
        head_dim=HEAD_DIM,
        max_position_embeddings=8_192,
        tie_word_embeddings=False,
        eos_token_id=special_token(tokenizer, "<|im_end|>"),
        bos_token_id=special_token(tokenizer, "<|endoftext|>"),
        pad_token_id=special_token(tokenizer, "<|endoftext|>"),
    )
    model = Qwen3ForCausalLM(config)
    think_after_the_header(model, think=special_token(tokenizer, "<think>"), newline=tokenizer["model"]["vocab"]["Ċ"])
    model.save_pretrained(out)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer_dir / name, out / name)


def think_after_the_header(model: Qwen3ForCausalLM, think: int, newline: int) -> None:
    """Qwen3 itself opens its thinking after `assistant\\n`: teach the random weights that one habit.

    The layers add so little to the residual stream that the last token's embedding decides.
    """
    with torch.no_grad():
        embedding = model.model.embed_tokens.weight[newline]
        direction = embedding / embedding.norm()
        model.lm_head.weight[think] = 20 * direction


def make_adapter(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    weights = {}
    for layer in range(LAYERS):
        prefix = f"base_model.model.model.layers.{layer}.self_attn.q_proj"
        weights[f"{prefix}.lora_A.weight"] = torch.randn(RANK, HIDDEN) * 0.02
        weights[f"{prefix}.lora_B.weight"] = torch.randn(HEADS * HEAD_DIM, RANK) * 0.02
    save_file(weights, out / "adapter_model.safetensors")
    adapter = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "r": RANK,
        "lora_alpha": 2 * RANK,
        "lora_dropout": 0.0,
        "bias": "none",
        "target_modules": ["q_proj"],
        "base_model_name_or_path": "tiny-qwen3",
    }
    (out / "adapter_config.json").write_text(json.dumps(adapter))


if __name__ == "__main__":
    tokenizer_dir, out = Path(sys.argv[1]), Path(sys.argv[2])
    make_model(tokenizer_dir, out / "model")
    make_adapter(out / "adapter")
