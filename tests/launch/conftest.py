from __future__ import annotations

from collections.abc import Iterator

import pytest

from grpotui.workspace import Workspace
from tests.launch.lab import PRESET, TESTS, Lab


@pytest.fixture
def lab(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setenv("GRPOTUI_TRAINER_MODULE", "fake_trainer")
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    monkeypatch.setenv("GRPOTUI_STOP_GRACE", "0.4")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    (workspace.presets / "fake.toml").write_text(PRESET)
    lab = Lab(workspace)
    yield lab
    lab.clean_up()
