"""What is told while a run is waited for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grpotui.workspace import Workspace
from tests.launch.lab import PRESET, Lab, opened
from tests.support import Cli


@pytest.fixture
def lab(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    yield from opened(workspace, monkeypatch)


def test_waiting_tells_of_the_attempt_that_follows_when_memory_ran_out(lab: Lab, cli: Cli) -> None:
    ladder = '[launch]\non_oom = { per_device_train_batch_size = "/2", gradient_accumulation_steps = "*2" }\n'
    (lab.workspace.presets / "fake.toml").write_text(PRESET + ladder)
    tags = ("--tag", "memory=3@1", "--tag", "save=2")
    done = cli("launch", "fake", "--device", "cpu", *tags, "--wait")
    run = done.out.strip()
    assert done.code == 0, done.err
    told = [line for line in done.err.splitlines() if "out of memory" in line]
    assert told == [
        f"{run}  attempt 1 ran out of memory: the next one goes on from step 2 with "
        "per_device_train_batch_size 16 -> 8, gradient_accumulation_steps 1 -> 2"
    ]
