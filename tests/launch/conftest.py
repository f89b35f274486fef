from __future__ import annotations

from collections.abc import Iterator

import pytest

from grpotui.workspace import Workspace
from tests.launch.lab import Lab, opened


@pytest.fixture
def lab(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    yield from opened(workspace, monkeypatch)
