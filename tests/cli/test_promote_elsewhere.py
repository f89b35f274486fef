"""Promoting into a preset that asks for something else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grpotui.workspace import Workspace
from tests.launch.lab import PRESET, Lab, opened
from tests.support import Cli


@pytest.fixture
def lab(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    yield from opened(workspace, monkeypatch)


def test_another_task_or_other_rewards_are_told_before_the_difference(cli: Cli, lab: Lab) -> None:
    other = PRESET.replace('"arithmetic"', '"counting"')
    (lab.workspace.presets / "other.toml").write_text(other)
    (lab.workspace.presets / "both.toml").write_text(f'{other}[[rewards]]\nname = "repetition"\n')
    run = cli("launch", "fake", "--set", "grpo.beta=0.3", "--device", "cpu", "--wait").out.strip()
    why = "what is best for one need not be for the other"
    warning = f"run {run} had arithmetic as task, other has counting: {why}"
    asked = cli("promote", run, "--into", "other", "--dry-run")
    assert asked.code == 0 and warning in asked.err.splitlines() and "+beta = 0.3" in asked.out
    assert warning in cli("promote", run, "--into", "other", "--dry-run", "--json").json["notes"]
    (told,) = [n for n in cli("promote", run, "--into", "both", "--dry-run").err.splitlines() if " had " in n]
    assert "; exact as rewards, both has exact, repetition: " in told
    same = cli("promote", run, "--dry-run")
    assert same.code == 0 and " had " not in same.err
