"""What one evaluation says: signs of trouble or success, without memory of the steps before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from grpotui.health.window import Pooled
from grpotui.records import HealthSettings, RewardRange, Verdict

CEILING = 0.95
"""Normalised mean reward at which a run counts as solved."""
CEILING_LEFT = 0.90
"""Below it, a solved run is so no longer."""
NO_SIGNAL_FLOOR = 0.9
"""Share of groups flat at the lowest reward at which there is nothing to learn from."""
NO_SIGNAL_REWARD = 0.02
"""Normalised mean reward up to which that holds."""
EASE = 0.8
"""A line that was crossed counts as crossed down to this part of it, so that nothing flickers."""
RISE = 0.25
"""Flat groups at the floor mean collapse only when there are this many more: else the task is hard."""
CRASH = 0.1
"""Drop of the normalised reward from its best window that is called a crash."""
EQUAL = 1e-6


class Cause(StrEnum):
    """Why a verdict is what it is."""

    TEMPLATE = "template"
    """Answers to different prompts are alike."""
    LOW_DIVERSITY = "low-diversity"
    """Rewards within groups are the same, between floor and ceiling."""
    FLOOR = "floor"
    """Rewards are the lowest possible."""
    CRASH = "crash"
    """Rewards fell to the lowest possible."""
    CONSTANT_REWARD = "constant-reward"
    """The reward never differed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules look at."""

    step: int
    pooled: Pooled
    jaccard: float | None
    best: float | None = None
    """Highest normalised reward of a full window so far."""
    least_stuck: float | None = None
    """Lowest share of groups flat below the ceiling of a full window so far."""
    lowest: float | None = None
    highest: float | None = None
    """Lowest and highest logged reward so far."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What one evaluation says; at most one of bad and solved."""

    bad: Cause | None = None
    warn: Cause | None = None
    no_signal: Cause | None = None
    solved: bool = False

    @property
    def clean(self) -> bool:
        """True when nothing speaks against the run."""
        return self.bad is None and self.warn is None and self.no_signal is None


def stuck_share(pooled: Pooled) -> float:
    """Return the share of groups without reward spread that are not at the ceiling."""
    return pooled.share(pooled.floor + pooled.other)


def normalised(pooled: Pooled, span: RewardRange | None) -> float | None:
    """Return the pooled reward in [0, 1]; None where the range or the reward is not known."""
    return None if span is None or pooled.reward is None else span.normalise(pooled.reward)


def judge(reading: Reading, settings: HealthSettings, span: RewardRange | None, verdict: Verdict) -> Signs:
    """Return what ``reading`` says of a run whose present verdict is ``verdict``."""
    reward = normalised(reading.pooled, span)
    at_ceiling = reward is not None and reward >= (CEILING_LEFT if verdict is Verdict.SOLVED else CEILING)
    ease = EASE if verdict in (Verdict.WARNING, Verdict.COLLAPSED) else 1.0
    bad_ease = EASE if verdict is Verdict.COLLAPSED else 1.0
    alike = reading.jaccard if reading.jaccard is not None else 0.0
    no_signal = _no_signal(reading, span, verdict is Verdict.NO_SIGNAL) if not at_ceiling else None
    stuck = _Stuck.of(reading, span) if not at_ceiling else _Stuck()
    bad = warn = None
    if alike >= settings.jaccard_bad * bad_ease:
        bad = Cause.TEMPLATE
    elif stuck.telling >= settings.zero_std_bad * bad_ease:
        bad = Cause.TEMPLATE if alike >= settings.jaccard_warn else stuck.cause
    if alike >= settings.jaccard_warn * ease:
        warn = Cause.TEMPLATE
    elif stuck.share >= settings.zero_std_warn * ease:
        warn = stuck.cause
    return Signs(bad, warn or bad, no_signal, solved=at_ceiling and alike < settings.jaccard_warn)


@dataclass(frozen=True, slots=True)
class _Stuck:
    """Groups without spread below the ceiling; nothing is known where the reward range is not."""

    share: float = 0.0
    telling: float = 0.0
    """The part that speaks of collapse."""
    cause: Cause = Cause.LOW_DIVERSITY

    @classmethod
    def of(cls, reading: Reading, span: RewardRange | None) -> _Stuck:
        if span is None:
            return cls()
        pooled = reading.pooled
        share = stuck_share(pooled)
        least = share if reading.least_stuck is None else reading.least_stuck
        telling = share if share - least >= RISE else pooled.share(pooled.other)
        cause = Cause.LOW_DIVERSITY
        if pooled.floor > pooled.other:
            cause = Cause.CRASH if _crashed(reading, span) else Cause.FLOOR
        return cls(share, telling, cause)


def _crashed(reading: Reading, span: RewardRange | None) -> bool:
    reward = normalised(reading.pooled, span)
    return reward is not None and reading.best is not None and reading.best - reward >= CRASH


def _no_signal(reading: Reading, span: RewardRange | None, already: bool) -> Cause | None:
    """Return why there is nothing to learn from, if so."""
    pooled = reading.pooled
    reward = normalised(pooled, span)
    enough = NO_SIGNAL_FLOOR * (EASE if already else 1.0)
    hopeless = reward is not None and reward <= NO_SIGNAL_REWARD * (2 if already else 1)
    if hopeless and pooled.share(pooled.floor) >= enough and not _crashed(reading, span):
        return Cause.FLOOR
    if reading.lowest is None or reading.highest is None or span is None:
        return None
    same = reading.highest - reading.lowest < EQUAL
    return Cause.CONSTANT_REWARD if same and pooled.share(pooled.flat) >= enough else None
