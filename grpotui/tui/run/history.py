"""One prompt over the steps of a run. No I/O."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.records import Group

SHOWN = 8
"""Visits of a prompt whose completions are read."""


@dataclass(frozen=True, slots=True)
class History:
    """When one prompt was used, and its completions at some of those steps."""

    of: tuple[int, int] = (-1, -1)
    """(step, group) that this is the history of."""
    visits: tuple[tuple[int, int], ...] = ()
    """Every (step, group) with the prompt, ascending."""
    groups: tuple[Group, ...] = ()
    """Some of them, ascending: the first, the last, the one it is the history of."""

    def beside(self, by: int) -> tuple[int, int] | None:
        """Return the visit ``by`` places on; None beyond the ends."""
        if self.of not in self.visits:
            return None
        at = self.visits.index(self.of) + by
        return self.visits[at] if 0 <= at < len(self.visits) else None
