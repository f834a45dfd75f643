"""One training job as the control plane submits it: trains, or goes on, and tells how it ended.

    swe-manager-job sft|dapo --model MODEL --data DIR --output RUN [more flags of swe-manager-train]

A job that is started again goes on from its last complete checkpoint. When the trainer has ended well, the first node
writes RUN/result.json: the best checkpoint's folder and what the trainer measured there.
"""

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from .checkpoints import CheckpointError, best_checkpoint, last_checkpoint, read_state
from .train import parse_flags

RESULT = "result.json"


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    flags, _ = parse_flags(arguments)
    code = run([sys.executable, "-m", "swe_manager_training.train", *arguments, "--resume"])
    if code != 0 or flags.dry_run or not is_first_node(os.environ):
        return code
    try:
        write_result(flags.output)
    except CheckpointError as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def run(command: Sequence[str]) -> int:
    """The trainer's exit code. Being asked to stop is passed on to it, so that it can save what it has."""
    path = os.pathsep.join(filter(None, [str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")]))
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}) as trainer:

        def pass_on(number: int, _frame: FrameType | None) -> None:
            trainer.send_signal(number)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, pass_on)
        code = trainer.wait()
    # A shell's way to say that a signal ended it.
    return code if code >= 0 else 128 - code


def is_first_node(environment: Mapping[str, str]) -> bool:
    return environment.get("NODE_RANK", "0") in ("", "0")


def write_result(run_folder: Path) -> None:
    """Raises CheckpointError when there is no checkpoint to name."""
    best = checkpoint_to_serve(run_folder)
    result = {"checkpoint": best.name, "metrics": metrics_of(read_state(best))}
    partial = run_folder / f"{RESULT}.partial"
    partial.write_text(json.dumps(result, indent=2), encoding="utf-8")
    partial.replace(run_folder / RESULT)


def checkpoint_to_serve(run_folder: Path) -> Path:
    """The best one; the last one where the run was too short to be validated."""
    last = last_checkpoint(run_folder)
    return best_checkpoint(run_folder) if read_state(last).get("best_model_checkpoint") else last


def metrics_of(state: Mapping[str, Any]) -> dict[str, float]:
    """What was measured last up to the checkpoint, by name; finite numbers only.

    >>> metrics_of({"global_step": 8, "log_history": [{"step": 4, "loss": 2.0}, {"step": 8, "loss": 1.5}]})
    {'loss': 1.5, 'global_step': 8}
    """
    latest: dict[str, Any] = {}
    for entry in state.get("log_history") or []:
        latest.update(entry)
    latest.pop("step", None)
    latest.update({name: state.get(name) for name in ("global_step", "best_metric")})
    return {name: value for name, value in latest.items() if is_number(value)}


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


if __name__ == "__main__":
    sys.exit(main())
