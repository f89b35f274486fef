"""runs.db broken, removed or replaced under runs that live."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from grpotui.launch.journal import events
from grpotui.launch.machine.locks import is_held
from grpotui.records import Status
from grpotui.stream import Tail
from grpotui.workspace import RunDir
from tests.launch.lab import Lab
from tests.support import Cli


def test_a_broken_registry_does_not_stop_a_run(lab: Lab) -> None:
    run = lab.launch("steps=30", "hold=3")
    lab.until_step(run, 2)
    broken = lab.workspace.root / "broken"
    broken.write_bytes(b"this is no database" * 100)
    broken.rename(lab.workspace.db)
    lab.go(run, 3)
    assert lab.ended(run) is Status.FINISHED
    assert "runs.db" in run.runner_log.read_text()
    judged = [line.data["step"] for line in Tail(run.signals).read()]
    assert judged == list(range(1, 31))


def corrupt(database: Path) -> None:
    """Write noise over the pages in the middle of a file, in place."""
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(max(4096, database.stat().st_size - 8192)))


def rows_equal_lines(lab: Lab, run: RunDir) -> None:
    lab.summary(run)
    with lab.registry() as registry:
        assert [step for step, _ in registry.series(run.id, ["reward"])["reward"]] == lab.steps(run)
        signals = [step for step, _ in registry.series(run.id, ["grpotui/unique"])["grpotui/unique"]]
        assert signals == [line.data["step"] for line in Tail(run.signals).read()]
        assert registry.group_steps(run.id) == lab.steps(run)
        assert len(registry.events(run.id)) == len(events(run))
        assert registry.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("how", ["deleted", "with its log", "replaced", "corrupted"])
def test_a_registry_that_goes_away_under_a_live_run(lab: Lab, cli: Cli, how: str) -> None:
    run = lab.launch("steps=60", "hold=20,40", "collapse=30")
    lab.until_judged(run, 19)
    database = lab.workspace.db
    if how == "deleted":
        database.unlink()
    elif how == "with its log":
        for path in lab.workspace.root.glob("runs.db*"):
            path.unlink()
    elif how == "replaced":
        shutil.copy(database, lab.workspace.root / "copy")
        (lab.workspace.root / "copy").rename(database)
    else:
        corrupt(database)
    lab.go(run, 20)
    lab.until_judged(run, 39)
    if how == "corrupted":
        shown = cli("ls")
        assert shown.code == 2 and "rebuild" in shown.err, shown.err + shown.out
        assert cli("rebuild").code == 0
        assert list(lab.workspace.root.glob("runs.db.unusable-*"))
    assert cli("show", run.id, "--json").json["status"] == "running"
    assert is_held(run.runner_lock)
    lab.go(run, 40)
    assert lab.ended(run) is Status.FINISHED
    rows_equal_lines(lab, run)
    assert lab.summary(run).verdict == "collapsed"


def test_a_rebuild_while_a_run_writes_loses_nothing(lab: Lab, cli: Cli) -> None:
    run = lab.launch("steps=100000", "delay=0.005")
    lab.until_judged(run, 5)
    for _ in range(2):
        assert cli("rebuild").code == 0
    assert cli("stop", run.id).code == 0
    assert lab.ended(run) is Status.STOPPED
    rows_equal_lines(lab, run)
