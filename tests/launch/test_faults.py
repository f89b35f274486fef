"""Runs whose processes die, hang or misbehave."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from grpotui.launch.identity import Identity, boot_id, marked
from grpotui.launch.journal import events, say, state
from grpotui.launch.locks import is_held
from grpotui.launch.queue import OLD, tick, waiting
from grpotui.launch.reconcile import reconcile
from grpotui.launch.submit import resume, stop
from grpotui.records import Status
from grpotui.stream import Tail, write_json
from tests.launch.lab import Lab, until


def test_a_stubborn_trainer_is_killed_and_what_it_left_is_swept(lab: Lab) -> None:
    run = lab.launch("steps=100000", "stubborn", "litter")
    lab.until_step(run, 1)
    until(lambda: len(marked(run)) == 2)
    begun = time.monotonic()
    stop(lab.workspace, run.id, "enough")
    assert lab.ended(run) is Status.STOPPED
    assert 0.4 < time.monotonic() - begun < 10
    assert marked(run) == []
    exit_ = events(run)[-1]["exit"]
    assert exit_["signal"] == signal.SIGKILL
    assert exit_["reason"].startswith("enough (it did not end in time")


def test_a_forced_stop_does_not_wait(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRPOTUI_STOP_GRACE", "600")
    run = lab.launch("steps=100000", "stubborn")
    lab.until_step(run, 1)
    stop(lab.workspace, run.id)
    lab.until(run, Status.STOPPING)
    assert is_held(run.runner_lock)
    stop(lab.workspace, run.id, force=True)
    assert lab.ended(run) is Status.STOPPED


def test_a_stop_before_the_trainer_is_ready_is_a_stop(lab: Lab) -> None:
    run = lab.launch("late=30")
    lab.until(run, Status.STARTING)
    lab.pid(run, "trainer")
    stop(lab.workspace, run.id, "wrong preset")
    assert lab.ended(run) is Status.STOPPED
    assert lab.summary(run).reason == "wrong preset"


def test_a_run_outlives_its_launcher_and_its_terminal(lab: Lab) -> None:
    code = (
        "import sys, time; from pathlib import Path; from grpotui.workspace import Workspace\n"
        "from grpotui.launch.submit import *; from grpotui.presets import load\n"
        "w = Workspace(Path(sys.argv[1]))\n"
        "tags = ('steps=6', 'hold=5')\n"
        "print(launch(w, LaunchRequest(load('fake', w), tags=tags, device='cpu')), flush=True)\n"
        "time.sleep(60)"
    )
    argv = [sys.executable, "-c", code, str(lab.workspace.root)]
    launcher = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert launcher.stdout is not None
    run = lab.workspace.run(launcher.stdout.readline().strip())
    lab.until_step(run, 2)
    os.killpg(launcher.pid, signal.SIGHUP)
    os.killpg(launcher.pid, signal.SIGKILL)
    launcher.wait()
    launcher.stdout.close()
    os.kill(lab.pid(run, "runner"), signal.SIGHUP)
    lab.go(run, 5)
    assert lab.ended(run) is Status.FINISHED
    assert lab.steps(run) == [1, 2, 3, 4, 5, 6]


def test_a_killed_runner_is_replaced_and_a_later_flag_still_appears(lab: Lab) -> None:
    run = lab.launch("steps=40", "collapse=20", "hold=9,15")
    lab.until_step(run, 8)
    lab.kill(run, "runner")
    lab.go(run, 9)
    lab.until_step(run, 14)
    trainer = lab.pid(run, "trainer")
    assert tick(lab.workspace, 5) == []
    lab.until_judged(run, 14)
    assert lab.process(run)["adopted"]
    assert lab.pid(run, "trainer") == trainer
    lab.go(run, 15)
    assert lab.ended(run) is Status.FINISHED
    assert events(run)[-1]["exit"]["code"] is None
    judged = [line.data["step"] for line in Tail(run.signals).read()]
    assert judged == list(range(1, 41))
    flags = [event for event in events(run) if event["type"] == "flag"]
    keys = [(flag["step"], flag["kind"], flag["level"], flag["signal"]) for flag in flags]
    assert keys and len(set(keys)) == len(keys)
    assert lab.summary(run).verdict == "collapsed"


def test_a_replaced_runner_judges_as_an_undisturbed_one_does(lab: Lab) -> None:
    """The same streams, judged by one runner and by three in turn."""
    quiet = lab.launch("steps=40", "collapse=15")
    harmed = lab.launch("steps=40", "collapse=15", "hold=6,12,19,31")
    for killed_at, adopted_at in ((6, 12), (19, 31)):
        lab.until_judged(harmed, killed_at - 1)
        lab.kill(harmed, "runner")
        lab.go(harmed, killed_at)
        lab.until_step(harmed, adopted_at - 1)
        tick(lab.workspace, 5)
        lab.until_judged(harmed, adopted_at - 1)
        lab.go(harmed, adopted_at)
    lab.ended(harmed)

    def findings(run_id: str) -> list[object]:
        with lab.registry() as registry:
            signals = {
                k: v for k, v in registry.series(run_id).items() if "grpotui/" in k and k != "grpotui/time"
            }
            verdicts = [(e["step"], e["from"], e["to"]) for e in registry.events(run_id, ["verdict"])]
            return [signals, registry.flags(run_id), verdicts]

    for harmed_finding, quiet_finding in zip(findings(harmed.id), findings(quiet.id), strict=True):
        assert harmed_finding == quiet_finding


def test_runner_and_trainer_killed_is_lost_and_orphans_go(lab: Lab) -> None:
    run = lab.launch("steps=100000", "litter")
    lab.until_step(run, 2)
    until(lambda: len(marked(run)) == 2)
    lab.kill(run, "runner", "trainer")
    until(lambda: len(marked(run)) == 1)
    tick(lab.workspace, 5)
    assert state(run).status is Status.LOST
    assert marked(run) == []
    row = lab.summary(run)
    assert row.status is Status.LOST and row.reason.startswith("runner and trainer")
    judged = [line.data["step"] for line in Tail(run.signals).read()]
    assert judged == lab.steps(run)


def test_a_trainer_that_ends_while_nobody_looks_is_settled_by_its_result(lab: Lab) -> None:
    run = lab.launch("steps=30", "collapse=5", "hold=4")
    lab.until_step(run, 3)
    lab.kill(run, "runner")
    lab.go(run, 4)
    until(run.result_json.exists)
    until(lambda: marked(run) == [])
    tick(lab.workspace, 5)
    assert state(run).status is Status.FINISHED
    assert lab.summary(run).verdict == "collapsed"


def test_a_killed_trainer_fails_with_its_signal(lab: Lab) -> None:
    run = lab.launch("steps=100000", "litter")
    lab.until_step(run, 1)
    lab.kill(run, "trainer")
    assert lab.ended(run) is Status.FAILED
    exit_ = events(run)[-1]["exit"]
    assert (exit_["code"], exit_["signal"]) == (None, 9)
    assert exit_["reason"].startswith("killed by signal 9 (out of memory")
    assert marked(run) == []


@pytest.mark.parametrize(
    ("tag", "code", "reason"),
    [("crash=2", 1, "RuntimeError: the reward is broken"), ("vanish=2", 0, "trainer ended without a result")],
)
def test_a_trainer_that_says_nothing_fails_with_a_reason(lab: Lab, tag: str, code: int, reason: str) -> None:
    run = lab.launch(tag)
    assert lab.ended(run) is Status.FAILED
    assert events(run)[-1]["exit"] == {"code": code, "signal": None, "reason": reason}
    assert lab.summary(run).reason == reason


def test_a_trainer_that_cannot_be_started_fails(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRPOTUI_TRAINER_MODULE", "no_such_module")
    run = lab.launch()
    assert lab.ended(run) is Status.FAILED
    assert "No module named no_such_module" in lab.summary(run).reason


def test_a_suspended_trainer_can_be_stopped(lab: Lab) -> None:
    run = lab.launch("steps=100000")
    lab.until_step(run, 1)
    os.kill(lab.pid(run, "trainer"), signal.SIGSTOP)
    stop(lab.workspace, run.id, "hangs")
    assert lab.ended(run) is Status.STOPPED
    assert run.result_json.exists()


def test_a_runner_told_to_end_lets_the_trainer_save(lab: Lab) -> None:
    run = lab.launch("steps=100000")
    lab.until_step(run, 1)
    os.kill(lab.pid(run, "runner"), signal.SIGTERM)
    assert lab.ended(run) is Status.STOPPED
    assert run.last_checkpoint() is not None
    assert lab.statuses(run)[-2:] == ["stopping", "stopped"]


def test_eight_ticks_at_once_start_one_runner(lab: Lab) -> None:
    first = lab.launch("hold=1")
    second = lab.launch("steps=3")
    lab.kill(first, "runner", "trainer")
    code = (
        "import sys; from pathlib import Path; from grpotui.workspace import Workspace\n"
        "from grpotui.launch.queue import tick; print(tick(Workspace(Path(sys.argv[1])), 10))"
    )
    argv = [sys.executable, "-c", code, str(lab.workspace.root)]
    ticks = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    said = [process.communicate()[0].strip() for process in ticks]
    assert sorted(said)[:2] == [str([second.id]), "[]"]
    assert lab.ended(second) is Status.FINISHED
    assert lab.statuses(second).count("starting") == 1
    assert lab.statuses(first)[-1] == "lost"


def test_eight_adopters_one_wins(lab: Lab) -> None:
    run = lab.launch("steps=5", "hold=3")
    lab.until_step(run, 2)
    lab.kill(run, "runner")
    with ThreadPoolExecutor(8) as pool:
        settled = list(pool.map(reconcile, [lab.workspace] * 8))
    assert sorted(map(len, settled)) == [0] * 7 + [1]
    lab.go(run, 3)
    assert lab.ended(run) is Status.FINISHED
    assert [event["status"] for event in events(run) if event["type"] == "status"].count("finished") == 1
    assert lab.steps(run) == [1, 2, 3, 4, 5]


def test_a_stranger_with_the_trainers_number_is_left_alone(lab: Lab) -> None:
    run = lab.launch("hold=1")
    lab.pid(run, "trainer")
    lab.until(run, Status.RUNNING)
    lab.kill(run, "runner", "trainer")
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        process = lab.process(run)
        process["trainer"] = {"pid": stranger.pid, "ticks": process["trainer"]["ticks"]}
        write_json(run.process_json, process)
        tick(lab.workspace, 5)
        assert state(run).status is Status.LOST
        assert stranger.poll() is None
        assert not Identity(stranger.pid, process["trainer"]["ticks"]).send(signal.SIGKILL)
    finally:
        stranger.kill()
        stranger.wait()


def test_a_copy_of_a_live_run_does_not_take_over_its_trainer(lab: Lab) -> None:
    run = lab.launch("hold=1")
    lab.until(run, Status.RUNNING)
    twin = lab.workspace.run(run.id + "x")
    twin.path.mkdir()
    for file in run.path.glob("*.json*"):
        twin.path.joinpath(file.name).write_bytes(file.read_bytes())
    tick(lab.workspace, 5)
    assert state(twin).status is Status.LOST
    lab.go(run)
    assert lab.ended(run) is Status.FINISHED


def test_a_run_of_another_boot_is_lost(lab: Lab) -> None:
    run = lab.launch("hold=1")
    lab.until(run, Status.RUNNING)
    lab.kill(run, "runner", "trainer")
    process = lab.process(run)
    me = Identity.of(os.getpid())
    assert me is not None
    write_json(run.process_json, {**process, "boot_id": "another", "trainer": me.to_json()})
    tick(lab.workspace, 5)
    assert state(run).status is Status.LOST
    assert lab.summary(run).reason == "runner and trainer are gone (killed or rebooted)"


def test_a_run_queued_before_a_reboot_waits_for_a_person(lab: Lab) -> None:
    first = lab.launch("hold=1")
    run = lab.launch("steps=2")
    lines = run.events.read_text().replace(boot_id(), "another")
    run.events.write_text(lines)
    lab.go(first)
    lab.ended(first)
    assert tick(lab.workspace, 5) == []
    assert waiting(lab.workspace) == {run.id: OLD}
    resume(lab.workspace, run.id)
    assert lab.ended(run) is Status.FINISHED


def test_a_recorded_exit_without_its_event_is_announced(lab: Lab) -> None:
    run = lab.launch("steps=2")
    lab.ended(run)
    say(run, Status.RUNNING, 1)
    tick(lab.workspace, 5)
    assert lab.statuses(run)[-2:] == ["running", "finished"]


def test_an_exit_code_is_not_lost_to_the_reaper(lab: Lab) -> None:
    """Orphans that die in numbers beside the trainer: its status must still be its own."""
    run = lab.launch("steps=100000", "orphans")
    lab.until_step(run, 1)
    until(lambda: len(marked(run)) == 1)
    os.kill(lab.pid(run, "trainer"), signal.SIGKILL)
    lab.ended(run)
    assert json.loads(run.exit_json.read_text())["signal"] == 9


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
