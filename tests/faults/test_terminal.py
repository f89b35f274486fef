"""The app dies, its terminal goes away, its files go away: runs go on, and it never crashes."""

from __future__ import annotations

import os
import shutil
import signal

import pytest

from grpotui.launch.journal import state
from grpotui.launch.machine.locks import is_held
from grpotui.records import Status
from tests.faults.terminal import Terminal, terminal
from tests.launch.lab import Lab, until
from tests.support import write_run


def kill(app: Terminal) -> None:
    app.process.send_signal(signal.SIGKILL)


def hang_up_signal(app: Terminal) -> None:
    os.killpg(app.process.pid, signal.SIGHUP)


@pytest.mark.parametrize("how", [kill, hang_up_signal, Terminal.hang_up])
def test_a_run_that_the_app_started_outlives_it(lab: Lab, how: object) -> None:
    """The app itself starts the runner: the run before it in the queue was killed, and nobody else looks."""
    before = lab.launch("hold=1")
    run = lab.launch("steps=6", "hold=5")
    lab.until(before, Status.RUNNING)
    with terminal(lab.workspace) as app:
        app.wait_for(run.id)
        lab.kill(before, "runner", "trainer")
        lab.until_step(run, 4)
        # Lost; or failed, when a tick came between the two kills and a new runner saw the trainer die.
        until(lambda: state(before).status in (Status.LOST, Status.FAILED))
        how(app)  # type: ignore[operator]
        app.process.wait(20)
    assert is_held(run.runner_lock)
    lab.go(run, 5)
    assert lab.ended(run) is Status.FINISHED
    assert lab.steps(run) == [1, 2, 3, 4, 5, 6]
    with terminal(lab.workspace) as again:
        again.wait_for(run.id)
        again.press("q")
        assert again.process.wait(20) == 0


def test_a_run_deleted_under_its_screen_is_said_so(lab: Lab) -> None:
    run = write_run(lab.workspace, "gone-ab2c")
    with terminal(lab.workspace) as app:
        app.wait_for("gone-ab2c")
        app.press("\r")
        app.wait_for("1 + 1 =")
        shutil.rmtree(run.path)
        app.wait_for("no run")
        write_run(lab.workspace, "stays-ab2c")
        app.press("q")
        app.wait_for("stays-ab2c")
        app.press("q")
        assert app.process.wait(20) == 0
    assert "Traceback" not in app.text


@pytest.mark.parametrize("how", ["removed", "broken"])
def test_a_registry_that_goes_away_under_the_app(lab: Lab, how: str) -> None:
    write_run(lab.workspace, "first-ab2c")
    with terminal(lab.workspace) as app:
        app.wait_for("first-ab2c")
        if how == "removed":
            lab.workspace.db.unlink()
        else:
            broken = lab.workspace.root / "broken"
            broken.write_bytes(b"no database at all, " * 1000)
            broken.rename(lab.workspace.db)
            app.wait_for("rebuild")
            lab.workspace.db.unlink()
        write_run(lab.workspace, "second-ab2c")
        app.wait_for("second-ab2c")
        assert app.process.poll() is None
        app.press("q")
        assert app.process.wait(20) == 0
    assert "Traceback" not in app.text


def test_the_app_ends_quietly_with_its_terminal(lab: Lab) -> None:
    """No process is left that spins on a terminal that is gone."""
    with terminal(lab.workspace) as app:
        app.wait_for("grpotui")
        app.hang_up()
        until(lambda: app.process.poll() is not None)
