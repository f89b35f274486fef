"""Queued runs in their order, and what each may have."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.errors import UserError
from grpotui.launch.journal import State, asked_of, config_of, state
from grpotui.launch.machine import sharing
from grpotui.launch.machine.device import Device
from grpotui.launch.machine.sharing import Need
from grpotui.launch.machine.wanted import lacking, wanted
from grpotui.presets import launch_settings
from grpotui.records import RunSummary, Status
from grpotui.registry.desk import Desk, Turn
from grpotui.registry.queries import Registry
from grpotui.workspace import RunDir, Workspace

OLD = "queued before a reboot or in another copy of the workspace: resume it to start"
HELD = "held, until it is released"


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
    for summary in registry.queued():
        run = workspace.run(summary.id)
        known = state(run)
        if known.status is Status.QUEUED:
            found.append(_ticket(run, summary, known, desk.turns.get(run.id, Turn())))
    return sorted(found, key=lambda ticket: (-ticket.priority, ticket.place))


def _ticket(run: RunDir, summary: RunSummary, known: State, turn: Turn) -> Ticket:
    asked, settings = asked_of(run), launch_settings(config_of(run))
    visible, fake = asked.get("cuda_visible_devices"), asked.get("fake_devices")
    found: tuple[Device, ...] = ()
    trouble, need = "", sharing.ALONE
    try:
        seen = visible if isinstance(visible, str) else None
        found, need = wanted(asked.get("device"), settings, seen, fake if isinstance(fake, str) else "")
        trouble = lacking(found, need)
    except UserError as error:
        trouble = str(error)
    return Ticket(
        run=run,
        summary=summary,
        state=known,
        devices=found,
        need=need,
        priority=settings.priority if turn.priority is None else turn.priority,
        place=known.time if turn.place is None else turn.place,
        held=turn.held,
        trouble=trouble,
    )
