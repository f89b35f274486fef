from __future__ import annotations

from collections.abc import Iterator

import pytest

from grpotui.workspace import Workspace
from tests.launch.lab import Lab, opened
from tests.tui import runs_factory


@pytest.fixture(autouse=True)
def _no_runner_is_left() -> Iterator[None]:
    yield
    runs_factory.release()


@pytest.fixture
def lab(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    yield from opened(workspace, monkeypatch)
