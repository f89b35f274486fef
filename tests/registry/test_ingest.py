from __future__ import annotations

import json
import shutil
import sqlite3
from typing import Any

import pytest

from grpotui.records import RunKind, Status, Verdict
from grpotui.registry import connect, index_run, sync
from grpotui.registry.queries import Registry
from grpotui.stream import write_json
from grpotui.workspace import RunDir, Workspace
from tests.registry.lines import ID, append
from tests.support import write_run


def test_a_foreign_folder_needs_only_two_keys(
    run: RunDir, conn: sqlite3.Connection, registry: Registry
) -> None:
    assert index_run(conn, run)
    assert (registry.run(ID).status, registry.run(ID).verdict) == (Status.DRAFT, None)
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
    append(run.metrics, {"step": 1, "reward": 0.75}, {"step": 1, "eval_accuracy": 0.25})
    append(run.metrics, {"step": 1, "train_runtime": 9.0})
    append(run.signals, {"step": 1, "jaccard_cross": 0.125, "time": 1.0})
    index_run(conn, run)
    assert registry.series(ID) == {
        "eval_accuracy": [(1, 0.25)],
        "grpotui/jaccard_cross": [(1, 0.125)],
        "reward": [(1, 0.75)],
        "train_runtime": [(1, 9.0)],
    }
    assert (registry.run(ID).eval_accuracy, registry.run(ID).jaccard) == (0.25, 0.125)


@pytest.mark.parametrize("at_once", [True, False])
def test_training_the_last_step_again_replaces_it(
    run: RunDir, conn: sqlite3.Connection, registry: Registry, at_once: bool
) -> None:
    flag = {"type": "flag", "step": 2, "kind": "threshold", "level": "warn", "signal": "zero_std"}
    append(
        run.metrics,
        {"step": 1, "time": 1.0, "reward": 0.1},
        {"step": 2, "time": 2.0, "reward": 0.2, "kl": 9.0},
    )
    append(run.events, {**flag, "time": 2.1, "message": "old"})
    if not at_once:
        index_run(conn, run)
    append(run.metrics, {"step": 2, "time": 5.0, "reward": 0.3})
    append(run.events, {**flag, "time": 5.1, "message": "new"})
    index_run(conn, run)
    assert registry.series(ID)["reward"] == [(1, 0.1), (2, 0.3)]
    assert not registry.series(ID).get("kl")
    assert [found.message for found in registry.flags(ID)] == ["new"]


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


def test_attempts_tell_what_was_taken_back_whatever_the_clock(
    run: RunDir, conn: sqlite3.Connection, registry: Registry
) -> None:
    """The clock was set back by a day between two attempts."""
    flag = {"type": "flag", "kind": "verdict", "level": "bad", "signal": "jaccard", "message": "m"}
    for step in range(1, 7):
        append(run.metrics, {"step": step, "time": 90_000.0 + step, "attempt": 1, "reward": 0.1})
    append(run.events, {**flag, "step": 2, "time": 90_002.0, "attempt": 1})
    append(run.events, {**flag, "step": 5, "time": 90_005.0, "attempt": 1})
    append(run.events, {**flag, "step": 6, "time": 90_006.0, "attempt": "1"})
    append(run.metrics, {"step": 4, "time": 204.0, "attempt": 2, "reward": 0.9})
    append(run.events, {**flag, "step": 4, "time": 204.5, "attempt": 2})
    append(run.events, {**flag, "step": 5, "time": 100.0, "attempt": 2})
    index_run(conn, run)
    # The flag whose attempt is unreadable is kept for its time, as those of older runs are.
    assert [f.step for f in registry.flags(ID)] == [2, 6, 4, 5]
    assert "attempt" not in registry.keys(ID)


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
