"""Turns exported rows into the two files a trainer reads: train.jsonl and validation.jsonl.

    python -m swe_manager_training.prepare --stage sft|dapo --rows rows.jsonl --out DIR

- Rows that touch a benchmark are refused, all of them: one such row says that the version is not clean.
- Only labels that are about the proposals themselves teach (reason classes technical, none, unknown).
- A label's weight is how often its row is seen, never a factor inside the reward: systematic sampling gives
  every row weight / mean weight * copies occurrences, rounded down or up.
- Validation holds out whole snapshots, so no thread is on both sides in another order.
- The answer of an SFT row gets its thinking, closed, before it: what the model is asked for in DAPO and serving.
"""

import argparse
import hashlib
import json
import os
import random
import socket
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]

TEACHING_CLASSES = ("technical", "none", "unknown")
STAGES = ("sft", "dapo")


class PrepareError(Exception):
    """Why there is nothing to train on, and what to do about it."""


@dataclass(frozen=True)
class Options:
    stage: str
    reason_classes: tuple[str, ...] = TEACHING_CLASSES
    validation_share: float = 0.1
    copies: float = 1.0
    """Mean occurrences of a row."""
    seed: int = 7


def read_rows(path: Path) -> Iterator[Row]:
    """Raises PrepareError with the line's number where a line is no JSON object."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as cause:
                raise PrepareError(f"{path}, line {number} is not JSON. Export the dataset again.") from cause
            if not isinstance(row, dict) or not isinstance(row.get("messages"), list):
                raise PrepareError(f"{path}, line {number} has no messages. Export the dataset again.")
            yield row


def prepare(rows: Iterable[Row], options: Options) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows to train on and those to validate on, as the trainer takes them."""
    usable = [row for row in rows if is_usable(row, options)]
    check_labels(usable)
    training, validation = split(usable, options.validation_share)
    if not training or not validation:
        raise PrepareError(
            f"{len(usable)} rows are too few to train on some and validate on others. Collect more labels."
        )
    sampled = sample_by_weight(training, options.copies, options.seed)
    convert = sft_row if options.stage == "sft" else dapo_row
    return [convert(row) for row in sampled], [convert(row) for row in validation]


def is_usable(row: Row, options: Options) -> bool:
    """Raises PrepareError for a row that touches a benchmark."""
    if row.get("contaminated"):
        raise PrepareError(
            f"Row {row.get('id')} touches a benchmark. Build a decontaminated dataset version and train on that."
        )
    return row.get("split", "train") == "train" and row["reason_class"] in options.reason_classes


def check_labels(rows: Sequence[Row]) -> None:
    """One class alone teaches to answer without reading."""
    if not rows:
        raise PrepareError("There are no rows to train on. Collect labels first.")
    if len({row["best_proposal_id"] for row in rows}) == 1:
        only = rows[0]["best_proposal_id"]
        raise PrepareError(f"Every label is {only}: a model would learn the number. Collect other labels first.")


def split(rows: Sequence[Row], validation_share: float) -> tuple[list[Row], list[Row]]:
    """By a hash of the snapshot: stable when rows are added, and all orders of one thread on one side.

    At least one snapshot is held out, the one with the lowest hash, unless the share is 0.
    """
    lowest = min((place_of(row) for row in rows), default=0.0)
    held_out = max(validation_share, lowest) if validation_share > 0 else -1.0
    training = [row for row in rows if place_of(row) > held_out]
    return training, [row for row in rows if place_of(row) <= held_out]


def place_of(row: Row) -> float:
    """0 to 1, the same for every order of a snapshot."""
    digest = hashlib.sha256(row["provenance"]["snapshot"].encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def sample_by_weight(rows: Sequence[Row], copies: float, seed: int) -> list[Row]:
    """Systematic sampling, shuffled: a row of mean weight occurs `copies` times, others in proportion.

    >>> rows = [{"id": "a", "weight": 0.9}, {"id": "b", "weight": 0.3}]
    >>> sorted(row["id"] for row in sample_by_weight(rows, copies=2, seed=1))
    ['a', 'a', 'a', 'b']
    """
    total = sum(row["weight"] for row in rows)
    if total <= 0:
        raise PrepareError("Every label has the weight 0. Resolve labels first.")
    count = max(1, round(len(rows) * copies))
    chance = random.Random(seed)
    offset = chance.random()
    sampled: list[Row] = []
    reached = 0.0
    for row in rows:
        reached += row["weight"] / total * count
        sampled += [row] * max(0, int(reached - offset + 1) - len(sampled))
    chance.shuffle(sampled)
    return sampled


def sft_row(row: Row) -> dict[str, Any]:
    """The messages alone, the answer behind its thinking.

    Only a distilled answer was reached by the thinking in its row. Elsewhere `cot` is what the served model thought,
    which is no target of its own training, however right it was.
    """
    *prompt, answer = row["messages"]
    if answer["role"] != "assistant":
        raise PrepareError(f"Row {row.get('id')} has no answer to learn. Export with --format sft.")
    thinking = row.get("cot") or "" if row["provenance"].get("target") == "distilled" else ""
    content = f"<think>\n{thinking}\n</think>\n\n{answer['content']}"
    return {"messages": [*prompt, {"role": "assistant", "content": content}]}


def dapo_row(row: Row) -> dict[str, Any]:
    """The prompt and what the rewards compare with."""
    return {
        "messages": [message for message in row["messages"] if message["role"] != "assistant"],
        "best_proposal_id": row["best_proposal_id"],
        "changed_names": list(row.get("changed_names") or []),
    }


def write(training: Iterable[Row], validation: Iterable[Row], out: Path) -> None:
    """Each file appears whole, so that nodes that share a disk may all write it."""
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in (("train", training), ("validation", validation)):
        partial = out / f"{name}.{socket.gethostname()}.{os.getpid()}.partial"
        text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
        partial.write_text(text, encoding="utf-8")
        partial.replace(out / f"{name}.jsonl")


def main(argv: Sequence[str] | None = None) -> int:
    flags = parse_flags(argv)
    options = Options(
        stage=flags.stage,
        reason_classes=tuple(flags.reason_classes.split(",")),
        validation_share=flags.validation_share,
        copies=flags.copies,
        seed=flags.seed,
    )
    try:
        training, validation = prepare(read_rows(flags.rows), options)
    except PrepareError as problem:
        print(problem, file=sys.stderr)
        return 2
    write(training, validation, flags.out)
    print(json.dumps({"train": len(training), "validation": len(validation)}))
    return 0


def parse_flags(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="swe-manager-prepare", description=__doc__.splitlines()[0])
    parser.add_argument("--stage", required=True, choices=STAGES)
    parser.add_argument("--rows", required=True, type=Path, help="exported rows, JSONL")
    parser.add_argument("--out", required=True, type=Path, help="folder for train.jsonl and validation.jsonl")
    parser.add_argument("--reason-classes", default=",".join(TEACHING_CLASSES))
    parser.add_argument("--validation-share", type=float, default=Options.validation_share)
    parser.add_argument("--copies", type=float, default=Options.copies, help="mean occurrences of a row")
    parser.add_argument("--seed", type=int, default=Options.seed)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
