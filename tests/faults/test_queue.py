"""Eight runs on two devices with two slots each, tickers all over, a runner killed: no slot has two runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from grpotui.launch.control import resume
from grpotui.launch.journal import state
from grpotui.launch.machine import leases
from grpotui.launch.machine.fakes import FAKE_VARIABLE
from grpotui.launch.machine.locks import is_held
from grpotui.launch.queue import order
from grpotui.records import Status
from grpotui.stream import read_json
from grpotui.workspace import RunDir
from tests.launch.lab import Lab, until

RUNS, TICKERS = 8, 4
TICKER = (
    "import sys, time; from pathlib import Path; from grpotui.workspace import Workspace;"
    "from grpotui.launch.queue import tick\n"
    "while True: tick(Workspace(Path(sys.argv[1]))); time.sleep(0.02)"
)

Span = tuple[float, float, str]


@contextmanager
def tickers(lab: Lab) -> Iterator[None]:
    argv = [sys.executable, "-c", TICKER, str(lab.workspace.root)]
    going = [subprocess.Popen(argv) for _ in range(TICKERS)]
    try:
        yield
        assert [ticker.poll() for ticker in going] == [None] * TICKERS
    finally:
        for ticker in going:
            ticker.kill()
            ticker.wait()


def spans(runs: list[RunDir]) -> dict[tuple[str, int], list[Span]]:
    """When a trainer was on each slot: from its attempt's own start to its last words."""
    found = defaultdict(list)
    for run in runs:
        begun, ended = read_json(run.attempt_json(1)) or {}, read_json(run.exit_json) or {}
        for device in (read_json(run.process_json) or {})["devices"]:
            found[device["key"], device["slot"]].append((begun["time"], ended["time"], run.id))
    return found


def overlaps(found: dict[tuple[str, int], list[Span]]) -> list[tuple[Span, Span]]:
    pairs = []
    for there in found.values():
        ordered = sorted(there)
        pairs += [(a, b) for a, b in pairwise(ordered) if b[0] < a[1]]
    return pairs


@pytest.mark.parametrize("slots", [1, 2])
def test_no_slot_ever_has_two_runs(lab: Lab, monkeypatch: pytest.MonkeyPatch, slots: int) -> None:
    monkeypatch.setenv(FAKE_VARIABLE, "2")
    settings = (f"launch.slots_per_device={slots}",)
    order.pause(lab.workspace)
    kinds = ["hold=6"] * 2 * slots + ["save=4"] * (RUNS - 2 * slots)
    runs = [lab.launch("steps=12", "delay=0.05", kind, device="cuda", overrides=settings) for kind in kinds]
    both = lab.launch("steps=4", device="cuda", overrides=("launch.devices=2",))
    assert [lab.statuses(run) for run in runs] == [["queued"]] * RUNS
    order.pause(lab.workspace, paused=False)
    with tickers(lab):
        for run in runs[: 2 * slots]:
            lab.until_step(run, 5)
        killed = lab.pid(runs[0], "runner")
        os.kill(killed, signal.SIGKILL)
        until(lambda: lab.pid(runs[0], "runner") != killed, lambda: lab.story(runs[0]))
        for run in runs[: 2 * slots]:
            lab.go(run, 6)
        until(lambda: all(state(run).status.is_ended for run in (*runs, both)), lambda: story(lab, runs), 60)
    assert {lab.ended(run) for run in (*runs, both)} == {Status.FINISHED}
    assert [lab.statuses(run).count("starting") for run in (*runs, both)] == [1] * (RUNS + 1)
    found = spans([*runs, both])
    assert sorted(slot for _, slot in found) == sorted([*range(slots)] * 2)
    assert overlaps(found) == []
    alone = spans([both])[next(key for key in found if key[1] == 0)][0]
    shared = [span for there in found.values() for span in there if span[2] != both.id]
    assert [span for span in shared if span[0] < alone[1] and alone[0] < span[1]] == []
    assert leases.held() == []
    assert not [run for run in runs if is_held(run.runner_lock)]


def test_the_queue_goes_on_without_an_app(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runner and trainer of the only run are killed: nobody is left, until somebody ticks."""
    monkeypatch.setenv(FAKE_VARIABLE, "1")
    first = lab.launch("hold=1", device="cuda")
    waits = [lab.launch("steps=2", device="cuda") for _ in range(3)]
    lab.until(first, Status.RUNNING)
    lab.kill(first, "runner", "trainer")
    until(lambda: leases.held() == [])
    assert [lab.statuses(run) for run in waits] == [["queued"]] * 3
    done = subprocess.run(
        [sys.executable, "-m", "grpotui", "--workspace", str(lab.workspace.root), "tick"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [waits[0].id]
    assert [lab.ended(run) for run in waits] == [Status.FINISHED] * 3
    assert lab.ended(first) is Status.LOST
    resume(lab.workspace, first.id)
    lab.until(first, Status.RUNNING)
    lab.kill(first, "trainer")
    lab.ended(first)
    assert leases.held() == []


def test_a_run_whose_runner_is_killed_keeps_all_its_devices(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FAKE_VARIABLE, "3")
    run = lab.launch("hold=1", "litter", device="cuda", overrides=("launch.devices=2",))
    lab.until(run, Status.RUNNING)
    lab.kill(run, "runner")
    assert [holder.run for _, holder in leases.held()] == [run.id] * 2
    other = lab.launch("steps=1", device="cuda")
    assert lab.ended(other) is Status.FINISHED
    devices = (read_json(run.process_json) or {})["devices"]
    until(lambda: (read_json(run.process_json) or {})["adopted"])
    assert (read_json(run.process_json) or {})["devices"] == devices and len(devices) == 2
    lab.go(run)
    assert lab.ended(run) is Status.FINISHED
    assert leases.held() == []


def story(lab: Lab, runs: list[RunDir]) -> str:
    return "\n".join(lab.story(run) for run in runs if not state(run).status.is_ended)
