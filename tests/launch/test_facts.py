"""What the preflight learns of model, data, machine and earlier runs."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from grpotui.launch.check.facts import data_facts, device_facts, gather, tokens
from grpotui.launch.check.model_facts import model_facts
from grpotui.presets import apply_overrides, load
from grpotui.registry import connect, sync
from grpotui.stream import read_json, write_json
from grpotui.workspace import Workspace
from tests.support import write_run


def model_folder(folder: Path, **config: Any) -> Path:
    """A folder as transformers writes it, without the weights' numbers."""
    folder.mkdir(parents=True)
    known = {"vocab_size": 1000, "hidden_size": 64, "num_hidden_layers": 3, "max_position_embeddings": 512}
    (folder / "config.json").write_text(json.dumps({**known, **config}))
    header = json.dumps(
        {
            "__metadata__": {"format": "pt"},
            "a": {"dtype": "F32", "shape": [1000, 64], "data_offsets": [0, 256000]},
            "b": {"dtype": "F32", "shape": [64], "data_offsets": [256000, 256256]},
        }
    ).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    return folder


def test_a_folder_tells_its_size_without_being_loaded(workspace: Workspace) -> None:
    model_folder(workspace.root / "models" / "mine")
    facts = model_facts("models/mine", workspace)
    assert (facts.parameters, facts.context, facts.vocabulary) == (64_064, 512, 1000)
    assert (facts.layers, facts.width, facts.error, facts.absent) == (3, 64, "", False)


def test_a_hub_model_is_found_in_the_cache(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = workspace.root / "hub"
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    away = model_facts("org/Some-0.5B-Instruct", workspace)
    assert (away.absent, away.parameters, away.offline) == (True, 500_000_000, False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert model_facts("org/Tiny-1.25M", workspace).offline
    assert model_facts("org/Tiny-1.25M", workspace).parameters == 1_250_000
    assert model_facts("org/nameless", workspace).parameters is None
    place = cache / "models--org--Some-0.5B-Instruct"
    model_folder(place / "snapshots" / "abc")
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text("abc")
    here = model_facts("org/Some-0.5B-Instruct", workspace)
    assert (here.absent, here.parameters) == (False, 64_064)


@pytest.mark.parametrize("content", [b"", b"\xff" * 7, b"\xff" * 20, struct.pack("<Q", 3) + b"[1]"])
def test_a_torn_weights_file_is_no_error(workspace: Workspace, content: bytes) -> None:
    folder = model_folder(workspace.root / "torn")
    (folder / "model.safetensors").write_bytes(content)
    assert model_facts(str(folder), workspace).parameters is None


def test_a_missing_folder_is_told(workspace: Workspace) -> None:
    assert "no model folder" in model_facts("./nowhere", workspace).error


def test_tokens_are_bounded_from_below_and_guessed() -> None:
    assert tokens("").guess == 0
    assert (tokens("-121").low, tokens("-121").guess) == (1, 4)
    story = "Once upon a time there was a little girl who lived near the woods."
    assert 6 <= tokens(story).low <= 14 <= tokens(story).guess <= 20


def test_data_is_counted_for_every_kind_of_task(workspace: Workspace) -> None:
    mixed, probes = data_facts(load("mixed-curriculum", None).data)
    assert (mixed.rows, mixed.distinct, mixed.error) == (150, 150, "")
    assert {probe.kind for probe in probes} >= {"gold", "wrong", "empty"}
    assert not any(probe.error for probe in probes)
    many, _ = data_facts({"task": {"name": "stories", "n": 5000}, "rewards": [{"name": "happy_binary"}]})
    assert many.rows == 5000
    for n in (64, 1000):
        again = {"name": "binary", "n": n, "allow_duplicates": True}
        twice, _ = data_facts({"task": again, "rewards": [{"name": "exact"}]})
        assert (twice.rows, twice.distinct) == (n, 16)
    none, _ = data_facts({"task": {"name": "binary", "n": 64}, "rewards": [{"name": "exact"}]})
    assert "task.n" in none.error
    broken, _ = data_facts({"task": 5, "rewards": []})
    assert broken.error


def test_a_users_own_reward_is_left_to_the_trainer(workspace: Workspace) -> None:
    own = {"task": {"name": "arithmetic"}, "rewards": [{"name": "mine.py:good"}]}
    facts, probes = data_facts(own)
    assert facts.deferred == "mine.py:good is loaded by the trainer only"
    assert (facts.rows, probes) == (100, ())


def test_the_cpu_has_its_memory() -> None:
    cpu = device_facts("cpu")
    assert cpu.is_cpu
    assert cpu.total >= cpu.free > 0


def test_earlier_runs_tell_what_they_took_and_began_with(workspace: Workspace) -> None:
    preset = apply_overrides(load("demo-arithmetic", None), ["grpo.beta=0.1"])
    run = write_run(workspace)
    attempt = read_json(run.attempt_json(1)) or {}
    grpo = {"per_device_train_batch_size": 64, "max_completion_length": 16}
    config = {"model": "tiny", "task": preset.data["task"], "rewards": [{"name": "exact"}], "grpo": grpo}
    write_json(run.attempt_json(1), {**attempt, "config": config, "reward_range": [-1.0, 1.0]})
    write_json(run.result_json, {"attempt": 1, "status": "finished", "step": 12, "peak_memory": 123})
    connection = connect(workspace)
    sync(connection, workspace)
    connection.close()
    facts = gather(preset, workspace, "cpu")
    assert [(peak.run, peak.size, peak.tokens) for peak in facts.peaks] == [(run.id, 123, 1024)]
    assert facts.pass_rate == pytest.approx((1 / 12 + 1) / 2)
    other = apply_overrides(preset, ["task.n=10", "model=./x"])
    assert gather(other, workspace, "cpu").peaks == ()
    assert gather(apply_overrides(preset, ["task.n=10"]), workspace, "cpu").pass_rate is None
