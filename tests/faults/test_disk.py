"""Disks that are full or read-only, and files that go away under live runs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from grpotui.errors import UserError
from grpotui.launch.control import stop
from grpotui.launch.journal import events
from grpotui.launch.machine.device import CPU
from grpotui.launch.machine.identity import Identity, marked, marks
from grpotui.launch.machine.leases import holders
from grpotui.launch.queue import tick
from grpotui.records import Status
from grpotui.registry import index_path
from grpotui.stream import LineWriter, Tail, read_json
from grpotui.workspace import Workspace
from tests.faults.disks import fill, mounted, small_disk
from tests.faults.terminal import terminal
from tests.launch.lab import Lab, opened, until
from tests.support import Cli, write_run


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk") as folder:
        yield folder


@pytest.fixture
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Workspace:
    """A workspace on a small disk where the test has one, else on an ordinary disk."""
    root = request.getfixturevalue("disk") if "disk" in request.fixturenames else tmp_path
    found = Workspace(root / "work")
    found.create()
    return found


@pytest.fixture
def lab(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    yield from opened(workspace, monkeypatch)


def test_a_full_disk_does_not_end_training_and_its_lines_are_whole(lab: Lab, disk: Path, cli: Cli) -> None:
    run = lab.launch("steps=100000", "delay=0.02")
    lab.until_judged(run, 5)
    filling = fill(disk)
    before = lab.steps(run)[-1]
    shown = cli("show", run.id, "--json")
    assert (shown.code, shown.json["status"]) == (0, "running"), shown.err
    assert cli("ls").code == 0
    assert cli("metrics", run.id, "--json").code == 0
    filling.unlink()
    until(lambda: lab.steps(run)[-1] > before + 5, lambda: lab.story(run))
    assert marked(run)
    stop(lab.workspace, run.id, "enough")
    assert lab.ended(run) is Status.STOPPED
    steps = lab.steps(run)
    assert steps == sorted(set(steps))
    with lab.registry() as registry:
        assert index_path(lab.workspace) == lab.workspace.db
        lab.summary(run)
        assert [step for step, _ in registry.series(run.id, ["reward"])["reward"]] == steps


@pytest.mark.parametrize("how", ["stop", "kill", "finish"])
def test_the_end_of_a_run_is_recorded_on_a_full_disk(lab: Lab, disk: Path, cli: Cli, how: str) -> None:
    run = lab.launch("steps=8", "hold=5")
    lab.until_judged(run, 4)
    fill(disk)
    if how == "stop":
        done = cli("stop", run.id, "--reason", "no room")
        assert done.code == 0, done.err
    elif how == "kill":
        os.kill(lab.pid(run, "trainer"), signal.SIGKILL)
    else:
        # Only now may it take a step: touching the file that lets it go on needs no block.
        lab.go(run, 5)
    status = lab.ended(run)
    assert status.is_ended
    exit_ = read_json(run.exit_json)
    assert exit_ is not None and exit_["attempt"] == 1
    assert exit_["status"] == str(status)
    assert events(run)[-1]["exit"]["reason"] == exit_["reason"] != ""
    assert marked(run) == []
    shown = cli("show", run.id, "--json")
    assert (shown.code, shown.json["status"]) == (0, str(status)), shown.err


def test_a_disk_that_stays_full_costs_no_descriptors(disk: Path) -> None:
    writer = LineWriter(disk / "metrics.jsonl")
    assert writer.append({"step": 1})
    filling = fill(disk)
    with filling.open("r+b") as file:
        file.truncate(filling.stat().st_size - 4096)
    while writer.append({"step": 2, "text": "x" * 1000}):
        pass
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert not any(writer.append({"step": 3, "text": "y" * 9000}) for _ in range(50))
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
    filling.unlink()
    assert writer.append({"step": 4})
    assert Tail(writer.path).read()[-1].data == {"step": 4}


def test_launching_on_a_full_disk_says_so(lab: Lab, disk: Path) -> None:
    fill(disk)
    with pytest.raises(UserError, match=r"full|0 B are free"):
        lab.launch()
    assert list(lab.workspace.runs()) == []


def test_a_read_only_workspace_is_read_live_and_left_alone(
    lab: Lab, cli: Cli, tmp_path: Path, workspace: Workspace
) -> None:
    """Another's workspace, seen through a read-only mount while its runs go on."""
    run = lab.launch("steps=12", "hold=6")
    lab.until_judged(run, 5)
    write_run(workspace)
    with mounted(tmp_path / "seen", "--bind", "-o", "ro", str(workspace.root)) as seen:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(seen)], check=True)
        place = ("--workspace", str(seen))
        listed = cli(*place, "ls", "--json", in_workspace=False)
        assert listed.code == 0, listed.err
        assert {row["id"] for row in listed.json} == {run.id, "study-ab2c"}
        assert cli(*place, "show", run.id, "--json", in_workspace=False).json["status"] == "running"
        for verb in (("completions", "study-ab2c"), ("rebuild",)):
            done = cli(*place, *verb, in_workspace=False)
            assert done.code == 0, done.err
        for verb in (("launch", "fake"), ("delete", "study-ab2c")):
            done = cli(*place, *verb, in_workspace=False)
            assert done.code == 2 and len(done.err.strip().splitlines()) == 1, done.err
            assert "write" in done.err or "Read-only" in done.err, done.err
        lab.go(run, 6)
        lab.ended(run)
        rows = cli(*place, "metrics", run.id, "--key", "reward", "--json", in_workspace=False).json
        assert [step for step, _ in rows["reward"]] == list(range(1, 13))
    assert not list(workspace.root.glob("*.runs.db"))
    assert cli("show", "study-ab2c").code == 0


def test_the_app_shows_a_read_only_workspace(workspace: Workspace, tmp_path: Path) -> None:
    run = write_run(workspace)
    with mounted(tmp_path / "seen", "--bind", "-o", "ro", str(workspace.root)) as seen:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(seen)], check=True)
        with terminal(Workspace(seen)) as app:
            app.wait_for(run.id)
            app.press("\r")
            app.wait_for("1 + 1 =")
            app.press("qq")
            assert app.process.wait(30) == 0
        assert "Traceback" not in app.text
    assert not workspace.db.exists()


def test_a_run_whose_folder_is_deleted_ends_and_frees_its_device(lab: Lab) -> None:
    run = lab.launch("steps=100000", "litter", "save=1")
    lab.until_judged(run, 2)
    until(lambda: len(marked(run)) == 2)
    known, runner = marks(run), Identity.of(lab.pid(run, "runner"))
    after = lab.launch("steps=2")
    shutil.rmtree(run.path, ignore_errors=True)
    assert runner is not None
    until(lambda: not runner.alive(), lambda: f"{marked(run, known)}")
    assert marked(run, known) == []
    assert lab.ended(after) is Status.FINISHED
    until(lambda: holders(CPU) == [])
    with lab.registry() as registry:
        tick(lab.workspace, 5)
        assert [row.id for row in registry.runs()] == [after.id]


def test_a_stream_that_is_removed_is_begun_again(lab: Lab) -> None:
    run = lab.launch("steps=40", "hold=10,20")
    lab.until_judged(run, 9)
    run.metrics.unlink()
    lab.go(run, 10)
    lab.until_judged(run, 19)
    lab.go(run, 20)
    assert lab.ended(run) is Status.FINISHED
    assert lab.steps(run) == list(range(10, 41))
    lab.summary(run)
    with lab.registry() as registry:
        assert [step for step, _ in registry.series(run.id, ["reward"])["reward"]] == list(range(10, 41))
