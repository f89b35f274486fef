from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grpotui.records import RunKind, Status, Verdict
from grpotui.registry import connect, index_run, sync
from grpotui.registry import ingest as ingest_module
from grpotui.registry.queries import Registry
from grpotui.registry.streams.metrics import MAX_KEYS
from grpotui.stream import LineWriter, write_json
from grpotui.workspace import RunDir, Workspace
from tests.support import write_run

ID = "mine-ab2c"


def append(path: Path, *lines: dict[str, Any]) -> None:
    writer = LineWriter(path)
    for line in lines:
        writer.append(line)
    writer.close()


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


def test_a_foreign_folder_needs_only_two_keys(
    run: RunDir, conn: sqlite3.Connection, registry: Registry
) -> None:
    assert index_run(conn, run)
    assert registry.run(ID).status is Status.DRAFT
    append(run.metrics, {"step": 1, "reward": 0.5})
    assert index_run(conn, run)
    found = registry.run(ID)
    assert (found.name, found.kind, found.status) == (ID, RunKind.TRAIN, Status.FINISHED)
    assert (found.step, found.reward, found.created_at) == (1, 0.5, 5.0)
    assert found.verdict is Verdict.WARMING_UP
    assert not index_run(conn, run)


def test_a_folder_without_readable_run_json_is_none(
    workspace: Workspace, conn: sqlite3.Connection, registry: Registry
) -> None:
    folder = workspace.run("none-ab2c")
    folder.path.mkdir()
    folder.run_json.write_text("{torn")
    assert not index_run(conn, folder)
    sync(conn, workspace)
    assert registry.runs() == []


def test_null_is_not_measured_and_nonfinite_is_a_gap(
    run: RunDir, conn: sqlite3.Connection, registry: Registry
) -> None:
    append(run.metrics, {"step": 1, "reward": 0.5, "kl": None, "loss": float("nan")})
    with run.metrics.open("a") as file:
        file.write('{"step": 2, "loss": 1e999}\n')
    index_run(conn, run)
    assert registry.series(ID) == {"loss": [(1, None), (2, None)], "reward": [(1, 0.5)]}
    assert registry.last(ID) == {"loss": None, "reward": 0.5}


def test_lines_of_one_step_are_merged(run: RunDir, conn: sqlite3.Connection, registry: Registry) -> None:
    append(run.metrics, {"step": 1, "reward": 0.5}, {"step": 1, "eval_accuracy": 0.25})
    append(run.metrics, {"step": 1, "reward": 0.75})
    append(run.signals, {"step": 1, "jaccard_cross": 0.125, "time": 1.0})
    index_run(conn, run)
    assert registry.series(ID) == {
        "eval_accuracy": [(1, 0.25)],
        "grpotui/jaccard_cross": [(1, 0.125)],
        "reward": [(1, 0.75)],
    }
    assert (registry.run(ID).eval_accuracy, registry.run(ID).jaccard) == (0.25, 0.125)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_resumed_run_replaces_what_it_trains_again(
    run: RunDir, conn: sqlite3.Connection, registry: Registry, at_once: bool
) -> None:
    group = {"mode": "train", "prompt": "p", "completions": [{"text": "old", "reward": 0.0}]}
    for step in range(1, 7):
        append(run.completions, {**group, "step": step, "group": 0})
        append(run.completions, {**group, "step": step, "group": 1})
        append(run.completions, {**group, "step": step, "group": 0, "mode": "watch"})
        append(run.metrics, {"step": step, "time": 100.0 + step, "reward": 0.1, "only/old": 1.0})
        append(run.signals, {"step": step, "time": 100.0 + step, "jaccard_cross": 0.1})
    flag = {"type": "flag", "kind": "verdict", "level": "bad", "signal": "jaccard", "message": "m"}
    append(run.events, {**flag, "step": 2, "time": 102.0}, {**flag, "step": 6, "time": 106.0})
    if not at_once:
        index_run(conn, run)
    new = {"mode": "train", "prompt": "p", "completions": [{"text": "new", "reward": 1.0}]}
    append(run.completions, {**new, "step": 4, "group": 0})
    append(run.metrics, {"step": 4, "time": 204.0, "reward": 0.9})
    append(run.signals, {"step": 4, "time": 204.0, "jaccard_cross": 0.9})
    append(run.events, {**flag, "step": 4, "time": 204.5})
    index_run(conn, run)
    assert registry.series(ID, ["reward", "only/old", "grpotui/jaccard_cross"]) == {
        "reward": [(1, 0.1), (2, 0.1), (3, 0.1), (4, 0.9)],
        "only/old": [(1, 1.0), (2, 1.0), (3, 1.0)],
        "grpotui/jaccard_cross": [(1, 0.1), (2, 0.1), (3, 0.1), (4, 0.9)],
    }
    assert registry.group_steps(ID) == [1, 2, 3, 4]
    assert registry.group_steps(ID, "watch") == [1, 2, 3, 4, 5, 6]
    assert [g.completions[0].text for g in registry.groups(ID, 4)] == ["new"]
    assert [f.step for f in registry.flags(ID)] == [2, 4]
    assert registry.run(ID).step == 4


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


def test_groups_without_number_are_counted(run: RunDir, conn: sqlite3.Connection, registry: Registry) -> None:
    texts = [{"text": "a", "reward": 1.0}, {"text": "b", "reward": 0.0, "truncated": True}]
    append(run.completions, *({"step": 1, "prompt": f"p{n}", "completions": texts} for n in range(2)))
    index_run(conn, run)
    append(run.completions, {"step": 1, "prompt": "p2", "completions": texts})
    index_run(conn, run)
    assert [(g.group, g.prompt) for g in registry.groups(ID, 1)] == [(0, "p0"), (1, "p1"), (2, "p2")]
    row = registry.group_rows(ID, 1)[2]
    assert (row.n, row.mean, row.low, row.high, row.truncated) == (2, 0.5, 0.0, 1.0, 1)


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


