"""When each queued run is likely to start and to end, from measured step times; pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grpotui.launch.machine.device import Device
from grpotui.launch.machine.sharing import Need

NEVER = math.inf
"""Seconds of a run that nobody can tell the end of."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queued run. ``seconds`` it takes once it runs; None when nothing tells."""

    run: str
    devices: Sequence[Device]
    need: Need
    seconds: float | None
    sweep: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """Seconds from now; None when nothing tells."""

    starts: float | None = None
    ends: float | None = None


@dataclass(slots=True)
class Course:
    """What is known of the future: when those who have a device, or belong to a sweep, will be done."""

    ends: dict[str, list[float]] = field(default_factory=dict)
    """Device key, or sweep, -> seconds from now for each run there; NEVER where nothing tells."""
    most: Mapping[str, int] = field(default_factory=dict)
    """Sweep -> how many of its runs may be live at once."""

    def add(self, where: str, end: float) -> None:
        """Note that a run is there until then."""
        self.ends.setdefault(where, []).append(end)

    def free_for(self, where: str, most: int) -> float:
        """Return when fewer than ``most`` runs will be there; at once for 0, which is no limit."""
        there = sorted(self.ends.get(where, ()), reverse=True)
        return there[most - 1] if most and len(there) >= most else 0.0


def forecast(queue: Sequence[Waiting], course: Course) -> dict[str, Expected]:
    """Return when each run of the queue, in its order, starts and ends. ``course`` takes them in."""
    return {waiting.run: _expect(waiting, course) for waiting in queue}


def _expect(waiting: Waiting, course: Course) -> Expected:
    need, sweep = waiting.need, waiting.sweep
    free = sorted((course.free_for(d.key, _room(d, need)), i, d) for i, d in enumerate(waiting.devices))
    if len(free) < need.devices:
        return Expected()
    chosen = free[: need.devices]
    start = max(chosen[-1][0], course.free_for(f"sweep {sweep}", course.most.get(sweep, 0)))
    end = NEVER if waiting.seconds is None else start + waiting.seconds
    for _, _, device in chosen:
        course.add(device.key, end)
    if sweep:
        course.add(f"sweep {sweep}", end)
    return Expected(_known(start), _known(end))


def _room(device: Device, need: Need) -> int:
    """Return how many runs like this one a device takes."""
    slots = need.slots_on(device)
    fit = max(1, device.memory // need.memory) if need.memory and device.memory else 0
    return min(filter(None, (slots, fit)), default=0)


def _known(seconds: float) -> float | None:
    return None if seconds == NEVER else seconds
