"""Follows a run's streams and has each new line of metrics judged."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Mapping
from itertools import islice
from typing import Any

from grpotui.health import signals
from grpotui.launch.runner.judge import Judge, context
from grpotui.launch.runner.replay import (
    Missing,
    Survey,
    approach,
    compute_missing,
    is_evaluation,
    is_judged,
    lines,
    paired,
)
from grpotui.records import Group, Mode, RunKind, as_int
from grpotui.stream import Tail, read_json
from grpotui.workspace import RunDir

MAX_WAITING = 4096
"""Groups kept for the next line of metrics; older ones are let go."""


class Watch:
    """The health of one run, kept up to date with its streams by one process at a time."""

    def __init__(self, run: RunDir, attempt: int) -> None:
        self._run = run
        self._attempt = attempt
        self._metrics = Tail(run.metrics)
        self._completions = Tail(run.completions)
        self._groups: list[Group] = []
        self._before: deque[Group] = deque(maxlen=signals.BEFORE)
        self._judge: Judge | None = None

    @property
    def last_step(self) -> int:
        """The step of the last line of metrics; 0 before the first."""
        return self._judge.last_step if self._judge is not None else 0

    @property
    def last_attempt(self) -> int:
        """The attempt that wrote that line; 0 before the first."""
        return self._judge.last_attempt if self._judge is not None else 0

    @property
    def judged(self) -> int:
        """The byte of ``metrics.jsonl`` up to which lines are judged."""
        return self._metrics.offset

    def catch_up(self, same_attempt: bool) -> None:
        """Take in what the streams hold: recall what was judged, judge what was not.

        With ``same_attempt`` groups that wait for their line of metrics are kept; those of an earlier
        attempt will be generated again.
        """
        survey = Survey.of(self._run)
        missing = Missing()
        if survey.unjudged or same_attempt:
            span = self._judged_by().span if survey.steps else None
            approach(self._completions, survey)
            missing = compute_missing(self._completions, survey, span)
        if same_attempt:
            self._groups, self._before = missing.ahead, missing.before
        if not same_attempt:
            _to_end(self._completions)
        judged = survey.count - survey.unjudged
        for line, known in islice(paired(self._run, Tail(self._run.metrics)), survey.lines):
            if not is_judged(line):
                self._judged_by().evaluation(line)
            elif judged > 0:
                judged -= 1
                self._judged_by().recall(line, known)
            else:
                self._judged_by().step(line, missing.found.get(as_int(line.get("step"))))
        self._metrics = survey.metrics

    def step(self) -> bool:
        """Judge what is new; return True when anything was.

        Metrics are read before completions: a step's groups are on disk before its line of metrics is.
        """
        fresh = [line.data for line in self._metrics.read()] if self._metrics.changed() else []
        before = len(self._groups)
        if self._completions.changed():
            self._groups += _train_groups(self._completions)
            del self._groups[:-MAX_WAITING]
        for line in fresh:
            if is_judged(line):
                self._take(line)
            elif is_evaluation(line):
                self._judged_by().evaluation(line)
        return bool(fresh) or len(self._groups) != before

    def finish(self) -> None:
        """Judge all that is left; nobody writes any more."""
        while self.step():
            pass

    def _take(self, line: Mapping[str, Any]) -> None:
        step = as_int(line.get("step"))
        used = [group for group in self._groups if group.step <= step]
        self._groups = [group for group in self._groups if group.step > step]
        judge = self._judged_by()
        judge.step(line, signals.compute(step, used, judge.span, self._before) if used else None)
        self._before.extend(used)

    def _judged_by(self) -> Judge:
        if self._judge is None:
            self._judge = Judge(self._run, context(self._run, self._attempt))
        return self._judge


class OnlyFollowed(Watch):
    """A run that trains nothing: how far it is, without a judgement."""

    def __init__(self, run: RunDir, attempt: int) -> None:
        super().__init__(run, attempt)
        self._last: Mapping[str, Any] = {}

    @property
    def last_step(self) -> int:
        """The step of the last line of metrics; 0 before the first."""
        return as_int(self._last.get("step"))

    @property
    def last_attempt(self) -> int:
        """The attempt that wrote that line; 0 before the first."""
        return as_int(self._last.get("attempt"))

    def catch_up(self, same_attempt: bool) -> None:
        """Read what there is."""
        self.step()

    def step(self) -> bool:
        """Read what is new; return True when anything was."""
        fresh = deque(lines(self._metrics), maxlen=1) if self._metrics.changed() else ()
        for line in fresh:
            self._last = line
        return bool(fresh)


def watch_over(run: RunDir, attempt: int) -> Watch:
    """Return what follows the streams of a run of its kind."""
    kind = (read_json(run.run_json) or {}).get("kind")
    return (OnlyFollowed if kind == RunKind.ROLLOUTS else Watch)(run, attempt)


def _train_groups(tail: Tail) -> list[Group]:
    return [Group.from_json(line) for line in lines(tail) if line.get("mode", Mode.TRAIN) == Mode.TRAIN]


def _to_end(tail: Tail) -> None:
    """Skip what a file holds now."""
    try:
        stat = os.stat(tail.path)
    except OSError:
        return
    tail.inode, tail.offset = stat.st_ino, stat.st_size
