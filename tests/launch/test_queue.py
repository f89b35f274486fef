"""The queue on fake devices: who starts where, in which order, and what the others wait for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grpotui.errors import UserError
from grpotui.launch import control
from grpotui.launch.journal import events
from grpotui.launch.machine import leases
from grpotui.launch.machine.fakes import FAKE_VARIABLE, USE_FILE
from grpotui.launch.queue import order, standing, tick, waiting
from grpotui.records import Status
from grpotui.records.sweeps import Place, Sweep
from grpotui.registry.sweeps import write_sweep
from grpotui.stream import read_json
from grpotui.workspace import RunDir, runtime_dir
from tests.launch.lab import Lab, until


@pytest.fixture(autouse=True)
def _two_fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FAKE_VARIABLE, "2x24")


def start(lab: Lab, *tags: str, **settings: Any) -> RunDir:
    overrides = tuple(f"launch.{name}={value}" for name, value in settings.items())
    return lab.launch(*tags, device="cuda", overrides=overrides)


def held(lab: Lab, count: int = 1, **settings: Any) -> list[RunDir]:
    """Runs that have their devices and keep them until ``lab.go``."""
    runs = [start(lab, "hold=1", **settings) for _ in range(count)]
    for run in runs:
        lab.until(run, Status.RUNNING)
    return runs


def given(lab: Lab, run: RunDir) -> list[str]:
    return [device["label"] for device in lab.process(run)["devices"]]


def queue_of(lab: Lab) -> list[str]:
    with lab.registry() as registry:
        return [entry.run.id for entry in standing(lab.workspace, registry).entries]


def test_a_run_on_a_fake_device_trains_on_the_cpu(lab: Lab) -> None:
    first, second = held(lab, 2)
    third = start(lab)
    assert given(lab, first) + given(lab, second) == ["fake 0", "fake 1"]
    seen = (read_json(first.attempt_json(1)) or {})["environment"]
    assert seen == {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    busy = f"fake 0 busy with {first.id}; fake 1 busy with {second.id}"
    assert waiting(lab.workspace) == {third.id: busy}
    lab.go(second)
    assert lab.ended(third) is Status.FINISHED
    assert given(lab, third) == ["fake 1"]


def test_whoever_ticks_the_run_gets_what_was_there_at_its_launch(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    order.pause(lab.workspace)
    fake, cpu = start(lab, "steps=1"), lab.launch("steps=1", device="cpu")
    monkeypatch.delenv(FAKE_VARIABLE)
    real = lab.launch("steps=1", device="auto")
    assert order.pause(lab.workspace, paused=False) == [fake.id, cpu.id]
    assert [lab.ended(run) for run in (fake, cpu, real)] == [Status.FINISHED] * 3
    assert (given(lab, fake), given(lab, cpu), given(lab, real)) == (["fake 0"], ["CPU"], ["CPU"])


def test_a_device_in_foreign_use_is_not_taken(lab: Lab) -> None:
    use = runtime_dir() / USE_FILE
    use.write_text(json.dumps({f"fake {n}": {"used": 6.1e10, "by": "used by another user"} for n in (0, 1)}))
    run = start(lab, "steps=1")
    strangers = "fake 0 used by another user, 61 GB; fake 1 used by another user, 61 GB"
    assert waiting(lab.workspace) == {run.id: strangers}
    use.write_text(json.dumps({"fake 0": {"used": 6.1e10}}))
    assert tick(lab.workspace, 10) == [run.id]
    lab.ended(run)
    assert given(lab, run) == ["fake 1"]


def test_a_run_of_two_devices_gets_both_at_once_and_is_not_overtaken(lab: Lab) -> None:
    (one,) = held(lab)
    both = start(lab, "hold=1", devices=2)
    small = [start(lab, "steps=1") for _ in range(3)]
    why = waiting(lab.workspace)
    assert why[both.id] == f"needs 2: fake 0 busy with {one.id}; fake 1 is free"
    assert [why[run.id] for run in small] == [f"behind {both.id}"] * 3
    assert [holder.run for _, holder in leases.held()] == [one.id]
    lab.go(one)
    lab.until(both, Status.RUNNING)
    assert given(lab, both) == ["fake 0", "fake 1"]
    assert [holder.run for _, holder in leases.held()] == [both.id] * 2
    lab.go(both)
    assert [lab.ended(run) for run in small] == [Status.FINISHED] * 3
    until(lambda: not leases.held())


def test_runs_that_opt_in_share_a_device_and_others_have_it_alone(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FAKE_VARIABLE, "1")
    first, second = held(lab, 2, slots_per_device=2)
    third = start(lab, "hold=1", slots_per_device=2)
    alone = start(lab, "hold=1")
    last = start(lab, "steps=1", slots_per_device=2)
    assert waiting(lab.workspace) == {
        third.id: f"fake 0 busy with {first.id}, {second.id}",
        alone.id: f"behind {third.id}",
        last.id: f"behind {third.id}",
    }
    assert sorted(holder.slot for _, holder in leases.held()) == [0, 1]
    lab.go(first)
    lab.until(third, Status.RUNNING)
    lab.go(second)
    lab.ended(second)
    assert tick(lab.workspace, 10) == []
    assert waiting(lab.workspace)[alone.id] == f"fake 0 busy with {third.id}"
    assert waiting(lab.workspace)[last.id] == f"behind {alone.id}"
    lab.go(third)
    lab.until(alone, Status.RUNNING)
    assert [holder.run for _, holder in leases.held()] == [alone.id]
    lab.go(alone)
    assert lab.ended(last) is Status.FINISHED


def test_runs_share_a_device_as_far_as_their_memory_fits(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FAKE_VARIABLE, "1x24")
    with pytest.raises(UserError, match="needs 30 GB of a device, and the largest has 24 GB"):
        start(lab, memory=30)
    held(lab, 2, memory=10)
    third = start(lab, "steps=1", memory=10)
    small = start(lab, "steps=1", memory=1)
    assert waiting(lab.workspace) == {
        third.id: "fake 0 has 4.0 GB free of 24 GB, 10 GB needed",
        small.id: f"behind {third.id}",
    }


def test_the_cpu_has_slots_too(lab: Lab) -> None:
    overrides = ("launch.slots_per_device=2", "launch.memory=0.001")
    runs = [lab.launch("hold=1", overrides=overrides) for _ in range(3)]
    for run in runs[:2]:
        lab.until(run, Status.RUNNING)
    assert waiting(lab.workspace) == {runs[2].id: f"CPU busy with {runs[0].id}, {runs[1].id}"}


def test_a_process_that_lost_its_lease_keeps_its_device_from_others(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FAKE_VARIABLE, "1")
    key = "FAKE-00000000-0000-0000-0000-000000000000"
    environment = {**os.environ, "GRPOTUI_RUN_ID": "gone-aaaa", "GRPOTUI_DEVICES": f"x,{key}"}
    stray = subprocess.Popen([sys.executable, "-c", "input()"], env=environment, stdin=subprocess.PIPE)
    try:
        run = start(lab, "steps=1")
        assert waiting(lab.workspace) == {run.id: "fake 0 busy with what gone-aaaa left behind"}
    finally:
        stray.kill()
        stray.wait()
    assert tick(lab.workspace, 10) == [run.id]
    assert lab.ended(run) is Status.FINISHED


def test_order_holds_and_pause_are_lines_that_everybody_reads(lab: Lab) -> None:
    first, _ = held(lab, 2)
    a, b, c = (start(lab, "steps=1") for _ in range(3))
    d = start(lab, "steps=1", priority=5)
    assert queue_of(lab) == [d.id, a.id, b.id, c.id]
    assert order.move(lab.workspace, c.id, "up") == 3
    assert order.move(lab.workspace, a.id, "bottom") == 4
    assert queue_of(lab) == [d.id, c.id, b.id, a.id]
    assert order.move(lab.workspace, b.id, "top") == 1
    assert order.move(lab.workspace, d.id, "down") == 3
    assert queue_of(lab) == [b.id, c.id, d.id, a.id]
    order.prioritize(lab.workspace, a.id, 9)
    order.hold(lab.workspace, a.id)
    assert order.toggle_hold(lab.workspace, b.id)
    assert queue_of(lab) == [a.id, b.id, c.id, d.id]
    why = waiting(lab.workspace)
    assert why[a.id] == why[b.id] == "held, until it is released"
    assert "busy with" in why[c.id]
    control.stop(lab.workspace, d.id)
    order.pause(lab.workspace)
    lab.go(first)
    lab.ended(first)
    assert tick(lab.workspace, 10) == []
    assert waiting(lab.workspace)[c.id] == "the queue is paused"
    assert order.pause(lab.workspace, paused=False) == [c.id]
    lab.ended(c)
    until(lambda: tick(lab.workspace) == [] and not lab.statuses(a)[1:])
    order.hold(lab.workspace, a.id, held=False)
    assert lab.ended(a) is Status.FINISHED
    control.stop(lab.workspace, b.id)
    control.resume(lab.workspace, b.id)
    assert lab.ended(b) is Status.FINISHED, "a resume releases it"
    with pytest.raises(UserError, match="is finished: only a queued run"):
        order.hold(lab.workspace, b.id)


def test_runs_of_one_moment_can_be_told_apart(lab: Lab) -> None:
    order.pause(lab.workspace)
    runs = [start(lab).id for _ in range(4)]
    for run_id in runs:
        at_once = [{**event, "time": 5.0} for event in events(lab.workspace.run(run_id))]
        lines = "".join(f"{json.dumps(event)}\n" for event in at_once)
        lab.workspace.run(run_id).events.write_text(lines)
    before = queue_of(lab)
    for run_id in reversed(before):
        order.move(lab.workspace, run_id, "bottom")
    assert queue_of(lab) == before[::-1]
    for _ in range(40):
        order.move(lab.workspace, before[0], "up")
        order.move(lab.workspace, before[0], "down")
    assert queue_of(lab) == before[::-1]


def test_a_sweep_has_no_more_runs_at_once_than_it_may(lab: Lab) -> None:
    write_sweep(lab.workspace, Sweep("study-7f3k", "fake", max_parallel=1))
    runs = [lab.launch("hold=1", device="cuda", place=Place("study-7f3k", number)) for number in (1, 2)]
    other = start(lab, "steps=1")
    lab.until(runs[0], Status.RUNNING)
    assert lab.ended(other) is Status.FINISHED
    assert waiting(lab.workspace) == {runs[1].id: "1 of its sweep are live, as many as may be"}
    assert tick(lab.workspace, 10) == []
    lab.go(runs[0])
    lab.until(runs[1], Status.RUNNING)


def test_what_a_reboot_left_queued_keeps_its_turn(lab: Lab) -> None:
    order.pause(lab.workspace)
    first, second, third = (start(lab, "steps=1") for _ in range(3))
    order.move(lab.workspace, third.id, "top")
    order.hold(lab.workspace, first.id)
    for run in (first, second, third):
        lines = [{**event, "boot_id": "an earlier one"} for event in events(run)]
        run.events.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    order.pause(lab.workspace, paused=False)
    assert tick(lab.workspace, 10) == []
    assert {*waiting(lab.workspace).values()} == {
        "queued before a reboot or in another copy of the workspace: resume it to start"
    }
    assert control.requeue(lab.workspace) == ([third.id, second.id], [])
    assert [lab.ended(run) for run in (second, third)] == [Status.FINISHED] * 2
    assert waiting(lab.workspace) == {first.id: "held, until it is released"}


def test_a_spec_that_is_none_is_said(lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(FAKE_VARIABLE, "two")
    with pytest.raises(UserError, match="GRPOTUI_FAKE_DEVICES='two': write how many, 2, or 2x24"):
        start(lab)
