from __future__ import annotations

from collections.abc import Iterator

import pytest

from grpotui.workspace import Workspace
from tests.launch.lab import Lab, opened
from tests.writing import release


@pytest.fixture(autouse=True)
def _no_runner_is_left() -> Iterator[None]:
    yield
    release()


@pytest.fixture
def lab(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    yield from opened(workspace, monkeypatch)
