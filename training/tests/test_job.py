import json
import os
import signal
import sys
import threading

import pytest

from swe_manager_training import job

from .test_checkpoints import checkpoint


def arguments(run) -> list[str]:
    return ["dapo", "--model", "base", "--data", "data", "--output", str(run)]


@pytest.fixture
def trainer(monkeypatch):
    """Stands in for the trainer; what it was called with."""
    calls: list[list[str]] = []

    def run(command):
        calls.append(command)
        return trainer_code[0]

    trainer_code = [0]
    monkeypatch.setattr(job, "run", run)
    monkeypatch.delenv("NODE_RANK", raising=False)
    return calls, trainer_code


def test_goes_on_where_it_ended_and_names_the_best_checkpoint(tmp_path, trainer):
    calls, _ = trainer
    checkpoint(tmp_path, 90)
    checkpoint(tmp_path, 100, best="/elsewhere/checkpoint-90")
    assert job.main(arguments(tmp_path)) == 0
    assert calls == [[sys.executable, "-m", "swe_manager_training.train", *arguments(tmp_path), "--resume"]]
    result = json.loads((tmp_path / "result.json").read_text())
    assert result == {"checkpoint": "checkpoint-90", "metrics": {"global_step": 90}}


def test_takes_the_last_checkpoint_of_a_run_that_was_never_validated(tmp_path):
    checkpoint(tmp_path, 5)
    job.write_result(tmp_path)
    assert json.loads((tmp_path / "result.json").read_text())["checkpoint"] == "checkpoint-5"


def test_hands_on_the_trainers_failure_and_writes_no_result(tmp_path, trainer):
    _, code = trainer
    code[0] = 7
    checkpoint(tmp_path, 5)
    assert job.main(arguments(tmp_path)) == 7
    assert not (tmp_path / "result.json").exists()


@pytest.mark.usefixtures("trainer")
def test_fails_when_the_trainer_left_no_checkpoint(tmp_path, capsys):
    assert job.main(arguments(tmp_path)) == 2
    assert "no complete checkpoint" in capsys.readouterr().err


@pytest.mark.usefixtures("trainer")
def test_only_the_first_node_writes(tmp_path, monkeypatch):
    checkpoint(tmp_path, 5)
    monkeypatch.setenv("NODE_RANK", "1")
    assert job.main(arguments(tmp_path)) == 0
    assert not (tmp_path / "result.json").exists()


def test_keeps_finite_numbers_only():
    log = [{"step": 1, "loss": float("nan"), "remaining_time": "1s"}, {"step": 2, "reward": 0.5, "flag": True}]
    assert job.metrics_of({"global_step": 2, "best_metric": None, "log_history": log}) == {
        "reward": 0.5,
        "global_step": 2,
    }


def test_passes_the_wish_to_stop_on():
    script = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(9)); time.sleep(30)"
    threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGTERM)).start()
    assert job.run([sys.executable, "-c", script]) == 9
