"""What the benchmarks measure with is what the app would read: runs as trainer and runner leave them."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from benchmarks import data, table
from benchmarks.terminal import live, programs
from grpotui.records import Status
from grpotui.registry import connect, filters, sync
from grpotui.registry.browse import overview
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace


def test_a_long_run_is_read_whole(workspace: Workspace) -> None:
    data.long_run(workspace, steps=50, metrics=12)
    conn = connect(workspace)
    sync(conn, workspace)
    registry = Registry(conn, workspace)
    assert registry.keys(data.LONG) == sorted(data.names(12))
    assert [step for step, _ in registry.series(data.LONG)["aux/metric_001"]] == list(range(1, 51))
    assert registry.run(data.LONG).step == 50


def test_many_runs_have_all_that_filters_ask_for(workspace: Workspace) -> None:
    data.many_runs(workspace, 12, steps=3)
    conn = connect(workspace)
    sync(conn, workspace)

    def fit(text: str) -> int:
        found = filters.parse(text)
        assert not found.problem
        return len(overview(conn, found, time.time(), None).ids)

    assert fit("") == 12
    assert fit("grpo.temperature=1.0") == 12
    assert 0 < fit("grpo.beta=0.1") < 12
    assert 0 < fit("status:finished") < 12
    registry = Registry(conn, workspace)
    assert all(run.status.is_ended and run.step == 3 for run in registry.runs())
    assert {run.status for run in registry.runs()} <= {Status.FINISHED, Status.FAILED, Status.STOPPED}
    assert registry.group_steps("run-00003") == [1, 2, 3]


def test_a_live_writer_waits_to_be_told(tmp_path: Path) -> None:
    written: list[int] = []
    writer = threading.Thread(
        target=live.steps, args=(tmp_path, ["reward"], lambda step, _: written.append(step)), daemon=True
    )
    writer.start()
    wait_for(lambda: (tmp_path / "ready").exists())
    assert written == list(range(1, live.PRELOADED + 1))
    (tmp_path / "go").touch()
    wait_for(lambda: len(written) > live.PRELOADED + 1)
    (tmp_path / "end").touch()
    writer.join(10)
    stamps = (tmp_path / "written").read_text().splitlines()
    assert [int(line.split()[1]) for line in stamps] == written[live.PRELOADED :]


def wait_for(condition: object) -> None:
    end = time.monotonic() + 20
    while not (callable(condition) and condition()):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_screens_are_read_for_the_newest_step() -> None:
    program = programs.grpotui()
    assert program.shows(2000)(" step 2042   +3 new\n step 17")
    assert not program.shows(2000)(" step 1999")
    assert programs.leet().shows(7)("│ _step             10000")


def test_spread_names_the_median_first() -> None:
    assert table.spread([3.0, 1.0, 2.0]) == "2.00 (1.00-3.00)"
    assert table.spread([1.5], 0) == "2"
