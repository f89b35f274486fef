from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from grpotui.registry import index_run
from grpotui.registry import ingest as ingest_module
from grpotui.registry.queries import Registry
from grpotui.registry.streams.metrics import MAX_KEYS
from grpotui.stream import write_json
from grpotui.workspace import RunDir, Workspace
from tests.registry.lines import ID, append

KILLED = """
import sys
from pathlib import Path
from grpotui.registry import connect, index_run, ingest
from grpotui.workspace import Workspace
ingest.BATCH_BYTES = 4096
workspace = Workspace(Path(sys.argv[1]))
print("go", flush=True)
index_run(connect(workspace), workspace.run(sys.argv[2]))
"""


def test_hostile_lines_do_not_stop_the_others(
    run: RunDir, conn: sqlite3.Connection, registry: Registry
) -> None:
    append(run.metrics, {"step": 1, "reward": 0.5})
    with run.metrics.open("ab") as file:
        file.write(b'{"step": 2, ' + b", ".join(b'"k%d": 1' % n for n in range(10_000)) + b"}\n")
        file.write(b'{"step": 3, "huge": 1' + b"0" * 400 + b', "reward": 0.25}\n')
        file.write(b'{"step": 3, "digits": 1' + b"0" * 9000 + b"}\n")
        file.write(b'{"step": 1' + b"0" * 30 + b', "reward": 9}\n')
        file.write(b'{"step": true, "reward": 9}\n{"reward": 9}\n{"step": -1}\n[1]\n\xff\xfe\n')
        file.write(b"[" * 100_000 + b"\n")
        file.write(
            b'{"step": 4, "nested": {"a": [1]}, "flag": true, "text": "x", "\\ud800": 1, "' + b"n" * 500
        )
        file.write(b'": 1, "reward": 0.125, "nonfinite": [{"a": 1}, "reward"]}\n')
    append(run.completions, {"step": 1}, {"step": 1, "completions": 3}, {"completions": []})
    append(run.completions, {"step": 1, "completions": [None, 4, {"text": "\ud800", "reward": "x"}]})
    append(run.events, {"type": 3}, {"type": "note", "text": "a\ud800b\x00"}, {"no": "type"})
    append(run.events, {"type": "status", "status": "dancing"}, {"type": "verdict", "to": ["x"]})
    append(run.events, {"type": "tag", "add": [1, "ok"], "remove": 5}, {"type": "flag", "step": "x"})
    index_run(conn, run)
    assert registry.series(ID, ["reward"])["reward"] == [(1, 0.5), (3, 0.25), (4, 0.125)]
    keys = registry.keys(ID)
    assert len(keys) == MAX_KEYS
    assert "huge" not in keys
    assert registry.run(ID).note.startswith("a?b")
    assert registry.run(ID).tags == ("ok",)
    assert [len(g.completions) for g in registry.groups(ID, 1)] == [3]
    bad = dict(conn.execute("SELECT stream, bad_lines FROM ingest").fetchall())
    assert (bad["metrics"], bad["completions"], bad["events"]) == (8, 3, 2)


def test_hostile_documents_are_read_as_far_as_they_go(
    workspace: Workspace, conn: sqlite3.Connection, registry: Registry
) -> None:
    run = workspace.run(ID)
    run.path.mkdir()
    write_json(
        run.run_json, {"id": 4, "name": ["x"], "kind": {}, "created_at": "now", "tags": 3, "seed": "x"}
    )
    write_json(
        run.attempt_json(1), {"attempt": 1e300, "max_steps": "many", "reward_range": [1, "x"], "config": 3}
    )
    write_json(run.process_json, {"runner": 7, "started_at": True})
    run.exit_json.write_text("[" * 100_000)
    assert index_run(conn, run)
    assert registry.run(ID).name == ID
    assert registry.config(ID) == {}
    assert registry.reward_range(ID) is None
    assert registry.exit(ID) == {"code": None, "signal": None, "reason": None}


def test_a_replaced_or_shorter_file_is_read_anew(
    run: RunDir, conn: sqlite3.Connection, registry: Registry
) -> None:
    append(run.metrics, *({"step": step, "reward": 0.5, "gone": 1} for step in range(1, 9)))
    index_run(conn, run)
    append(run.path / "other", {"step": 1, "reward": 0.25})
    os.replace(run.path / "other", run.metrics)
    assert index_run(conn, run)
    assert registry.series(ID) == {"reward": [(1, 0.25)]}
    assert registry.run(ID).step == 1


def test_a_torn_last_line_waits_for_its_end(
    run: RunDir, conn: sqlite3.Connection, registry: Registry
) -> None:
    with run.metrics.open("a") as file:
        file.write('{"step": 1, "reward"')
    index_run(conn, run)
    assert not index_run(conn, run)
    with run.metrics.open("a") as file:
        file.write(": 0.5}\n")
    assert index_run(conn, run)
    assert registry.last(ID) == {"reward": 0.5}


def test_big_files_are_taken_in_by_batches(
    run: RunDir, conn: sqlite3.Connection, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_module, "BATCH_BYTES", 2000)
    text = "x" * 1_200_000
    append(run.completions, *({"step": s, "completions": [{"text": text}]} for s in range(1, 4)))
    append(run.metrics, *({"step": step, "reward": step / 300} for step in range(1, 301)))
    commits: list[str] = []
    conn.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    index_run(conn, run)
    assert len(commits) > 2
    assert len(registry.series(ID, ["reward"])["reward"]) == 300
    assert registry.group_steps(ID) == [1, 2, 3]


def test_killed_indexers_lose_and_double_nothing(
    run: RunDir, workspace: Workspace, conn: sqlite3.Connection, registry: Registry
) -> None:
    append(run.metrics, *({"step": s, "reward": float(s), "kl": 0.5} for s in range(1, 12_001)))
    for _ in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(workspace.root), ID],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert child.stdout is not None
        child.stdout.readline()
        try:
            child.wait(timeout=0.15)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        child.communicate()
    index_run(conn, run)
    assert registry.series(ID, ["reward"])["reward"] == [(s, float(s)) for s in range(1, 12_001)]


def test_groups_without_number_are_counted(run: RunDir, conn: sqlite3.Connection, registry: Registry) -> None:
    texts = [{"text": "a", "reward": 1.0}, {"text": "b", "reward": 0.0, "truncated": True}]
    append(run.completions, *({"step": 1, "prompt": f"p{n}", "completions": texts} for n in range(2)))
    index_run(conn, run)
    append(run.completions, {"step": 1, "prompt": "p2", "completions": texts})
    index_run(conn, run)
    assert [(g.group, g.prompt) for g in registry.groups(ID, 1)] == [(0, "p0"), (1, "p1"), (2, "p2")]
    row = registry.group_rows(ID, 1)[2]
    assert (row.n, row.mean, row.low, row.high, row.truncated) == (2, 0.5, 0.0, 1.0, 1)
