from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grpotui.workspace import Workspace
from tests.support import Cli, Output


@pytest.fixture(autouse=True)
def _own_leases(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has its own devices to lease, so that parallel tests do not queue behind each other.

    Nor does it read or write what the user trusts.
    """
    monkeypatch.setenv("GRPOTUI_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    found = Workspace(tmp_path / "work")
    found.create()
    return found


@pytest.fixture
def cli(workspace: Workspace) -> Cli:
    """Run the real command in a subprocess, in ``workspace`` unless told otherwise."""

    def run(*args: str, in_workspace: bool = True, timeout: float = 300) -> Output:
        place = ["--workspace", str(workspace.root)] if in_workspace else []
        done = subprocess.run(
            [sys.executable, "-m", "grpotui", *place, *args],
            capture_output=True,
            text=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            cwd=workspace.root.parent,
        )
        return Output(done.returncode, done.stdout, done.stderr)

    return run
