"""What the Runs screen asks for and shows: plain records, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from grpotui.records import Flag, RunSummary


@dataclass(frozen=True, slots=True)
class RunRow:
    """One row of the table."""

    run: RunSummary
    trace: tuple[float, ...] = ()
    """Rewards from first to last, thinned out."""
    waits_for: str = ""
    pinned: bool = False
    starts: str = ""
    """How long a queued run is likely to wait; empty when nothing tells."""
    ends: str = ""
    """When it is likely to be done."""


@dataclass(frozen=True, slots=True)
class RunsWanted:
    """What the screen needs of the workspace."""

    filter: str = ""
    first: int = 0
    """Place of the first row in sight."""
    detail_id: str | None = None
    since: float | None = None
    """What happened after this time is news; None when there was no look before."""


@dataclass(frozen=True, slots=True)
class RunsSnapshot:
    """Everything that the screen shows, at one moment. Of thousands of runs only those near the sight."""

    wanted: RunsWanted = RunsWanted()
    time: float = 0.0
    ids: tuple[str, ...] = ()
    """Every run that fits the filter, in order."""
    rows: Mapping[str, RunRow] = field(default_factory=lambda: MappingProxyType({}))
    """Rows by id, for a stretch of ``ids``."""
    walk: tuple[int, ...] = ()
    """Places in ``ids`` that ``!`` stops at."""
    total: int = 0
    """How many runs there are, whether they fit the filter or not."""
    live: int = 0
    attention: int = 0
    happened: tuple[tuple[str, int], ...] = ()
    waiting: tuple[RunRow, ...] = ()
    """Queued runs, the next one first."""
    paused: bool = False
    """True while nothing of the queue starts."""
    queue_ends: str = ""
    """When all runs are likely to be done; empty when nothing tells, or none waits."""
    pinned: str | None = None
    """Id of the baseline."""
    problem: str = ""
    """What cannot be understood of the filter."""
    devices: str = ""
    disk: str = ""
    """What is wrong with the disk; empty when it has room."""
    flags: tuple[Flag, ...] = ()
    """Flags of the run ``wanted.detail_id``, newest first."""
    resumable: str = ""
    """What a resume of that run would go on from; empty for a run that has nothing to resume."""
