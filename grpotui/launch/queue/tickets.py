"""Queued runs in their order, and what each may have."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from grpotui.errors import UserError
from grpotui.launch.journal import State, asked_of, state
from grpotui.launch.machine import devices, sharing
from grpotui.launch.machine.device import Device
from grpotui.launch.machine.sharing import Need
from grpotui.launch.machine.wanted import lacking, wanted
from grpotui.presets import launch_settings
from grpotui.presets.sections import LaunchSettings
from grpotui.records import RunSummary, Status
from grpotui.registry.desk import Desk, Turn
from grpotui.registry.queries import Registry
from grpotui.workspace import RunDir, Workspace

OLD = "queued before a reboot or in another copy of the workspace: resume it to start"
HELD = "held, until it is released"

Detect = Callable[[str | None, str], list[Device]]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A queued run, what it needs, and the devices that it may have, best first."""

    run: RunDir
    summary: RunSummary
    state: State
    devices: tuple[Device, ...]
    need: Need = sharing.ALONE
    priority: int = 0
    place: float = 0.0
    """Among those of its priority, the lowest starts first."""
    held: bool = False
    trouble: str = ""
    """What is wrong with what it asks for."""

    @property
    def obstacle(self) -> str:
        """Why the run will not start by itself, whatever gets free; empty when it will."""
        if not self.state.is_of(self.run):
            return OLD
        return self.trouble or (HELD if self.held else "")


def tickets(workspace: Workspace, registry: Registry, desk: Desk) -> list[Ticket]:
    """Return what is queued, in the order in which it starts; GPUs as they were visible at its launch."""
    found = []
    detect = cache(devices.detect)  # most runs saw the same, and a driver takes its time
    for summary in registry.queued():
        run = workspace.run(summary.id)
        known = state(run)
        if known.status is Status.QUEUED:
            found.append(_ticket(run, summary, known, desk.turns.get(run.id, Turn()), detect))
    return sorted(found, key=lambda ticket: (-ticket.priority, ticket.place))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What run.json says of devices."""

    policy: str
    visible: str | None
    fake: str
    settings: LaunchSettings


@lru_cache(maxsize=4096)
def _asked(run: RunDir, stamp: tuple[int, int]) -> _Asked:
    """Read run.json, which is written once; ``stamp`` tells a folder from one that came in its place."""
    asked = asked_of(run)
    visible, fake, config = (asked.get(name) for name in ("cuda_visible_devices", "fake_devices", "config"))
    return _Asked(
        str(asked.get("device")),
        visible if isinstance(visible, str) else None,
        fake if isinstance(fake, str) else "",
        launch_settings(config if isinstance(config, dict) else {}),
    )


def _stamp(run: RunDir) -> tuple[int, int]:
    try:
        now = os.stat(run.run_json)
    except OSError:
        return 0, 0
    return now.st_ino, now.st_mtime_ns


def _ticket(run: RunDir, summary: RunSummary, known: State, turn: Turn, detect: Detect) -> Ticket:
    asked = _asked(run, _stamp(run))
    found: tuple[Device, ...] = ()
    trouble, need = "", sharing.ALONE
    try:
        found, need = wanted(asked.policy, asked.settings, lambda: detect(asked.visible, asked.fake))
        trouble = lacking(found, need)
    except UserError as error:
        trouble = str(error)
    return Ticket(
        run=run,
        summary=summary,
        state=known,
        devices=found,
        need=need,
        priority=asked.settings.priority if turn.priority is None else turn.priority,
        place=known.time if turn.place is None else turn.place,
        held=turn.held,
        trouble=trouble,
    )
