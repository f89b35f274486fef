"""Notices a trainer that lives and writes nothing: suspended, dead-locked, or waiting for something."""

from __future__ import annotations

import os
import statistics
import time
from collections import deque
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from grpotui.launch.journal import events
from grpotui.launch.machine.environment import seconds_from
from grpotui.records import Flag, FlagKind, Level, as_float
from grpotui.stream import Tail
from grpotui.workspace import RunDir

SIGNAL = "stalled"
Written = tuple[int, int, int]
FACTOR = 10
"""Times the usual time between two lines of metrics after which silence is worth a flag."""
LEAST_SECONDS = 60.0
"""Silence is never flagged sooner."""
LEAST_VARIABLE = "GRPOTUI_STALL_SECONDS"
"""Environment variable that replaces :data:`LEAST_SECONDS`."""
_REMEMBERED = 20
"""Pauses between lines that the median is taken of."""
_FEWEST = 3
_LONGEST_LOOK = 1.0
"""Seconds that one look counts at most: when the machine slept or was frozen, so was the trainer."""
_END = 256 * 1024
"""Bytes at the end of ``metrics.jsonl`` that tell an adopting runner how long steps take."""


class StallWatch:
    """Measures the silence of one attempt, on a clock that no change of the date touches.

    ``clock`` returns seconds and never goes back. Before the first line of an attempt there is no silence: a
    model may load for long. A checkpoint that grows is no silence either, nor is an evaluation that goes on.
    """

    def __init__(self, run: RunDir, clock: Callable[[], float] = time.monotonic) -> None:
        self.run = run
        self._clock = clock
        self._least = seconds_from(LEAST_VARIABLE, LEAST_SECONDS)
        self._looked = clock()
        self._silence = 0.0
        self._pause = 0.0
        self._pauses: deque[float] = deque(maxlen=_REMEMBERED)
        self._sizes = self._look_at_files()
        self._saved: Written | None = None
        """The newest checkpoint in the middle of a silence; None before that."""
        self._begun = False
        self._raised = False

    def take_over(self) -> None:
        """Go on for a runner that died: how long steps take, and whether the flag stands, is in the files."""
        self._begun = True
        self._pauses.extend(_pauses_of(self.run.metrics))
        said = [e for e in events(self.run) if e.get("type") == "flag" and e.get("signal") == SIGNAL]
        self._raised = bool(said) and said[-1].get("level") != Level.INFO

    def look(self, step: int, suspended: Callable[[], bool] = lambda: False) -> Flag | None:
        """Return a flag when the trainer has just fallen silent, or has just gone on; ``step`` is its last.

        ``suspended`` is asked whether the process was stopped by a signal.
        """
        now = self._clock()
        passed = min(max(now - self._looked, 0.0), _LONGEST_LOOK)
        self._looked = now
        self._silence += passed
        self._pause += passed
        sizes = self._look_at_files()
        if sizes != self._sizes:
            return self._heard(step, logged=sizes[0] != self._sizes[0], sizes=sizes)
        limit = self.limit
        if self._raised or limit is None or self._silence < limit / 2:
            return None
        if self._saved is None:
            self._saved = _last_written(self.run.checkpoints)
        if self._silence < limit:
            return None
        if self._saved != _last_written(self.run.checkpoints):
            self._silence, self._saved = 0.0, None
            return None
        self._raised = True
        usual = statistics.median(self._pauses)
        text = f"stalled: no metric for {self._silence:.0f} s, usual are {usual:.1f} s"
        text += "; its process is suspended (SIGCONT wakes it)" if suspended() else ""
        return Flag(
            step, FlagKind.THRESHOLD, Level.WARN, SIGNAL, round(self._silence, 1), round(limit, 1), text
        )

    @property
    def limit(self) -> float | None:
        """Seconds of silence that are too many; None while it is not known how long steps take."""
        if not self._begun or len(self._pauses) < _FEWEST:
            return None
        return max(self._least, FACTOR * statistics.median(self._pauses))

    def _heard(self, step: int, logged: bool, sizes: tuple[int, int, int]) -> Flag | None:
        """Something was written: groups are a sign of life, and lines of metrics tell how long steps take."""
        silence, self._silence, self._sizes = self._silence, 0.0, sizes
        self._saved = None
        was_raised, self._raised = self._raised, False
        if logged:
            if self._begun and not was_raised:
                self._pauses.append(self._pause)
            self._begun, self._pause = True, 0.0
        if not was_raised:
            return None
        text = f"no longer stalled: went on after {silence:.0f} s without a metric"
        return Flag(step, FlagKind.THRESHOLD, Level.INFO, SIGNAL, round(silence, 1), self._least, text)

    def _look_at_files(self) -> tuple[int, int, int]:
        """Return the sizes of both streams, and when an evaluation last showed that it goes on."""
        return _size(self.run.metrics), _size(self.run.completions), _touched(self.run.heartbeat)


def _last_written(checkpoints: Path) -> Written:
    """Return what grows while a checkpoint is saved: files, bytes and last change of the newest one."""
    try:
        newest = max(os.scandir(checkpoints), key=lambda entry: entry.stat().st_mtime_ns, default=None)
        stats = [os.stat(Path(at, name)) for at, _, names in os.walk(newest or "") for name in names]
    except OSError:  # renamed or pruned meanwhile
        return (0, 0, 0)
    last = max((stat.st_mtime_ns for stat in stats), default=0)
    return len(stats), sum(stat.st_size for stat in stats), last


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _touched(path: Path) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def _pauses_of(metrics: Path) -> list[float]:
    """Return the last pauses between lines as their times tell; a clock that was set back is passed over."""
    try:
        stat = os.stat(metrics)
    except OSError:
        return []
    tail = Tail(metrics, stat.st_ino, max(0, stat.st_size - _END))
    times = [as_float(line.data.get("time")) for line in tail.read()]
    return [b - a for a, b in pairwise(times) if a is not None and b is not None and b > a][-_REMEMBERED:]
