from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grpotui.presets import Preset, load
from grpotui.workspace import Workspace

GOOD = """
summary = "Sums, quickly"
model = "tiny"

[task]
name = "arithmetic"
operands = [0, 9]
n = 40

[[rewards]]
name = "exact"
correct = 1.0
wrong = -1.0

[grpo]
num_generations = 8
per_device_train_batch_size = 64
learning_rate = 5e-6
beta = 0.1

[health]
patience = 3

[launch]
tags = ["sums"]
"""

Write = Callable[[str, str], Path]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "ws")
    made.create()
    return made


@pytest.fixture
def write(workspace: Workspace) -> Write:
    """Writes a preset into the workspace."""

    def write(name: str, text: str) -> Path:
        path = workspace.presets / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def good(workspace: Workspace, write: Write) -> Preset:
    write("good", GOOD)
    return load("good", workspace)
