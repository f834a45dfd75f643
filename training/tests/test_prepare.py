import json

import pytest

from swe_manager_training.prepare import (
    Options,
    PrepareError,
    dapo_row,
    main,
    prepare,
    read_rows,
    sample_by_weight,
    sft_row,
    split,
)

from .threads import PROMPT, verdict


def row(number: int, **changes):
    base = {
        "id": f"s{number}:0",
        "messages": [*PROMPT, {"role": "assistant", "content": verdict(1)}],
        "best_proposal_id": (1, 2, None)[number % 3],
        "cot": "It names the cause.",
        "weight": 1.0,
        "reason_class": "technical",
        "provenance": {"snapshot": f"s{number}", "target": "distilled"},
    }
    return base | changes


def test_gives_sft_rows_their_thinking_closed():
    prepared = sft_row(row(1))
    assert prepared["messages"][-1]["content"] == f"<think>\nIt names the cause.\n</think>\n\n{verdict(1)}"
    assert prepared["messages"][:-1] == PROMPT
    assert sft_row(row(1, cot=""))["messages"][-1]["content"].startswith("<think>\n\n</think>")


@pytest.mark.parametrize("target", ["maintainers", "accepted"])
def test_keeps_the_served_models_thinking_out_of_sft_rows(target):
    own = row(1, provenance={"snapshot": "s1", "target": target})
    assert sft_row(own)["messages"][-1]["content"] == f"<think>\n\n</think>\n\n{verdict(1)}"


def test_gives_dapo_rows_the_prompt_and_what_the_rewards_compare_with():
    prepared = dapo_row(row(2, changed_names=["src/a.ts"]))
    assert prepared == {"messages": PROMPT, "best_proposal_id": None, "changed_names": ["src/a.ts"]}


def test_refuses_sft_rows_without_an_answer():
    with pytest.raises(PrepareError, match="--format sft"):
        sft_row(row(1, messages=PROMPT))


def test_refuses_a_version_with_a_row_that_touches_a_benchmark():
    with pytest.raises(PrepareError, match="benchmark"):
        prepare([row(1), row(2, contaminated=True)], Options("dapo"))


@pytest.mark.parametrize("empty", [[], [row(1, split="holdout")], [row(1, reason_class="policy")]])
def test_refuses_an_empty_dataset(empty):
    with pytest.raises(PrepareError, match="no rows"):
        prepare(empty, Options("dapo"))


def test_refuses_one_class_only():
    with pytest.raises(PrepareError, match="Every label is 2"):
        prepare([row(number, best_proposal_id=2) for number in range(50)], Options("dapo"))


def test_refuses_too_few_rows_to_validate_on():
    with pytest.raises(PrepareError, match="too few"):
        prepare([row(1), row(2)], Options("dapo", validation_share=0))


def test_keeps_all_orders_of_a_snapshot_on_one_side():
    rows = [row(number, id=f"s{number}:{order}") for number in range(200) for order in range(4)]
    training, validation = split(rows, 0.1)
    sides = [{one["provenance"]["snapshot"] for one in side} for side in (training, validation)]
    assert not sides[0] & sides[1]
    assert 0.05 < len(validation) / len(rows) < 0.15
    assert split(rows[:400], 0.1)[1] == [one for one in validation if one in rows[:400]]


def test_holds_out_one_snapshot_of_a_few():
    rows = [row(number, id=f"s{number}:{order}") for number in range(3) for order in range(2)]
    assert [len(side) for side in split(rows, 0.001)] == [4, 2]


def test_weights_are_frequencies():
    rows = [row(number, weight=weight) for number, weight in enumerate([1.0, 0.5, 0.25, 0.25])]
    sampled = [one["id"] for one in sample_by_weight(rows, copies=100, seed=1)]
    assert [sampled.count(one["id"]) for one in rows] == [200, 100, 50, 50]


def test_equal_weights_and_one_copy_give_every_row_once():
    rows = [row(number) for number in range(97)]
    assert sorted(one["id"] for one in sample_by_weight(rows, 1, 3)) == sorted(one["id"] for one in rows)


@pytest.mark.parametrize("broken", ["{", "[]", '{"messages": "none"}'])
def test_names_the_line_that_is_broken(tmp_path, broken):
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row(1)) + "\n\n" + broken)
    with pytest.raises(PrepareError, match="line 3"):
        list(read_rows(file))


def test_writes_both_files_and_says_how_many(tmp_path, capsys):
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row(number)) + "\n" for number in range(60)))
    assert main(["--stage", "sft", "--rows", str(file), "--out", str(tmp_path / "out")]) == 0
    counts = json.loads(capsys.readouterr().out)
    written = {side: len((tmp_path / "out" / f"{side}.jsonl").read_text().splitlines()) for side in counts}
    assert written == counts
    assert sum(counts.values()) == 60


def test_says_what_is_wrong_in_one_line(tmp_path, capsys):
    file = tmp_path / "rows.jsonl"
    file.write_text("")
    assert main(["--stage", "sft", "--rows", str(file), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == "There are no rows to train on. Collect labels first.\n"
    assert not (tmp_path / "out").exists()
