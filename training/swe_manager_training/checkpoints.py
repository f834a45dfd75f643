"""Which checkpoint of a run to resume from or to serve.

    python -m swe_manager_training.checkpoints best|last RUN_DIR

Read from trainer_state.json, because the trainer's own symbolic links (`--create_checkpoint_symlink`) fail
without a validation set and on resume. A checkpoint that cannot be read is no checkpoint.
"""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

_NAME = re.compile(r"checkpoint-(\d+)")
_WEIGHTS = ("*.safetensors", "*.safetensors.index.json")


class CheckpointError(Exception):
    """Why there is no such checkpoint, and what to do about it."""


def last_checkpoint(run: Path) -> Path:
    """The complete checkpoint with the most steps."""
    found = sorted(complete_checkpoints(run))
    if not found:
        raise CheckpointError(f"{run} holds no complete checkpoint. Start the run anew.")
    return found[-1][1]


def best_checkpoint(run: Path) -> Path:
    """The one the trainer found best on the validation set."""
    last = last_checkpoint(run)
    named = read_state(last).get("best_model_checkpoint")
    if not named:
        raise CheckpointError(f"{last} names no best checkpoint. Train with a validation set.")
    # The folder may have been moved since.
    best = run / Path(named).name
    if best not in [path for _, path in complete_checkpoints(run)]:
        raise CheckpointError(f"{best} is not there or not complete. Use the last checkpoint, or train again.")
    return best


def complete_checkpoints(run: Path) -> list[tuple[int, Path]]:
    """Steps and folder of every checkpoint that has weights and a readable state, in no order."""
    named = [(match, path) for path in run.glob("checkpoint-*") if (match := _NAME.fullmatch(path.name))]
    return [(int(match[1]), path) for match, path in named if has_weights(path) and read_state(path)]


def has_weights(checkpoint: Path) -> bool:
    return any(path.stat().st_size > 0 for pattern in _WEIGHTS for path in checkpoint.glob(pattern))


def read_state(checkpoint: Path) -> dict:
    """The trainer's state; empty when it is missing or torn."""
    try:
        state = json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="swe-manager-checkpoint", description=__doc__.splitlines()[0])
    parser.add_argument("which", choices=["best", "last"])
    parser.add_argument("run", type=Path)
    flags = parser.parse_args(argv)
    try:
        print(best_checkpoint(flags.run) if flags.which == "best" else last_checkpoint(flags.run))
    except CheckpointError as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
