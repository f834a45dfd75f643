import json
import re
from pathlib import Path

import pytest

from swe_manager_training.prepare import PrepareError
from swe_manager_training.rewards import WEIGHTS
from swe_manager_training.train import (
    PACKAGE,
    Plan,
    main,
    prepared,
    processes,
    training_command,
    training_environment,
)

from .test_checkpoints import checkpoint
from .test_prepare import row


def plan(**changes) -> Plan:
    return Plan(**{"stage": "dapo", "model": "base", "data": Path("data"), "output": Path("run")} | changes)


def value_of(command: list[str], flag: str) -> str:
    """The last one wins, as in the trainer."""
    return command[len(command) - command[::-1].index(flag)]


@pytest.mark.parametrize("stage", ["sft", "dapo"])
@pytest.mark.parametrize("tuner", ["lora", "full"])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_every_combination_names_its_config_its_tuner_and_its_precision(stage, tuner, device):
    command = training_command(plan(stage=stage, tuner=tuner, device=device), {})
    assert Path(command[command.index({"sft": "sft", "dapo": "rlhf"}[stage]) + 1]).exists()
    assert value_of(command, "--tuner_type") == tuner
    assert value_of(command, "--bf16") == str(device == "cuda").lower()
    assert ("--use_vllm" in command) == (stage == "dapo" and device == "cuda")


def test_one_process_shares_nothing_and_many_share_by_zero_3_or_gloo():
    assert "--deepspeed" not in training_command(plan(), {"NNODES": "1", "NPROC_PER_NODE": "1"})
    assert value_of(training_command(plan(), {"NPROC_PER_NODE": "8"}), "--deepspeed") == "zero3"
    assert value_of(training_command(plan(device="cpu"), {"NNODES": "2"}), "--ddp_backend") == "gloo"
    assert processes({"NNODES": "4", "NPROC_PER_NODE": "8"}) == 32
    assert processes({"NPROC_PER_NODE": "gpu"}) > 1


def test_several_updates_a_generation_so_that_clipping_acts():
    command = training_command(plan(), {})
    accumulated = int(value_of(command, "--gradient_accumulation_steps"))
    assert int(value_of(command, "--steps_per_generation")) > accumulated


def test_flags_of_the_user_come_last():
    assert value_of(training_command(plan(extra=("--learning_rate", "3e-4")), {}), "--learning_rate") == "3e-4"


def test_the_config_says_what_makes_it_dapo():
    """Every departure from the trainer's defaults, so that none is lost by an edit."""
    text = (PACKAGE / "configs" / "dapo.yaml").read_text(encoding="utf-8")
    config = dict(re.findall(r"^(\w+): (.+)$", text, re.MULTILINE))
    assert config["loss_type"] == "dapo"
    assert (config["epsilon"], config["epsilon_high"], config["beta"]) == ("0.2", "0.28", "0")
    assert (config["scale_rewards"], config["dynamic_sample"], config["overlong_filter"]) == ("none", "true", "false")
    assert int(config["max_length"]) + int(config["max_completion_length"]) == 8192
    assert (config["soft_max_length"], config["soft_cache_length"]) == (config["max_completion_length"], "512")
    assert (config["truncation_strategy"], config["enable_thinking"]) == ("delete", "true")
    assert json.loads(config["reward_weights"]) == list(WEIGHTS.values())
    assert config["reward_funcs"] == "[" + ", ".join(f"manager_{name}" for name in WEIGHTS) + "]"


def test_resumes_from_the_last_complete_checkpoint_and_starts_anew_without_one(tmp_path):
    assert "--resume_from_checkpoint" not in training_command(plan(output=tmp_path, resume=True), {})
    last = checkpoint(tmp_path, 20)
    command = training_command(plan(output=tmp_path, resume=True), {})
    assert value_of(command, "--resume_from_checkpoint") == str(last)


def test_a_cpu_hides_the_gpus_and_the_package_is_on_the_path():
    environment = training_environment(plan(device="cpu"), {"PYTHONPATH": "/elsewhere"})
    assert (environment["CUDA_VISIBLE_DEVICES"], environment["ACCELERATE_USE_CPU"]) == ("", "true")
    assert environment["PYTHONPATH"].split(":")[0] == str(PACKAGE.parent)
    assert "CUDA_VISIBLE_DEVICES" not in training_environment(plan(), {})


def test_prepares_rows_as_exported(tmp_path):
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row(number)) + "\n" for number in range(60)))
    out = prepared(plan(data=tmp_path, output=tmp_path / "run"))
    assert sorted(path.name for path in out.iterdir()) == ["train.jsonl", "validation.jsonl"]
    assert prepared(plan(data=out)) == out
    with pytest.raises(PrepareError, match="neither"):
        prepared(plan(data=tmp_path / "run"))


def test_dry_run_prints_the_command(capsys):
    flags = ["sft", "--model", "m", "--data", "d", "--output", "o", "--dry-run", "--seed", "3"]
    assert main(flags) == 0
    printed = capsys.readouterr().out
    assert "sft.yaml" in printed
    assert printed.endswith("--seed 3\n")


def test_says_in_one_line_when_there_is_nothing_to_train_on(tmp_path, capsys):
    flags = ["sft", "--model", "m", "--data", str(tmp_path), "--output", str(tmp_path)]
    assert main(flags) == 2
    assert "neither train.jsonl nor rows.jsonl" in capsys.readouterr().err
