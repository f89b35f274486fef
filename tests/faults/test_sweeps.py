"""A sweep on two devices that things happen to: nothing twice, nothing forgotten, devices free at its end."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from itertools import pairwise

import pytest

from grpotui.launch.journal import events
from grpotui.launch.machine import leases
from grpotui.launch.machine.fakes import FAKE_VARIABLE
from grpotui.launch.queue import tick
from grpotui.launch.sweeps.control import went_well
from grpotui.records import RunSummary, Status
from grpotui.registry import rebuild, sync
from grpotui.workspace import Workspace
from tests.launch.lab import Lab, until

GRID = ("--grid", "grpo.beta=0,0.02", "--grid", "grpo.temperature=0.7,0.9,1.0", "--seeds", "2")


def members(lab: Lab) -> list[RunSummary]:
    with lab.registry() as registry:
        sync(registry.connection, lab.workspace)
        return registry.members(registry.sweep("@last").id)


def spans(lab: Lab) -> dict[str, list[tuple[float, float]]]:
    """Return when each device was in use, by its label."""
    found: dict[str, list[tuple[float, float]]] = {}
    for run in members(lab):
        folder = lab.workspace.run(run.id)
        times = {event["status"]: event["time"] for event in events(folder) if event["type"] == "status"}
        (device,) = lab.process(folder)["devices"]
        found.setdefault(device["label"], []).append((times["starting"], times["finished"]))
    return {label: sorted(times) for label, times in found.items()}


def begin(workspace: Workspace) -> None:
    """Begin a sweep from a process that is killed once its runs are queued."""
    argv = [sys.executable, "-m", "grpotui", "--workspace", str(workspace.root), "sweep", "fake", *GRID]
    steps = ("--tag", "steps=12", "--tag", "delay=0.05", "--device", "cuda", "--wait")
    watcher = subprocess.Popen([*argv, *steps], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: len(list(workspace.runs())) == 12, seconds=60)
    watcher.kill()
    watcher.wait()


def test_a_runner_and_the_watcher_are_killed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FAKE_VARIABLE, "2x24")
    begin(lab.workspace)
    tick(lab.workspace, 5)
    first = until(lambda: next((run for run in members(lab) if run.status is Status.RUNNING), None))
    lab.until_step(lab.workspace.run(first.id), 2)
    lab.kill(lab.workspace.run(first.id), "runner")

    def over() -> bool:
        tick(lab.workspace, 5)
        return all(run.status.is_ended for run in members(lab))

    until(over, lambda: str([(run.id, run.status) for run in members(lab)]), 120)
    runs = members(lab)
    assert {run.status for run in runs} == {Status.FINISHED}
    assert all(went_well(lab.workspace, run) and run.attempt == 1 for run in runs)
    wanted = {(number, seed): 1 for number in range(1, 7) for seed in (42, 43)}
    assert Counter((run.point, run.seed) for run in runs) == Counter(wanted)
    for run in runs:
        assert lab.steps(lab.workspace.run(run.id)) == list(range(1, 13))
    used = spans(lab)
    assert set(used) == {"fake 0", "fake 1"} and sum(map(len, used.values())) == 12
    for times in used.values():
        assert all(end <= start for (_, end), (start, _) in pairwise(times))
    until(lambda: leases.held() == [])
    with lab.registry() as registry:
        before = registry.sweep("@last")
    lab.workspace.db.unlink()
    rebuild(lab.workspace)
    with lab.registry() as registry:
        assert registry.sweep("@last") == before
        assert [run.id for run in registry.members(before.id)] == [run.id for run in runs]
