"""Every shipped preset: TRL takes it as it is, it makes two steps, and the preflight counts as TRL does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grpotui.preflight import plan_of
from grpotui.presets import available, load
from grpotui.stream import Tail
from grpotui.tasks import prompt_count
from grpotui.workspace import RunDir, Workspace
from tests.train.conftest import ROOT, environment

NAMES = [info.name for info in available(None)]
PROBES = [name for name in NAMES if load(name, None).data.get("kind") == "rollouts"]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """All presets, played once in one process."""
    root = tmp_path_factory.mktemp("presets")
    with (root / "all.log").open("w") as log:
        command = [sys.executable, "-m", "tests.train.all_presets", str(root)]
        code = subprocess.call(
            command, cwd=ROOT, env=environment(), stdout=log, stderr=subprocess.STDOUT, timeout=300
        )
    assert code == 0, (root / "all.log").read_text()[-4000:]
    return root, json.loads((root / "all_presets.json").read_text())


def test_there_is_one_for_every_design() -> None:
    assert len(NAMES) >= 29


@pytest.mark.parametrize("name", NAMES)
def test_it_makes_two_steps(played: tuple[Path, dict[str, Any]], name: str) -> None:
    root, ends = played
    assert (ends[name]["status"], ends[name]["step"]) == ("finished", 2), ends[name]["reason"]
    run: RunDir = Workspace(root).run(ends[name]["run"])
    lines = [line.data for line in Tail(run.metrics).read()]
    assert [line["step"] for line in lines if "reward" in line] == [1, 2]
    assert ends[name]["peak_memory"] > 100 * 2**20


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PROBES])
def test_the_plan_is_what_trl_makes_of_it(played: tuple[Path, dict[str, Any]], name: str) -> None:
    made = played[1][name]["trl"]
    preset = load(name, None)
    plan = plan_of(preset, prompt_count(preset.data["task"]))
    assert plan.whole
    assert plan.generation_size == made["generation_batch_size"]
    assert plan.steps_per_epoch == made["steps_per_epoch"]
    if plan.steps == 1000:
        assert plan.warmup == made["warmup"]


@pytest.mark.parametrize("name", PROBES)
def test_a_probe_has_a_grid_around_its_baseline_and_says_who_takes_the_winner(name: str) -> None:
    data = load(name, None).data
    grid = data["sweep"]["grid"]
    assert len(grid["grpo.max_completion_length"]) * len(grid["grpo.repetition_penalty"]) == 15
    assert all(value in grid[field] for field, value in data["sweep"]["baseline"].items())
    assert data["task"]["n"] * data["grpo"]["num_generations"] == 128
    into = load(data["promote"]["into"], None)
    assert into.data["task"]["name"] == data["task"]["name"]
    assert into.data["model"] == data["model"]


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_is_expected_and_what_was_found(name: str) -> None:
    preset = load(name, None)
    first = preset.path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# ")
    assert preset.data["summary"]
    if not name.startswith("demo-"):
        contract = preset.data["contract"]
        assert contract["hypothesis"].endswith(".")
        assert contract["primary"]
        assert name in PROBES or contract["forecast"]
