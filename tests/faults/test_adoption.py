"""Runs whose runner is gone: who takes them over, and who must not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from grpotui.launch.control import resume
from grpotui.launch.journal import events, say, state
from grpotui.launch.machine.identity import Identity, boot_id
from grpotui.launch.queue import tick, waiting
from grpotui.launch.queue.tickets import OLD
from grpotui.launch.reconcile import settle_all
from grpotui.records import Status
from grpotui.stream import Tail, read_json, write_json
from tests.launch.lab import Lab, until


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

    def adopt(_: int) -> list[str]:
        with lab.registry() as registry:
            return settle_all(registry.connection, lab.workspace, registry.live())

    with ThreadPoolExecutor(8) as pool:
        settled = list(pool.map(adopt, range(8)))
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


def test_groups_of_a_resumed_step_wait_for_its_line_under_the_next_runner(lab: Lab) -> None:
    """The second attempt trains step 21 again; its runner dies between the groups and their line."""
    run = lab.launch("steps=30", "save=10", "hold=25@1")
    lab.until_judged(run, 24)
    lab.kill(run, "trainer")
    lab.ended(run)
    tags = (read_json(run.run_json) or {})["tags"]
    write_json(run.run_json, {**(read_json(run.run_json) or {}), "tags": [*tags, "hold=21@2"]})
    resume(lab.workspace, run.id)

    def groups() -> list[object]:
        lines = [line.data for line in Tail(run.completions).read()]
        return [line["step"] for line in lines if line["attempt"] == 2]

    until(lambda: groups() == [21] * 4, lambda: lab.story(run))
    lab.kill(run, "runner")
    tick(lab.workspace, 5)
    lab.go(run, 21)
    assert lab.ended(run) is Status.FINISHED
    judged = [line.data for line in Tail(run.signals).read() if line.data["attempt"] == 2]
    assert [(line["step"], line["groups"]) for line in judged] == [(step, 4) for step in range(21, 31)]


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
