"""Sweeps for tests: plan, launch, look at, end."""

from __future__ import annotations

from typing import Any

from grpotui.launch.sweeps import control, start
from grpotui.launch.sweeps.pairs import Pair, made, missing
from grpotui.launch.sweeps.plan import Plan, SweepRequest, plan
from grpotui.presets import load
from grpotui.records import RunSummary
from grpotui.records.sweeps import Sweep
from grpotui.registry import sync
from tests.launch.lab import Lab

GRID = ("grpo.beta=0,0.02", "grpo.temperature=0.7,1.0")


def asked(lab: Lab, *grid: str, preset: str = "fake", **more: Any) -> SweepRequest:
    given = {"device": "cpu", "tags": ("steps=2",), **more}
    return SweepRequest(load(preset, lab.workspace), grid=grid, **given)


def launched(lab: Lab, *grid: str, **more: Any) -> Sweep:
    return found(lab, start.launch_sweep(lab.workspace, asked(lab, *grid, **more)))


def found(lab: Lab, sweep: str) -> Sweep:
    with lab.registry() as registry:
        return registry.sweep(sweep)


def members(lab: Lab, sweep: Sweep) -> list[RunSummary]:
    with lab.registry() as registry:
        sync(registry.connection, lab.workspace)
        return registry.members(sweep.id)


def lacking(lab: Lab, sweep: Sweep) -> list[Pair]:
    """Return the runs that were asked for and are not there."""
    with lab.registry() as registry:
        sync(registry.connection, lab.workspace)
        return missing(sweep, made(registry, sweep.id))


def ended(lab: Lab, sweep: Sweep) -> list[RunSummary]:
    return list(control.wait_for(lab.workspace, sweep, (), lambda _: None).runs)


def over(lab: Lab, sweep: Sweep) -> list[RunSummary]:
    """End all of a sweep without waiting for what its runs would do."""
    control.stop_sweep(lab.workspace, sweep)
    return ended(lab, sweep)


def planned(lab: Lab, *grid: str, **more: Any) -> Plan:
    return plan(lab.workspace, asked(lab, *grid, **more))
