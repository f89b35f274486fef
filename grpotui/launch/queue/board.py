"""What a queued run cannot have because of others of its own workspace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from grpotui.launch.machine import leases, sharing
from grpotui.launch.machine.device import Device
from grpotui.launch.queue.tickets import Ticket
from grpotui.records import RunSummary


class Board:
    """Devices that are kept for runs further ahead, and how many runs of each sweep are live.

    A run that waits for two devices is not overtaken for ever by runs that take one.
    """

    def __init__(self, live: Iterable[RunSummary], most: Mapping[str, int]) -> None:
        self._kept: dict[str, str] = {}
        self._live = Counter(run.sweep for run in live if run.sweep)
        self._most = most

    def limit_of_sweep(self, ticket: Ticket) -> int:
        """Return how many runs a run's sweep may have, when it has so many; else 0."""
        most = self._most.get(ticket.summary.sweep, 0)
        return most if most and self._live[ticket.summary.sweep] >= most else 0

    def started(self, ticket: Ticket) -> None:
        """Count a run as live."""
        self._live[ticket.summary.sweep] += 1

    def open_to(self, ticket: Ticket) -> list[Device]:
        """Return the devices that a run may have as far as those ahead of it go."""
        return [device for device in ticket.devices if device.key not in self._kept]

    def ahead_of(self, ticket: Ticket) -> str:
        """Return the first run that a run's devices are kept for."""
        return next((self._kept[device.key] for device in ticket.devices if device.key in self._kept), "")

    def keep_for(self, ticket: Ticket) -> None:
        """Keep as many devices as a waiting run needs: those that look like being free first."""
        for device in sorted(self.open_to(ticket), key=_distance)[: ticket.need.devices]:
            self._kept[device.key] = ticket.run.id


def _distance(device: Device) -> tuple[bool, int]:
    there = leases.holders(device)
    return bool(device.is_gpu and sharing.foreign(device, sharing.look(device), there)), len(there)
