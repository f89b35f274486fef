"""The words that runs are told in."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What the process of a run did."""

    DRAFT = "draft"
    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    LOST = "lost"

    @property
    def is_live(self) -> bool:
        """True while a runner process is expected to exist."""
        return self in (Status.STARTING, Status.RUNNING, Status.STOPPING)

    @property
    def is_ended(self) -> bool:
        """True once an attempt has ended, well or not."""
        return self in (Status.FINISHED, Status.FAILED, Status.STOPPED, Status.LOST)


class Verdict(StrEnum):
    """What the learning of a run did. Never mixed with :class:`Status`."""

    WARMING_UP = "warming-up"
    HEALTHY = "healthy"
    WARNING = "warning"
    COLLAPSED = "collapsed"
    NO_SIGNAL = "no-signal"
    SOLVED = "solved"
    RECOVERED = "recovered"


def is_bad(verdict: str | None) -> bool:
    """True for a verdict that the learning went wrong: collapsed or no-signal."""
    return verdict in (Verdict.COLLAPSED, Verdict.NO_SIGNAL)


def is_trouble(verdict: str | None) -> bool:
    """True for a bad verdict, and for the warning of one."""
    return verdict == Verdict.WARNING or is_bad(verdict)


class HumanVerdict(StrEnum):
    """What a person says the learning of a run did."""

    GOOD = "good"
    DEGENERATE = "degenerate"
    UNSURE = "unsure"


NO_HUMAN = "none"
"""Takes a person's verdict back."""


class RunKind(StrEnum):
    """What a run does: trains, evaluates a checkpoint, or only generates and scores."""

    TRAIN = "train"
    EVAL = "eval"
    ROLLOUTS = "rollouts"


class Mode(StrEnum):
    """Why a group was generated."""

    TRAIN = "train"
    EVAL = "eval"
    WATCH = "watch"
    ROLLOUT = "rollout"


class FlagKind(StrEnum):
    """``threshold``: a raw value crossed a line. ``verdict``: the judgement changed."""

    THRESHOLD = "threshold"
    VERDICT = "verdict"


class Level(StrEnum):
    """How a flag should be read. ``info`` also marks a value that went back under its line."""

    INFO = "info"
    WARN = "warn"
    BAD = "bad"


class Flat(StrEnum):
    """Where the reward of a group without spread sits within the declared reward range."""

    CEILING = "ceiling"
    FLOOR = "floor"
    OTHER = "other"
