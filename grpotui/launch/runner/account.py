"""What a run's streams say, line by line: metrics with their signals, and the verdict that held then.

Read from the files alone, so that a runner, the one after it and whoever looks later come to the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grpotui.launch.runner.replay import is_judged, lines
from grpotui.records import Verdict, as_int
from grpotui.stream import Line, Tail
from grpotui.workspace import RunDir

Json = Mapping[str, Any]
_CHUNK = 256 * 1024
"""Bytes of a stream that are held at once: a run may have 100,000 steps."""
_NO_SIGNALS = ("step", "time", "attempt")


@dataclass(frozen=True, slots=True)
class Standing:
    """A verdict, and the step at which it was reached."""

    verdict: str = str(Verdict.WARMING_UP)
    cause: str = ""
    step: int = 0
    message: str = ""

    @classmethod
    def of(cls, event: Json) -> Standing:
        """Read a verdict event."""
        said = (str(event.get(name) or "") for name in ("to", "cause", "message"))
        verdict, cause, message = said
        return cls(verdict, cause, as_int(event.get("step")), message)

    @property
    def words(self) -> str:
        """``collapsed (template)``."""
        return f"{self.verdict} ({self.cause})" if self.cause else self.verdict


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of metrics with its signals, and the verdict after it."""

    line: dict[str, Any]
    standing: Standing


class Account:
    """A place in the streams of a run. Signals and verdicts are written after the line that they are of."""

    def __init__(self, run: RunDir) -> None:
        self.standing = Standing()
        self._metrics, self._signals, self._events = Tail(run.metrics), Tail(run.signals), Tail(run.events)
        self._lines: deque[Line] = deque()
        self._of_lines: deque[Line] = deque()
        self._verdicts: deque[dict[str, Any]] = deque()

    def read(self, until: int | None = None) -> Iterator[Entry]:
        """Yield what is new; lines of metrics from byte ``until`` on wait, as they are not judged yet."""
        for event in lines(self._events) if self._events.changed() else ():
            if event.get("type") == "verdict":
                self._verdicts.append(event)
        while line := _next(self._lines, self._metrics):
            if until is not None and line.offset >= until:
                return
            self._lines.popleft()
            yield self._entry(line.data)

    def _entry(self, line: dict[str, Any]) -> Entry:
        if not is_judged(line):
            return Entry(line, self.standing)
        signals: Json = {}
        while (told := _next(self._of_lines, self._signals)) and _reached(told.data, line):
            signals = self._of_lines.popleft().data
        while self._verdicts and _reached(self._verdicts[0], line):
            self.standing = Standing.of(self._verdicts.popleft())
        if signals.get("step") != line.get("step"):
            return Entry(line, self.standing)
        ours = {f"grpotui/{name}": value for name, value in signals.items() if name not in _NO_SIGNALS}
        return Entry({**ours, **line}, self.standing)


def _next(waiting: deque[Line], tail: Tail) -> Line | None:
    """Return the line that is next, from the file where none waits; it stays there."""
    if not waiting and tail.changed():
        waiting += tail.read(_CHUNK)
    return waiting[0] if waiting else None


def _reached(told: Json, line: Json) -> bool:
    """True when a line of metrics is at, or beyond, what was told of a step in an attempt."""
    attempt = as_int(line.get("attempt"))
    place = (as_int(told.get("attempt")) or attempt, as_int(told.get("step")))
    return place <= (attempt or place[0], as_int(line.get("step")))
