"""What the screens of sweeps show: plain records, no I/O."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.analysis.sweep.records import Study


@dataclass(frozen=True, slots=True)
class SweepRow:
    """One sweep, and how long it still takes."""

    study: Study
    left: float | None = None
    """Seconds until its last run ends; None when nothing tells."""

    @property
    def id(self) -> str:
        """Of the sweep."""
        return self.study.sweep.id


@dataclass(frozen=True, slots=True)
class SweepsSnapshot:
    """All sweeps at one moment, the newest first."""

    time: float = 0.0
    rows: tuple[SweepRow, ...] = ()
