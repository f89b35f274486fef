from __future__ import annotations

import pytest

from grpotui.errors import UserError
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.stream import LineWriter
from grpotui.workspace import RunDir, Workspace
from tests.support import write_run
from tests.writing import RunWriter

IDS = ("arith-kl-7f3k", "arith-kl-9x2m", "happy-7f3q", "stories-4k2d")


def make(workspace: Workspace, run_id: str, created_at: float, status: str, since: float) -> RunDir:
    writer = RunWriter(workspace.run(run_id), created_at)
    writer.asked()
    writer.status(status, at=since)
    return writer.close()


@pytest.fixture
def registry(workspace: Workspace) -> Registry:
    statuses = ("queued", "running", "queued", "finished")
    for place, (run_id, status) in enumerate(zip(IDS, statuses, strict=True)):
        make(workspace, run_id, 100.0 + place, status, 200.0 - place)
    conn = connect(workspace)
    sync(conn, workspace)
    return Registry(conn, workspace)


def test_runs_are_newest_first_and_come_in_pages(registry: Registry) -> None:
    assert [r.id for r in registry.runs()] == list(reversed(IDS))
    assert [r.id for r in registry.runs(limit=2, offset=1)] == [IDS[2], IDS[1]]


def test_queued_and_live(registry: Registry) -> None:
    assert [r.id for r in registry.queued()] == [IDS[2], IDS[0]]
    assert [r.id for r in registry.live()] == [IDS[1]]


@pytest.mark.parametrize(
    ("ref", "run_id"),
    [
        ("happy-7f3q", "happy-7f3q"),
        ("hap", "happy-7f3q"),
        ("9x2m", "arith-kl-9x2m"),
        ("arith-kl-7", "arith-kl-7f3k"),
        ("@last", "stories-4k2d"),
    ],
)
def test_references(registry: Registry, ref: str, run_id: str) -> None:
    assert registry.resolve(ref) == run_id


@pytest.mark.parametrize(
    ("ref", "words"),
    [
        ("arith", "arith-kl-9x2m, arith-kl-7f3k"),
        ("", "no run ''"),
        ("hapy-7f3q", "nearest: happy-7f3q"),
        ("%", "newest: stories-4k2d"),
        ("x\x1b[31m", "no run 'x\\\\x1b"),
    ],
)
def test_references_that_do_not_fit(registry: Registry, ref: str, words: str) -> None:
    with pytest.raises(UserError, match=words.replace("[", "\\[")) as error:
        registry.resolve(ref)
    assert str(error.value).isprintable()


def test_no_runs_at_all(workspace: Workspace) -> None:
    empty = Registry(connect(workspace), workspace)
    with pytest.raises(UserError, match="none yet"):
        empty.resolve("@last")
    assert empty.runs() == []


def test_unknown_ids_are_user_errors(registry: Registry) -> None:
    for ask in (registry.run, registry.series, registry.flags, registry.config, registry.group_steps):
        with pytest.raises(UserError, match="no run 'nobody'"):
            ask("nobody")


def test_series_since_a_step(workspace: Workspace) -> None:
    run = write_run(workspace, steps=5)
    conn = connect(workspace)
    sync(conn, workspace)
    registry = Registry(conn, workspace)
    assert registry.series(run.id, ["kl"], after=3) == {"kl": [(4, 0.1), (5, 0.1)]}
    assert registry.series(run.id, ["none"]) == {"none": []}
    assert registry.keys(run.id) == ["epoch", "kl", "reward"]


def test_one_name_from_two_streams_is_one_series(workspace: Workspace) -> None:
    run = write_run(workspace, steps=3)
    metrics, signals = LineWriter(run.metrics), LineWriter(run.signals)
    metrics.append({"step": 4, "grpotui/unique": 0.5})
    signals.append({"step": 2, "unique": 0.25})
    signals.append({"step": 4, "unique": 0.75})
    conn = connect(workspace)
    sync(conn, workspace)
    registry = Registry(conn, workspace)
    assert registry.series(run.id, ["grpotui/unique"]) == {"grpotui/unique": [(2, 0.25), (4, 0.75)]}
    assert registry.last(run.id)["grpotui/unique"] == 0.75


def test_groups_are_read_from_their_place_in_the_file(workspace: Workspace) -> None:
    run = write_run(workspace, steps=4)
    conn = connect(workspace)
    sync(conn, workspace)
    registry = Registry(conn, workspace)
    groups = registry.groups(run.id, 3)
    assert [(g.step, g.group, g.completions[1].text) for g in groups] == [(3, 0, "31"), (3, 1, "31")]
    assert registry.groups(run.id, 99) == []
    assert len(list(registry.group_lines(run.id))) == 8
    run.completions.unlink()
    assert registry.groups(run.id, 3) == []
    assert list(registry.group_lines(run.id)) == []


def test_sparklines_cover_whole_runs_in_two_queries(workspace: Workspace) -> None:
    run = write_run(workspace, "long-ab2c", steps=200)
    write_run(workspace, "short-ab2c", steps=3)
    make(workspace, "empty-ab2c", 1.0, "queued", 1.0)
    conn = connect(workspace)
    sync(conn, workspace)
    registry = Registry(conn, workspace)
    said: list[str] = []
    conn.set_trace_callback(said.append)
    found = registry.sparklines(["long-ab2c", "short-ab2c", "empty-ab2c"], n=10)
    assert len([text for text in said if not text.startswith("PRAGMA")]) == 2
    long, short = found["long-ab2c"], [v for v in found["short-ab2c"] if v is not None]
    assert found.keys() == {"long-ab2c", "short-ab2c"}
    assert len(long) == 10
    known = [value for value in long if value is not None]
    assert known == sorted(known)
    assert known[0] < 0.1 < 0.9 < known[-1]
    assert short == pytest.approx([1 / 3, 2 / 3, 1.0])
    assert registry.sparklines([run.id], "nothing") == {}


def test_events_by_type(workspace: Workspace) -> None:
    run = write_run(workspace)
    conn = connect(workspace)
    sync(conn, workspace)
    registry = Registry(conn, workspace)
    assert [e["type"] for e in registry.events(run.id)] == ["status", "flag", "note", "status"]
    assert [e["text"] for e in registry.events(run.id, ["note"])] == ["read me"]
    assert [f.message for f in registry.flags(run.id)] == ["zero-std 0.30 over 0.25"]
