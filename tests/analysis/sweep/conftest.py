from __future__ import annotations

from pathlib import Path

import pytest

from grpotui.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    workspace.create()
    return workspace
