from __future__ import annotations

import sqlite3

import pytest

from grpotui.registry import connect
from grpotui.registry.queries import Registry
from grpotui.stream import write_json
from grpotui.workspace import RunDir, Workspace
from tests.registry.lines import ID


@pytest.fixture
def run(workspace: Workspace) -> RunDir:
    """A foreign folder: run.json with id and created_at, nothing else."""
    found = workspace.run(ID)
    found.path.mkdir()
    write_json(found.run_json, {"id": ID, "created_at": 5.0})
    return found


@pytest.fixture
def conn(workspace: Workspace) -> sqlite3.Connection:
    return connect(workspace)


@pytest.fixture
def registry(conn: sqlite3.Connection, workspace: Workspace) -> Registry:
    return Registry(conn, workspace)
