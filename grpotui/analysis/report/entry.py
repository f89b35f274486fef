"""One run as a report tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from grpotui.analysis.compare.noise import BLOCKS, Estimate, windowed, within
from grpotui.analysis.compare.outcome import held_out, window_of
from grpotui.analysis.compare.subject import Curve, Subject
from grpotui.analysis.report.statement import Source
from grpotui.analysis.sweep.reading import outcome_of
from grpotui.analysis.sweep.records import Outcome
from grpotui.records import RewardRange, RunKind, RunSummary, Status
from grpotui.records.keys import EVAL_ACCURACY, REWARD

START = 2 * BLOCKS
"""First logged steps that stand for what a run began with."""


@dataclass(frozen=True, slots=True)
class Measured:
    """An estimate and the steps that it was read at."""

    estimate: Estimate
    first: int
    last: int

    @property
    def steps(self) -> str:
        """``steps 451-500`` or ``step 500``."""
        return f"step {self.last}" if self.first == self.last else f"steps {self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Held-out accuracy of the last evaluation, and of the first one where that is another."""

    now: Measured
    n: int | None
    before: float | None
    """Of the first evaluation, which the base model has; None where there was only one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A run with what was asked of it and what came of it."""

    subject: Subject
    number: int
    """From 1, oldest first."""
    came: Outcome = Outcome.OPEN
    end: Measured | None = None
    """Reward of its last logged steps."""
    start: Measured | None = None
    """Reward of its first START steps; None for a run too short for both."""
    accuracy: Accuracy | None = None
    contract: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
    rollouts: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """What a run that only generates came to, by the names of its metrics."""
    asked: str = ""
    """The preset, and what was changed in it."""
    command: tuple[str, ...] = ()
    """Lines that ask for it again."""

    @property
    def run(self) -> RunSummary:
        """The run."""
        return self.subject.run

    @property
    def id(self) -> str:
        """The run's id."""
        return self.subject.run.id

    @property
    def planned(self) -> bool:
        """True for a run that was not started yet."""
        return self.run.status in (Status.DRAFT, Status.QUEUED) and not self.run.step

    @property
    def trains(self) -> bool:
        """True for a run that learns something."""
        return self.run.kind is RunKind.TRAIN

    @property
    def pass_rate(self) -> Estimate | None:
        """The share of completions that passed in its last steps; None where the reward is not binary."""
        span = self.subject.span
        if self.end is None or span is None or not span.binary:
            return None
        ends = (self.end.estimate.low, self.end.estimate.high)
        low, high = (None if end is None else span.normalise(end) for end in ends)
        return Estimate(span.normalise(self.end.estimate.value), low, high)

    @property
    def source(self) -> Source:
        """The run and the steps that stand for its end."""
        return Source(self.id, self.end.first, self.end.last) if self.end else Source(self.id)

    @property
    def verdict_source(self) -> Source:
        """The run and the step that its verdict is of."""
        step = self.run.verdict_step
        return self.source if step is None else Source(self.id, step, max(step, self.run.step))

    @property
    def hypothesis(self) -> str:
        """What its contract says beforehand; empty without one."""
        return str(self.contract.get("hypothesis") or "")


def measured(curve: Curve, count: int, last: bool = True, span: RewardRange | None = None) -> Measured | None:
    """Return the mean of the last or first ``count`` finite values with its interval and its steps."""
    known = [(s, v) for s, v in zip(curve.steps, curve.values, strict=True) if v == v]
    some = known[-count:] if last else known[:count]
    found = within(windowed([value for _, value in some]), span)
    return None if found is None else Measured(found, some[0][0], some[-1][0])


def entry(subject: Subject, number: int, window: int | None = None, **told: Any) -> Entry:
    """Return a run measured over its last ``window`` logged steps, or the usual ones.

    ``told`` is what its curves do not say.
    """
    curve, run = subject.curve(REWARD), subject.run
    end = measured(curve, window_of(len(curve.steps), window), span=subject.span)
    start = measured(curve, START, last=False, span=subject.span) if end and end.first > START else None
    came = outcome_of(run, curve, window) if run.kind is RunKind.TRAIN and run.step else Outcome.OPEN
    return Entry(subject, number, came, end, start, _accuracy(subject), **told)


def _accuracy(subject: Subject) -> Accuracy | None:
    curve, found = subject.curve(EVAL_ACCURACY), held_out(subject)
    points = [(s, v) for s, v in zip(curve.steps, curve.values, strict=True) if v == v]
    if found is None or not points:
        return None
    asked = subject.curve("eval_n").last(1)
    step = points[-1][0]
    before = points[0][1] if len(points) > 1 else None
    return Accuracy(Measured(found, step, step), int(asked[0]) if asked else None, before)


def of_kind(entries: Sequence[Entry], *kinds: RunKind) -> list[Entry]:
    """Return the runs of these kinds."""
    return [one for one in entries if one.run.kind in kinds]
