from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grpotui.errors import UserError
from grpotui.registry import connect, index_run, rebuild, sync
from grpotui.registry.queries import Registry
from grpotui.stream import LineWriter, write_json
from grpotui.workspace import Workspace
from tests.support import write_run


def everything(registry: Registry) -> Any:
    """All that can be asked of a registry."""
    return [
        (
            run,
            registry.series(run.id),
            registry.last(run.id),
            registry.flags(run.id),
            registry.events(run.id),
            registry.config(run.id),
            registry.document(run.id, "process"),
            registry.exit(run.id),
            [registry.groups(run.id, step) for step in registry.group_steps(run.id)],
            [registry.group_rows(run.id, step) for step in registry.group_steps(run.id)],
        )
        for run in registry.runs()
    ]


@pytest.fixture
def registry(workspace: Workspace) -> Registry:
    """Runs as they come to be: bit by bit, one of them resumed, with notes, tags, names and flags."""
    conn = connect(workspace)
    for number in range(3):
        run = write_run(workspace, f"study-{number}b2c", steps=8)
        index_run(conn, run)
        metrics, signals, groups = (LineWriter(p) for p in (run.metrics, run.signals, run.completions))
        for step in range(5, 12):
            groups.append(
                {"step": step, "group": 0, "prompt": "q", "completions": [{"text": "t", "reward": 1}]}
            )
            metrics.append({"step": step, "time": 1.76e9 + step, "reward": 0.5, "loss": float("nan")})
            signals.append({"step": step, "time": 1.76e9 + step, "jaccard_cross": 0.25, "unique": None})
            index_run(conn, run)
        run.append_event({"time": 1.76e9, "type": "note", "text": f"note {number}"})
        run.append_event({"time": 1.76e9, "type": "tag", "add": ["keep"]})
        run.append_event({"time": 1.76e9, "type": "name", "name": f"name {number}"})
        flag = {"step": 9, "kind": "verdict", "level": "bad", "signal": "jaccard", "message": "alike"}
        run.append_event({"time": 1.76e9 + 9, "type": "flag", **flag})
        run.append_event(
            {"time": 1.76e9 + 9, "type": "verdict", "step": 9, "to": "collapsed", "message": "x"}
        )
        index_run(conn, run)
        with run.metrics.open("a") as file:
            file.write("torn\n")
    sync(conn, workspace)
    return Registry(conn, workspace)


def test_nothing_is_lost_with_the_file(registry: Registry, workspace: Workspace) -> None:
    before = everything(registry)
    workspace.db.unlink()
    report = rebuild(workspace)
    assert everything(Registry(connect(workspace), workspace)) == before
    assert everything(registry) == before
    assert (report.runs, report.groups, report.bad_lines) == (3, 3 * (4 * 2 + 7), 3)
    assert report.events == 3 * 9
    assert report.points == sum(len(points) for run in before for points in run[1].values())
    assert report.set_aside is None


def test_a_missing_file_heals_itself(registry: Registry, workspace: Workspace) -> None:
    before = everything(registry)
    workspace.db.unlink()
    conn = connect(workspace)
    sync(conn, workspace)
    assert everything(Registry(conn, workspace)) == before


def test_who_has_the_old_one_open_goes_on(registry: Registry, workspace: Workspace) -> None:
    before = everything(registry)
    open_connection = registry.connection
    open_connection.execute("DELETE FROM metrics")
    rebuild(workspace)
    assert registry.connection is open_connection
    assert everything(registry) == before
    run = workspace.run("study-0b2c")
    LineWriter(run.metrics).append({"step": 12, "reward": 1.0})
    assert index_run(open_connection, run)
    assert registry.run(run.id).step == 12
    assert open_connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert open_connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("what", ["garbage", "damaged", "foreign"])
def test_what_is_no_registry_is_set_aside(registry: Registry, workspace: Workspace, what: str) -> None:
    before = everything(registry)
    registry.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    registry.connection.close()
    content = workspace.db.read_bytes()
    if what == "garbage":
        content = b"hello" * 1000
    elif what == "damaged":
        content = content[:4096] + b"\xa5" * (len(content) - 4096)
    workspace.db.write_bytes(content)
    if what == "foreign":
        workspace.db.unlink()
        with sqlite3.connect(workspace.db) as conn:
            conn.execute("CREATE TABLE mine (x)")
        content = workspace.db.read_bytes()
    report = rebuild(workspace)
    assert report.set_aside is not None
    assert report.set_aside.read_bytes() == content
    assert everything(Registry(connect(workspace), workspace)) == before


def test_a_newer_file_is_refused(registry: Registry, workspace: Workspace) -> None:
    registry.connection.execute("PRAGMA user_version = 999")
    with pytest.raises(UserError, match="newer"):
        rebuild(workspace)
    with sqlite3.connect(workspace.db) as found:
        assert found.execute("PRAGMA user_version").fetchone() == (999,)
    assert sorted(p.name for p in workspace.root.glob(".runs.db*")) == []


def test_an_older_attempt_stays_behind_the_newest(workspace: Workspace) -> None:
    run = write_run(workspace)
    for attempt in (2, 10):
        write_json(run.attempt_json(attempt), {"attempt": attempt, "config": {"n": attempt}, "max_steps": 99})
    rebuild(workspace)
    registry = Registry(connect(workspace), workspace)
    assert registry.config(run.id) == {"n": 10}
    assert (registry.run(run.id).attempt, registry.run(run.id).max_steps) == (10, 99)


def test_rebuild_imports_sqlite_utils_without_pandas(workspace: Workspace) -> None:
    write_run(workspace)
    code = (
        "import sys; from pathlib import Path; from grpotui.workspace import Workspace;"
        "import grpotui.registry, grpotui.registry.queries; assert 'sqlite_utils' not in sys.modules;"
        "grpotui.registry.rebuild(Workspace(Path(sys.argv[1])));"
        "print('sqlite_utils' in sys.modules, [m for m in ('pandas', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(workspace.root)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == "True []\n"
