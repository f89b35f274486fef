"""A warning and a bad line for one value, and its position against them."""

from __future__ import annotations

from collections import deque

from grpotui.health.rules.facts import EASE
from grpotui.records import Level

LEVELS = (Level.INFO, Level.WARN, Level.BAD)
_REMEMBERED = 64


class Lines:
    """One value's position against a warning and a bad line: 0 under both, 1 and 2 over them.

    It falls only once the value is clearly under the line: with 4 groups a step, shares jump by a quarter.
    """

    def __init__(self, warn: float, bad: float) -> None:
        self.lines = (0.0, warn, bad)
        self._changes: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED)

    @property
    def level(self) -> int:
        """The present position."""
        return self._changes[-1][1] if self._changes else 0

    def update(self, step: int, value: float) -> tuple[int, int]:
        """Take a value in; return the position before and after it."""
        old = self.level
        new = max(level for level in range(3) if level == 0 or value >= self.lines[level])
        if new < old:
            new = max(level for level in range(old + 1) if level == 0 or value >= self.lines[level] * EASE)
        if new != old:
            self._changes.append((step, new))
        return old, new

    def drop_from(self, step: int) -> None:
        """Forget what happened from ``step`` on."""
        while self._changes and self._changes[-1][0] >= step:
            self._changes.pop()
