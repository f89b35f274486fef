"""What the Journal screen shows: plain records, no I/O."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JournalItem:
    """A line of the list: a hypothesis, or a part of the journal that has none."""

    key: str
    state: str
    """As :class:`grpotui.analysis.journal.hypotheses.Hypothesis` says it; empty for other parts."""
    title: str
    time: float
    """Unix seconds of the newest run; 0 for none."""
    pages: tuple[str, ...]
    """Markdown of its parts of the journal, as they stand in the file, newest first."""


@dataclass(frozen=True, slots=True)
class JournalView:
    """The journal at one moment."""

    items: tuple[JournalItem, ...] = ()
    """Open hypotheses, then settled ones, then what has none, each newest first; the whole file last."""
    path: str = ""
    read: bool = False

    def counts(self) -> tuple[int, int]:
        """Return how many hypotheses are open, and how many settled."""
        states = [item.state for item in self.items if item.state]
        return states.count("open"), len(states) - states.count("open")
