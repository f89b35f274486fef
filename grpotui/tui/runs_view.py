"""What the Runs screen shows: one frozen snapshot, how it is ordered and filtered. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grpotui.records import Flag, RunSummary, Status
from grpotui.tui.format import DAY
from grpotui.tui.style import needs_attention

NEWS = 3 * DAY
"""Seconds after its end for which a bad run is sorted first: a weekend."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One row of the table."""

    run: RunSummary
    trace: tuple[float, ...] = ()
    """Rewards from first to last, thinned out."""
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class RunsSnapshot:
    """Everything that the screen shows, at one moment."""

    rows: tuple[RunRow, ...] = ()
    time: float = 0.0
    devices: str = ""
    detail_id: str | None = None
    flags: tuple[Flag, ...] = ()
    """Flags of the run ``detail_id``, newest first."""

    @property
    def live(self) -> int:
        """How many runs have a process."""
        return sum(row.run.status.is_live for row in self.rows)

    @property
    def waiting(self) -> list[RunRow]:
        """Queued runs, the next one first."""
        queued = [row for row in self.rows if row.run.status is Status.QUEUED]
        return sorted(queued, key=lambda row: row.run.created_at)

    @property
    def attention(self) -> int:
        """How many runs somebody should look at."""
        return sum(is_news(row.run, self.time) for row in self.rows)


def is_news(run: RunSummary, now: float) -> bool:
    """True for a run in trouble that goes on, or ended within the last days."""
    if not needs_attention(run.status, run.verdict):
        return False
    return run.status.is_live or now - (run.ended_at or run.created_at) < NEWS


def order(rows: Iterable[RunRow], now: float) -> list[RunRow]:
    """Return rows as they are shown: what needs attention, then live and waiting ones, then the newest."""

    def place(row: RunRow) -> tuple[int, float]:
        run = row.run
        active = run.status.is_live or run.status is Status.QUEUED
        return (0 if is_news(run, now) else 1 if active else 2, -run.created_at)

    return sorted(rows, key=place)


def matches(row: RunRow, words: Sequence[str]) -> bool:
    """True when every word stands in the run's name, id, preset, tags, status, verdict, note, device."""
    run = row.run
    parts = (
        run.name,
        run.id,
        run.preset,
        run.status,
        run.verdict,
        run.cause,
        run.note,
        run.device,
        *run.tags,
    )
    hay = "\n".join(parts).lower()
    return all(word in hay for word in words)


def filtered(rows: Sequence[RunRow], text: str) -> list[RunRow]:
    """Return the rows that have every word of ``text``."""
    words = text.lower().split()
    return [row for row in rows if matches(row, words)] if words else list(rows)
