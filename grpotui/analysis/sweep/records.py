"""What is known of a sweep, as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from grpotui.analysis.compare.noise import Estimate
from grpotui.analysis.sweep.chance import Sample
from grpotui.contract import Mark
from grpotui.records import RunSummary
from grpotui.records.sweeps import Role, Sweep


class Outcome(StrEnum):
    """What the learning of a run came to, as far as a sweep asks."""

    GOOD = "good"
    COLLAPSED = "collapsed"
    """It learned, and then its answers fell apart; or a person called it degenerate."""
    STUCK = "stuck"
    """It cannot learn: no signal, or no rise of its reward by its end."""
    MIXED = "mixed"
    """Of a point: its runs disagree."""
    OPEN = "open"
    """Nobody can tell yet."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One run of a sweep, as far as it got."""

    run: RunSummary
    role: Role
    sample: Sample | None = None
    """The metric of this run alone; None while nothing is measured."""
    counts: bool = False
    """True when it may stand for its point: of a training run, once it has ended by itself or was stopped."""
    columns: Mapping[str, float] = field(default_factory=dict)
    """Name of a column -> its value."""
    outcome: Outcome = Outcome.OPEN


@dataclass(frozen=True, slots=True)
class Counts:
    """Runs of a point, or of a whole sweep, by how far they got."""

    done: int = 0
    running: int = 0
    waiting: int = 0
    failed: int = 0
    planned: int = 0
    """Runs that were asked for; more than there are while some are not even queued."""

    @property
    def open(self) -> bool:
        """True while anything may still come."""
        return self.running + self.waiting > 0

    @property
    def over(self) -> bool:
        """True when all that was asked for has ended."""
        return not self.open and self.done + self.failed >= self.planned


@dataclass(frozen=True, slots=True)
class Point:
    """One combination of values, with all that its runs showed."""

    number: int
    """From 1, in the order of the sweep."""
    values: Mapping[str, Any]
    """Dotted field -> value."""
    runs: tuple[Reading, ...] = ()
    counts: Counts = Counts()
    """Of the runs that the search asked for; repeats that confirm are counted in ``repeats``."""
    repeats: Counts = Counts()
    found: Sample | None = None
    """The metric over the runs of the search; None while nothing is measured."""
    confirmed: Sample | None = None
    """The metric over finished repeats with fresh seeds alone; None before all of them are in."""
    partial: bool = False
    """True when ``found`` is of runs that still go on, which counts for no rank in a sweep of trainings."""
    columns: Mapping[str, float] = field(default_factory=dict)
    """Name of a column -> its mean over the runs that ``found`` is of; once confirmed, over the repeats."""
    outcome: Outcome = Outcome.OPEN
    """What its judged runs agree on, or most of them."""
    verdicts: tuple[str, ...] = ()
    """Verdicts of its runs with their causes, such as ``collapsed (template)``; each once."""

    @property
    def standing(self) -> Sample | None:
        """What the point is ranked by: repeats where it was confirmed, since the search flatters the best."""
        return self.confirmed or self.found

    @property
    def estimate(self) -> Estimate | None:
        """``standing`` with its 95 % interval."""
        return None if self.standing is None else self.standing.interval()

    @property
    def run_ids(self) -> tuple[str, ...]:
        """Ids of its runs, those of the search first."""
        return tuple(one.run.id for one in self.runs)


@dataclass(frozen=True, slots=True)
class Edge:
    """The best point sits at the end of an axis: the optimum may lie beyond."""

    axis: str
    value: float
    upward: bool
    beyond: float
    """A value to try there."""

    @property
    def sign(self) -> str:
        """``->`` beyond the largest value, ``<-`` below the smallest."""
        return "->" if self.upward else "<-"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Which points are best, and how sure that is."""

    order: tuple[int, ...] = ()
    """Numbers of the points that have a rank, best first."""
    best: int | None = None
    ties: tuple[int, ...] = ()
    """Points that cannot be told from the best, without it."""
    degenerate: tuple[int, ...] = ()
    """Points that are not ranked, whatever their metric, since their runs collapsed."""
    edges: tuple[Edge, ...] = ()
    confirmed: bool = False
    """True when the best was repeated with fresh seeds."""

    @property
    def arrow(self) -> str:
        """Which ends of the grid the best sits at: ``->``, ``<-``, ``<->`` or nothing."""
        signs = {edge.sign for edge in self.edges}
        return "<->" if len(signs) > 1 else "".join(signs)


@dataclass(frozen=True, slots=True)
class Level:
    """One value of an axis, over the points that have it."""

    axis: str
    value: Any
    sample: Sample
    points: tuple[int, ...]
    balanced: bool
    """True when every value of the axis is seen with the same values of the other axes."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something that may be concluded, and what it rests on."""

    kind: str
    """What it is about: coverage, best, ties, edge, confirm, degenerate, cliff, effect, confound, ..."""
    text: str
    runs: tuple[str, ...] = ()
    steps: tuple[int, ...] = ()
    """Beside ``runs``: the step of each one that it was read at."""

    def to_json(self) -> dict[str, Any]:
        """Return the public form."""
        return {"kind": self.kind, "text": self.text, "runs": list(self.runs), "steps": list(self.steps)}


@dataclass(frozen=True, slots=True)
class Study:
    """A sweep with all that it shows so far."""

    sweep: Sweep
    metric: str
    """What points are ranked by, in words or as it was written."""
    points: tuple[Point, ...] = ()
    counts: Counts = Counts()
    """Of the search; repeats that confirm are in ``repeats``."""
    repeats: Counts = Counts()
    ranking: Ranking = Ranking()
    levels: tuple[Level, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    marks: tuple[Mark, ...] = ()
    """How the contract of the sweep stands."""
    columns: tuple[str, ...] = ()
    """Names of the columns that any point has, in their order."""

    @property
    def over(self) -> bool:
        """True when no run of the search will follow."""
        return self.counts.over

    @property
    def covered(self) -> int:
        """Points of which anything counts."""
        return sum(point.found is not None and not point.partial for point in self.points)

    @property
    def best(self) -> Point | None:
        """The best point; None while there is none."""
        return None if self.ranking.best is None else self.point(self.ranking.best)

    def point(self, number: int) -> Point:
        """Return a point by its number. Raises KeyError for none such."""
        for point in self.points:
            if point.number == number:
                return point
        raise KeyError(number)
