"""Pins, looks, and a person's verdict: kept in files, read back, rebuilt."""

from __future__ import annotations

import sqlite3

import pytest

from grpotui.errors import UserError
from grpotui.registry import connect, index_run, rebuild
from grpotui.registry.desk import Desk, DeskReader, write_look, write_pin
from grpotui.registry.queries import Registry
from grpotui.registry.schema import MIGRATIONS, VERSION, version_of
from grpotui.workspace import Workspace
from tests.support import Cli, write_run


def test_the_last_line_of_a_kind_counts(workspace: Workspace) -> None:
    reader = DeskReader(workspace)
    assert reader.read() == Desk()
    write_pin(workspace, "a-1")
    write_look(workspace, 50.0, None)
    write_look(workspace, 60.0, 40.0)
    assert reader.read() == Desk("a-1", 60.0, 40.0)
    with workspace.log.open("a") as file:
        file.write('torn\n{"type": "look", "time": "soon"}\n{"type": "pin"}\n[]\n')
    assert reader.read() == DeskReader(workspace).read() == Desk("", 60.0, 40.0)


def test_a_log_that_was_replaced_is_read_anew(workspace: Workspace) -> None:
    reader = DeskReader(workspace)
    write_pin(workspace, "a-1")
    assert reader.read().pinned == "a-1"
    workspace.log.unlink()
    write_look(workspace, 5.0, None)
    assert reader.read() == Desk("", 5.0)


def test_a_disk_that_refuses(workspace: Workspace) -> None:
    workspace.log.mkdir()
    assert not write_look(workspace, 1.0, None)
    with pytest.raises(UserError, match="disk full"):
        write_pin(workspace, "a-1")


@pytest.mark.parametrize(
    ("said", "human"),
    [
        (["good"], "good"),
        (["good", "degenerate"], "degenerate"),
        (["good", "none"], None),
        (["unsure", "rubbish", 3], "unsure"),
        ([], None),
    ],
)
def test_a_persons_verdict(workspace: Workspace, said: list[object], human: str | None) -> None:
    run = write_run(workspace)
    for verdict in said:
        run.append_event({"time": 1.0, "type": "human_verdict", "verdict": verdict})
    conn = connect(workspace)
    index_run(conn, run)
    assert Registry(conn, workspace).run(run.id).human == human
    conn.close()
    workspace.db.unlink()
    rebuild(workspace)
    assert Registry(connect(workspace), workspace).run(run.id).human == human


def test_it_is_in_the_public_forms(cli: Cli, workspace: Workspace) -> None:
    write_run(workspace).append_event({"time": 1.0, "type": "human_verdict", "verdict": "good"})
    assert [run["human_verdict"] for run in cli("ls", "--json").json] == ["good"]
    assert cli("show", "study", "--json").json["human_verdict"] == "good"


def test_a_file_of_version_1_becomes_one_of_today(workspace: Workspace) -> None:
    conn = sqlite3.connect(workspace.db, isolation_level=None)
    for statement in filter(str.strip, MIGRATIONS[0].split(";")):
        conn.execute(statement)
    conn.execute("PRAGMA user_version = 1")
    conn.execute("INSERT INTO runs (rid, id, name, settled) VALUES (1, 'a-1', 'a', 1), (2, 'b-2', 'b', 1)")
    lines = [(1, "verdict", 5.0, '{"to": "collapsed"}'), (1, "verdict", 9.0, '{"to": "healthy"}')]
    lines += [(1, "human_verdict", 9.0, '{"verdict": "good"}'), (1, "human_verdict", 9.0, '{"verdict": 3}')]
    lines += [
        (2, "human_verdict", 9.0, '{"verdict": "good"}'),
        (2, "human_verdict", 9.0, '{"verdict": "none"}'),
    ]
    for seq, (run, kind, time, body) in enumerate(lines):
        conn.execute("INSERT INTO events VALUES (?, ?, ?, ?, NULL, ?)", (run, seq, time, kind, body))
    conn.close()
    conn = connect(workspace)
    assert version_of(conn) == VERSION >= 2
    found = conn.execute("SELECT id, name, human, verdict_at FROM runs ORDER BY id").fetchall()
    assert found == [("a-1", "a", "good", 9.0), ("b-2", "b", "", None)]
    columns = {row[1] for row in conn.execute("PRAGMA table_info(runs)")}
    workspace.db.unlink()
    assert columns == {row[1] for row in connect(workspace).execute("PRAGMA table_info(runs)")}
