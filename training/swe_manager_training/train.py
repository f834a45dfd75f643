"""Trains one stage with ms-swift, on one process or on many nodes.

    swe-manager-train sft|dapo --model MODEL --data DIR --output RUN [--tuner lora|full] [--device cuda|cpu]
        [--resume] [--dry-run] [more ms-swift flags, which win over everything here]

DIR holds train.jsonl and validation.jsonl from swe-manager-prepare, or rows.jsonl as exported, which is then
prepared into RUN/data. NNODES, NODE_RANK, MASTER_ADDR, MASTER_PORT and NPROC_PER_NODE are torchrun's.
What is the same on every machine stands in configs/STAGE.yaml; what depends on the machine stands here.
"""

import argparse
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from . import prepare
from .checkpoints import CheckpointError, last_checkpoint

PACKAGE = Path(__file__).parent
COMMANDS = {"sft": "sft", "dapo": "rlhf"}

TUNER_FLAGS = {
    "lora": ["--tuner_type", "lora", "--target_modules", "all-linear", "--lora_rank", "32", "--lora_alpha", "64"],
    "full": ["--tuner_type", "full"],
}
DEVICE_FLAGS = {
    "cuda": ["--torch_dtype", "bfloat16", "--bf16", "true", "--gradient_checkpointing", "true"],
    "cpu": [
        *["--torch_dtype", "float32", "--bf16", "false", "--fp16", "false"],
        *["--use_cpu", "true", "--gradient_checkpointing", "false"],
    ],
}
CPU_ENVIRONMENT = {"ACCELERATE_USE_CPU": "true", "CUDA_VISIBLE_DEVICES": ""}
MANY_PROCESSES = {"cuda": ["--deepspeed", "zero3"], "cpu": ["--ddp_backend", "gloo"]}

LEARNING_RATES = {("sft", "lora"): 1e-4, ("sft", "full"): 1e-5, ("dapo", "lora"): 1e-5, ("dapo", "full"): 1e-6}
BATCH_FLAGS = {
    "sft": [
        *["--per_device_train_batch_size", "1", "--per_device_eval_batch_size", "1"],
        *["--gradient_accumulation_steps", "16"],
    ],
    # One generation feeds 32 / 8 = 4 updates, so that clipping acts.
    "dapo": [
        *["--per_device_train_batch_size", "2", "--per_device_eval_batch_size", "2"],
        *["--gradient_accumulation_steps", "8", "--steps_per_generation", "32"],
    ],
}
VLLM_FLAGS = [
    *["--use_vllm", "true", "--vllm_mode", "colocate", "--vllm_max_model_len", "8192"],
    *["--vllm_gpu_memory_utilization", "0.4", "--sleep_level", "1"],
    *["--offload_model", "true", "--offload_optimizer", "true"],
]


@dataclass(frozen=True)
class Plan:
    stage: str
    model: str
    data: Path
    output: Path
    tuner: str = "lora"
    device: str = "cuda"
    resume: bool = False
    extra: tuple[str, ...] = ()


def training_command(plan: Plan, environment: Mapping[str, str]) -> list[str]:
    """What is run. ms-swift takes the last of two equal flags."""
    flags = [*TUNER_FLAGS[plan.tuner], *DEVICE_FLAGS[plan.device], *BATCH_FLAGS[plan.stage]]
    flags += ["--learning_rate", str(LEARNING_RATES[plan.stage, plan.tuner])]
    if processes(environment) > 1:
        flags += MANY_PROCESSES[plan.device]
    if plan.stage == "dapo":
        flags += ["--external_plugins", str(PACKAGE / "ms_swift" / "plugin.py")]
        flags += VLLM_FLAGS if plan.device == "cuda" else []
    if plan.resume:
        flags += resume_flags(plan.output)
    files = ["--dataset", str(plan.data / "train.jsonl"), "--val_dataset", str(plan.data / "validation.jsonl")]
    where = ["--model", plan.model, *files, "--output_dir", str(plan.output)]
    config = str(PACKAGE / "configs" / f"{plan.stage}.yaml")
    start = [sys.executable, "-m", "swift.cli.main", COMMANDS[plan.stage], config]
    return [*start, *flags, *where, *plan.extra]


def processes(environment: Mapping[str, str]) -> int:
    """Over all nodes. torchrun takes words such as `gpu` too: more than one then."""
    counts = [environment.get(name, "1") for name in ("NNODES", "NPROC_PER_NODE")]
    if not all(count.isdigit() for count in counts):
        return 2
    return int(counts[0]) * int(counts[1])


def training_environment(plan: Plan, environment: Mapping[str, str]) -> dict[str, str]:
    """With this package on the path, for the processes that torchrun starts."""
    path = os.pathsep.join(filter(None, [str(PACKAGE.parent), environment.get("PYTHONPATH", "")]))
    return {**environment, **(CPU_ENVIRONMENT if plan.device == "cpu" else {}), "PYTHONPATH": path}


def resume_flags(run: Path) -> list[str]:
    """From the last complete checkpoint; a run without one starts anew."""
    try:
        return ["--resume_from_checkpoint", str(last_checkpoint(run))]
    except CheckpointError:
        return []


def prepared(plan: Plan) -> Path:
    """The folder with the prepared files. Raises PrepareError when there is nothing to train on."""
    if (plan.data / "train.jsonl").exists():
        return plan.data
    rows = plan.data / "rows.jsonl"
    if not rows.exists():
        raise prepare.PrepareError(f"{plan.data} has neither train.jsonl nor rows.jsonl. Export the dataset there.")
    out = plan.output / "data"
    prepare.write(*prepare.prepare(prepare.read_rows(rows), prepare.Options(plan.stage)), out)
    return out


def main(argv: Sequence[str] | None = None) -> int:
    flags, extra = parse_flags(argv)
    plan = Plan(flags.stage, flags.model, flags.data, flags.output, flags.tuner, flags.device, flags.resume, extra)
    if flags.dry_run:
        print(shlex.join(training_command(plan, os.environ)))
        return 0
    try:
        become_trainer(replace(plan, data=prepared(plan)))
    except prepare.PrepareError as problem:
        print(problem, file=sys.stderr)
    return 2


def become_trainer(plan: Plan) -> NoReturn:
    """The trainer takes this process's place: signals and the exit code are its own."""
    command = training_command(plan, os.environ)
    sys.stdout.flush()
    os.execve(command[0], command, training_environment(plan, os.environ))


def parse_flags(argv: Sequence[str] | None) -> tuple[argparse.Namespace, tuple[str, ...]]:
    parser = argparse.ArgumentParser(prog="swe-manager-train", description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("stage", choices=sorted(COMMANDS))
    parser.add_argument("--model", required=True, help="a model on the hub or a folder of weights")
    parser.add_argument("--data", required=True, type=Path, help="folder with the rows")
    parser.add_argument("--output", required=True, type=Path, help="folder of the run")
    parser.add_argument("--tuner", choices=sorted(TUNER_FLAGS), default=Plan.tuner)
    parser.add_argument("--device", choices=sorted(DEVICE_FLAGS), default=Plan.device)
    parser.add_argument("--resume", action="store_true", help="go on from the last complete checkpoint")
    parser.add_argument("--dry-run", action="store_true", help="print the command and do nothing")
    flags, extra = parser.parse_known_args(argv)
    return flags, tuple(extra)


if __name__ == "__main__":
    sys.exit(main())