def test_an_unchanged_run_takes_no_lock(run: RunDir, workspace: Workspace, conn: sqlite3.Connection) -> None:
    append(run.metrics, {"step": 1, "reward": 0.5})
    index_run(conn, run)
    other = connect(workspace)
    other.execute("BEGIN IMMEDIATE")
    conn.execute("PRAGMA busy_timeout = 1")
    assert not index_run(conn, run)
    append(run.metrics, {"step": 2, "reward": 0.5})
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        index_run(conn, run)


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


def test_sync_forgets_removed_runs_and_finds_new_ones(
    workspace: Workspace, conn: sqlite3.Connection, registry: Registry
) -> None:
    first, second = write_run(workspace, "one-ab2c"), write_run(workspace, "two-ab2c")
    sync(conn, workspace)
    assert {r.id for r in registry.runs()} == {"one-ab2c", "two-ab2c"}
    shutil.rmtree(first.path)
    sync(conn, workspace)
    assert [r.id for r in registry.runs()] == ["two-ab2c"]
    for table in ("metrics", "events", "completions", "ingest", "run_keys", "documents"):
        query = f"SELECT count(DISTINCT run) FROM {table}"  # noqa: S608
        assert conn.execute(query).fetchone() == (1,), table
    second.append_event({"time": 9.0, "type": "note", "text": "later"})
    sync(conn, workspace)
    assert registry.run("two-ab2c").note == "later"


def test_an_ended_run_costs_no_query_of_its_own(workspace: Workspace, conn: sqlite3.Connection) -> None:
    write_run(workspace)
    sync(conn, workspace)
    said: list[str] = []
    conn.set_trace_callback(said.append)
    sync(conn, workspace)
    assert len(said) == 2, said


def test_events_make_status_verdict_and_words(
    run: RunDir, conn: sqlite3.Connection, registry: Registry
) -> None:
    def tell(**event: Any) -> Any:
        append(run.events, event)
        index_run(conn, run)
        return registry.run(ID)

    assert tell(type="status", status="queued", time=10.0, attempt=1).status is Status.QUEUED
    write_json(run.process_json, {"attempt": 1, "runner": {"pid": 1}, "trainer": None, "started_at": 11.0})
    started = tell(type="status", status="starting", time=11.0, attempt=1)
    assert (started.status, started.started_at, started.attempt) == (Status.STARTING, 11.0, 1)
    write_json(
        run.attempt_json(1),
        {
            "attempt": 1,
            "device": "cpu",
            "seed": 3,
            "max_steps": 40,
            "max_epochs": 2.5,
            "reward_range": [-1, 1],
        },
    )
    running = tell(type="status", status="running", time=12.0, attempt=1)
    assert (running.max_steps, running.max_epochs, running.device, running.seed) == (40, 2.5, "cpu", 3)
    bad = tell(type="verdict", step=7, to="collapsed", cause="template", message="alike", time=13.0)
    assert (bad.verdict, bad.cause, bad.verdict_step) == (Verdict.COLLAPSED, "template", 7)
    assert bad.verdict_message == "alike"
    ended = tell(type="status", status="failed", time=14.0, attempt=1, reason="out of memory")
    assert (ended.ended_at, ended.reason) == (14.0, "out of memory")
    write_json(run.exit_json, {"attempt": 1, "code": 1, "signal": None, "reason": "out of memory"})
    index_run(conn, run)
    assert registry.exit(ID) == {"code": 1, "signal": None, "reason": "out of memory"}
    again = tell(type="status", status="queued", time=15.0, attempt=2)
    assert (again.status, again.ended_at, again.reason, again.attempt) == (Status.QUEUED, None, "", 1)
    assert tell(type="note", text="first").note == "first"
    assert tell(type="note", text="").note == ""
    assert tell(type="name", name="my best").name == "my best"
    assert tell(type="tag", add=["b", "a"]).tags == ("a", "b")
    assert tell(type="tag", remove=["b"], add=[]).tags == ("a",)
    span = registry.reward_range(ID)
    assert span is not None
    assert (span.low, span.high) == (-1.0, 1.0)


def test_the_shown_reward_is_a_mean_and_the_step_time_a_median(
    run: RunDir, conn: sqlite3.Connection, registry: Registry
) -> None:
    for step in range(1, 31):
        pause = 3600 if step > 15 else 0
        line = {"step": step * 2, "time": step * 3.0 + pause, "reward": float(step), "epoch": step / 10}
        append(run.metrics, {**line, "frac_reward_zero_std": 0.25})
    index_run(conn, run)
    found = registry.run(ID)
    assert found.reward == sum(range(11, 31)) / 20
    assert found.step_time == 1.5
    assert (found.epoch, found.zero_std) == (3.0, 0.25)
    append(run.metrics, {"step": 62, "grpotui/zero_std": 0.75})
    index_run(conn, run)
    assert registry.run(ID).zero_std == 0.75
    assert "time" not in registry.keys(ID)
    assert registry.series(ID, ["time"])["time"][0] == (2, 3.0)


def test_sizes_of_json_and_index_agree(run: RunDir, conn: sqlite3.Connection, registry: Registry) -> None:
    append(
        run.completions, {"step": 1, "prompt": "ü", "completions": [{"text": "€", "reward": 1}], "mine": [1]}
    )
    index_run(conn, run)
    assert list(registry.group_lines(ID)) == [json.loads(run.completions.read_text())]
