"""What an earlier runner has judged, and what it left unjudged, found in a run's streams."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grpotui.health import signals
from grpotui.health.gap import GAP
from grpotui.records import Group, Mode, RewardRange, as_float, as_int
from grpotui.stream import Tail
from grpotui.workspace import RunDir

_CHUNK = 1024 * 1024
_BEFORE_STEPS = 4 * signals.BEFORE
"""Steps in which there are enough groups to compare with; several may share one generation."""
Json = Mapping[str, Any]


def lines(tail: Tail) -> Iterator[dict[str, Any]]:
    """Yield every whole line from where ``tail`` stands, a little at a time; it ends at the last one."""
    while True:
        before = tail.offset
        for line in tail.read(_CHUNK):
            yield line.data
        if tail.offset == before:
            return


@dataclass(frozen=True, slots=True)
class Said:
    """When a line or an event was written: in which attempt (0: it does not tell), and its time."""

    attempt: int
    time: float

    @classmethod
    def of(cls, line: Json) -> Said:
        """Read both from a line or event."""
        return cls(as_int(line.get("attempt")), as_float(line.get("time")) or 0.0)

    def to_json(self) -> dict[str, Any]:
        """Return it as part of a line."""
        return {"time": self.time} | ({"attempt": self.attempt} if self.attempt else {})

    def before(self, other: Said) -> bool:
        """True when this is older. A clock may be set back between attempts, so those go first."""
        if self.attempt and other.attempt and self.attempt != other.attempt:
            return self.attempt < other.attempt
        return self.time < other.time


def is_judged(line: Json) -> bool:
    """True for a training step's line; not for an evaluation's or a summary's, which may repeat a step."""
    return "reward" in line


def is_evaluation(line: Json) -> bool:
    """True for the line of an evaluation that the rules look at."""
    return GAP in line and not is_judged(line)


def paired(run: RunDir, metrics: Tail) -> Iterator[tuple[Json, Json | None]]:
    """Yield each line that is judged with the signals that were computed for it, None where there are none.

    Signals are written after their line of metrics: older ones belong to a step that was trained again.
    Lines of evaluations stand in between, without signals.
    """
    written = lines(Tail(run.signals))
    following = next(written, None)
    for line in lines(metrics):
        if is_evaluation(line):
            yield line, None
        if not is_judged(line):
            continue
        while following is not None and Said.of(following).before(Said.of(line)):
            following = next(written, None)
        if following is not None and _belongs(following, line):
            yield line, following
            following = next(written, None)
        else:
            yield line, None


def _belongs(signals: Json, line: Json) -> bool:
    attempts = {said.attempt for said in (Said.of(signals), Said.of(line)) if said.attempt}
    return signals.get("step") == line.get("step") and len(attempts) < 2


@dataclass
class Survey:
    """Which lines of metrics still want signals: those after the last one that has them."""

    metrics: Tail
    """Stands after the last line that was surveyed."""
    lines: int = 0
    """How many lines there are, those of evaluations among them."""
    count: int = 0
    """How many of them are of training steps."""
    unjudged: int = 0
    """How many of them, at the end, have no signals."""
    steps: list[int] = field(default_factory=list)
    """Their steps, ascending; a resumed attempt has replaced what it trained again."""
    attempt: int = 0
    """The attempt of the last line; 0 where it does not tell."""

    @classmethod
    def of(cls, run: RunDir) -> Survey:
        """Read metrics and signals once."""
        found = cls(Tail(run.metrics))
        for line, known in paired(run, found.metrics):
            found.lines += 1
            if not is_judged(line):
                continue
            found.count += 1
            step = as_int(line.get("step"))
            del found.steps[bisect_left(found.steps, step) :]
            found.steps.append(step)
            found.attempt = Said.of(line).attempt
            found.unjudged = 0 if known is not None else found.unjudged + 1
        return found

    @property
    def last(self) -> int:
        """The last step with a line of metrics; 0 when there is none."""
        return self.steps[-1] if self.steps else 0

    def wanted(self) -> list[tuple[int, int]]:
        """Return (low, high] for each step that still wants signals: the steps whose groups it sums up."""
        first = max(0, len(self.steps) - self.unjudged)
        lows = [0, *self.steps]
        return [(lows[index], self.steps[index]) for index in range(first, len(self.steps))]

    def is_ahead(self, group: Json) -> bool:
        """True for a group that no line sums up yet; those of a resumed attempt begin at an earlier step."""
        return as_int(group.get("step")) > self.last or Said.of(group).attempt > self.attempt


def approach(completions: Tail, survey: Survey) -> None:
    """Let a tail stand shortly before the groups that :func:`compute_missing` wants.

    Steps ascend within an attempt: what comes before a group of an earlier step is not wanted, but for the
    few groups before, which the first is compared with. Looks back from the end of the file, twice as far
    each time.
    """
    try:
        stat = os.stat(completions.path)
    except OSError:
        return
    wanted = survey.wanted()
    low = max(0, (wanted[0][0] if wanted else survey.last) - _BEFORE_STEPS)
    back = _CHUNK
    while back < stat.st_size:
        probe = Tail(completions.path, stat.st_ino, stat.st_size - back)
        first = next((line.data for line in probe.read(_CHUNK) if _is_train(line.data)), None)
        if first is not None and as_int(first.get("step")) <= low and not survey.is_ahead(first):
            completions.inode, completions.offset = stat.st_ino, stat.st_size - back
            return
        back *= 2


def _is_train(line: Json) -> bool:
    return bool(line.get("mode", Mode.TRAIN) == Mode.TRAIN)


@dataclass
class Missing:
    """Signals that were not written, from one reading of all groups."""

    found: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Signals by step."""
    ahead: list[Group] = field(default_factory=list)
    """Groups of steps that are not logged yet."""
    before: deque[Group] = field(default_factory=lambda: deque(maxlen=signals.BEFORE))
    """The last groups of logged steps, which the next are compared with."""

    def close(self, step: int | None, held: list[Group], span: RewardRange | None) -> None:
        """Sum a step up."""
        if step is not None and held:
            self.found[step] = signals.compute(step, held, span, self.before)
        self.before.extend(held)


def compute_missing(completions: Tail, survey: Survey, span: RewardRange | None) -> Missing:
    """Read the groups that follow, and compute the signals that are wanted.

    Groups that were generated again, by a resumed attempt, replace the old ones.
    """
    wanted = survey.wanted()
    highs = [high for _, high in wanted]
    missing = Missing()
    current: int | None = None
    held: list[Group] = []
    previous = (0, -1)
    for line in lines(completions):
        if not _is_train(line):
            continue
        step = as_int(line.get("step"))
        here = (step, as_int(line.get("group")))
        if here <= previous:
            held = [group for group in held if (group.step, group.group) < here]
            missing.ahead = [group for group in missing.ahead if (group.step, group.group) < here]
            missing.before.clear()
        previous = here
        if survey.is_ahead(line):
            missing.ahead.append(Group.from_json(line))
            continue
        place = bisect_left(highs, step)
        high = highs[place] if place < len(highs) and step > wanted[place][0] else None
        if high is None or high != current:
            missing.close(current, held, span)
            current, held = high, []
        held.append(Group.from_json(line))
    missing.close(current, held, span)
    return missing
