from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grpotui.errors import UserError
from grpotui.registry import connect, fresh, index_run, sync
from grpotui.registry.queries import Registry
from grpotui.registry.schema import VERSION, version_of
from grpotui.workspace import Workspace
from tests.support import write_run


def test_a_new_registry_is_private_and_in_wal(workspace: Workspace) -> None:
    conn = connect(workspace)
    index_run(conn, write_run(workspace))
    assert conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert conn.execute("PRAGMA synchronous").fetchone() == (1,)
    assert conn.execute("PRAGMA busy_timeout").fetchone() == (5000,)
    assert version_of(conn) == VERSION
    files = [p for p in workspace.root.iterdir() if p.name.startswith("runs.db")]
    assert len(files) == 3
    assert {stat.S_IMODE(p.stat().st_mode) for p in files} == {0o600}


def test_eight_processes_may_create_it_at_once(workspace: Workspace) -> None:
    write_run(workspace)
    code = (
        "import sys; from pathlib import Path; from grpotui.workspace import Workspace;"
        "from grpotui.registry import connect, sync; w = Workspace(Path(sys.argv[1]));"
        "c = connect(w); sync(c, w); print(c.execute('SELECT count(*) FROM metrics').fetchone()[0])"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(workspace.root)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(8)
    ]
    ends = [process.communicate(timeout=60) for process in started]
    assert [err for _, err in ends] == [""] * 8
    assert {out.strip() for out, _ in ends} == {"48"}


def test_a_newer_file_is_refused_and_left_alone(workspace: Workspace) -> None:
    with connect(workspace) as conn:
        conn.execute("PRAGMA user_version = 999")
    with pytest.raises(UserError, match=r"newer grpotui \(version 999"):
        connect(workspace)
    assert version_of(sqlite3.connect(workspace.db)) == 999


def test_a_file_that_a_newer_one_migrates_under_us_is_neither_read_nor_written(workspace: Workspace) -> None:
    run = write_run(workspace)
    conn = connect(workspace)
    registry = Registry(conn, workspace)
    with sqlite3.connect(workspace.db) as other:
        other.execute("ALTER TABLE rewinds ADD COLUMN later TEXT")
        other.execute(f"PRAGMA user_version = {VERSION + 1}")
    for deed in (registry.runs, lambda: index_run(conn, run), lambda: sync(conn, workspace)):
        with pytest.raises(UserError, match=r"newer grpotui .* restart"):
            deed()
    assert not conn.in_transaction
    with sqlite3.connect(workspace.db) as other:
        other.execute(f"PRAGMA user_version = {VERSION}")
    assert registry.runs() == []


@pytest.mark.parametrize("content", [b"hello" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database(workspace: Workspace, content: bytes) -> None:
    workspace.db.write_bytes(content)
    with pytest.raises(UserError, match="rebuild"):
        connect(workspace)
    assert workspace.db.read_bytes() == content


def test_somebody_elses_database_is_not_touched(workspace: Workspace) -> None:
    with sqlite3.connect(workspace.db) as conn:
        conn.execute("CREATE TABLE mine (x)")
    with pytest.raises(UserError, match="not grpotui's"):
        connect(workspace)
    tables = sqlite3.connect(workspace.db).execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("mine",)]


def test_an_empty_file_becomes_a_registry(workspace: Workspace) -> None:
    workspace.db.touch()
    assert version_of(connect(workspace)) == VERSION


def test_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no workspace"):
        connect(Workspace(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to act as somebody who may not write")
def test_an_unwritable_workspace_is_one_clear_line(tmp_path: Path, workspace: Workspace) -> None:
    conn = connect(workspace)
    conn.close()
    for folder in (tmp_path, *tmp_path.parents, workspace.root, workspace.logs):
        if folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(0o755)
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path\n"
        "from grpotui.errors import UserError\nfrom grpotui.registry import connect\n"
        "from grpotui.workspace import Workspace\nos.setuid(65534)\n"
        "try: connect(Workspace(Path(sys.argv[1])))\nexcept UserError as e: print(e)\n"
    )

    def said() -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, str(workspace.root), str(Path(__file__).parents[2])],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    workspace.db.chmod(0o644)
    assert "cannot write to" in said()
    workspace.db.unlink()
    assert "cannot write to" in said()


def test_removed_under_an_open_connection_and_made_anew(workspace: Workspace) -> None:
    run = write_run(workspace)
    old = connect(workspace)
    index_run(old, run)
    registry = Registry(old, workspace)
    workspace.db.unlink()
    new = connect(workspace)
    sync(new, workspace)
    # The old connection still writes to the file that has no name any more.
    old.execute("UPDATE runs SET note = 'ghost'")
    assert new.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [r.note for r in registry.runs()] == ["read me"]
    old.close()
    assert [r.id for r in registry.runs()] == ["study-ab2c"]
    assert new.execute("SELECT count(*) FROM metrics").fetchone() == (48,)


def test_fresh_keeps_a_connection_that_is_current(workspace: Workspace) -> None:
    conn = connect(workspace)
    assert fresh(conn, workspace) is conn
    workspace.db.unlink()
    other = fresh(conn, workspace)
    assert other is not conn
    assert fresh(other, workspace) is other


def test_a_reader_and_writers_do_not_get_in_each_others_way(workspace: Workspace) -> None:
    runs = [write_run(workspace, f"study-ab{n}c", steps=60) for n in range(4)]

    def take_in(number: int) -> int:
        conn = connect(workspace)
        registry = Registry(conn, workspace)
        for _ in range(10):
            for run in runs:
                index_run(conn, run)
            registry.runs()
        return len(registry.series(runs[number].id, ["reward"])["reward"])

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(take_in, range(4))) == [60] * 4
