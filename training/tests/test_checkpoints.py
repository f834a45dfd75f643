import json

import pytest

from swe_manager_training.checkpoints import CheckpointError, best_checkpoint, last_checkpoint, main


def checkpoint(run, steps, best=None):
    folder = run / f"checkpoint-{steps}"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "trainer_state.json").write_text(json.dumps({"global_step": steps, "best_model_checkpoint": best}))
    return folder


def test_finds_the_last_by_its_steps_and_the_best_by_its_name(tmp_path):
    good = checkpoint(tmp_path, 90)
    last = checkpoint(tmp_path, 100, best="/elsewhere/run/checkpoint-90")
    assert last_checkpoint(tmp_path) == last
    assert best_checkpoint(tmp_path) == good


@pytest.mark.parametrize("spoil", ["state", "weights", "no weights"])
def test_passes_over_a_checkpoint_that_is_not_complete(tmp_path, spoil):
    whole = checkpoint(tmp_path, 5)
    torn = checkpoint(tmp_path, 10)
    if spoil == "state":
        (torn / "trainer_state.json").write_text('{"global_step": 1')
    elif spoil == "weights":
        (torn / "model.safetensors").write_bytes(b"")
    else:
        (torn / "model.safetensors").unlink()
    assert last_checkpoint(tmp_path) == whole


def test_says_when_there_is_none(tmp_path, capsys):
    with pytest.raises(CheckpointError, match="no complete checkpoint"):
        last_checkpoint(tmp_path)
    checkpoint(tmp_path, 5, best="checkpoint-4")
    with pytest.raises(CheckpointError, match="not there"):
        best_checkpoint(tmp_path)
    assert main(["best", str(tmp_path)]) == 2
    assert "not there" in capsys.readouterr().err
