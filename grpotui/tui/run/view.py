"""What the Run screen shows: one frozen snapshot of a run, and what follows from it. No I/O."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from grpotui.analysis.rollouts import Rollouts
from grpotui.records import (
    Flag,
    FlagKind,
    HealthSettings,
    Level,
    Mode,
    RewardRange,
    RunSummary,
    is_bad,
    is_trouble,
)
from grpotui.records.keys import EVAL_ACCURACY, REWARD
from grpotui.records.lineage import StageMark
from grpotui.tui.run.axis import BY_STEP, KEYS, SAMPLES, STEP, Axis, by_samples, by_series
from grpotui.tui.run.series import Series
from grpotui.tui.run.window import Span, View

EMPTY = Series()
DEFAULT_HEALTH = HealthSettings()

VITALS = (
    ("kl", "kl"),
    ("entropy", "entropy"),
    ("length", "completions/mean_length"),
    ("truncated", "completions/clipped_ratio"),
    ("grad_norm", "grad_norm"),
    ("lr", "learning_rate"),
    ("loss", "loss"),
)
"""Label and metric key of the strip of vitals, the most telling first."""
FIRST_KEYS = (REWARD, EVAL_ACCURACY, "eval_reward", *(key for _, key in VITALS), "reward_std")
"""The order in which metrics come into the large chart; all others follow by name."""
HIDDEN_KEYS = frozenset({"step", "time", "epoch"})


@dataclass(frozen=True, slots=True, eq=False)
class RunSnapshot:
    """Everything about a run at one moment, groups aside. A series that did not change is the same object."""

    run: RunSummary
    time: float = 0.0
    series: Mapping[str, Series] = field(default_factory=lambda: MappingProxyType({}))
    steps: tuple[int, ...] = ()
    """Steps that have a metrics line or groups, ascending."""
    group_steps: tuple[int, ...] = ()
    """Steps that have groups of ``mode``."""
    mode: Mode = Mode.TRAIN
    modes: tuple[Mode, ...] = ()
    """Which groups the run has: of training, watch prompts, evaluations."""
    flags: tuple[Flag, ...] = ()
    """By step, then as they came."""
    stages: tuple[StageMark, ...] = ()
    """Where the stages of a curriculum began."""
    log: tuple[str, ...] = ()
    """The last lines of the trainer's output, as it wrote them."""
    reward_range: RewardRange | None = None
    health: HealthSettings = DEFAULT_HEALTH
    waits_for: str = ""
    per_step: int | None = None
    """Completions that one step trains on, where the config tells."""
    contract: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """How the run's contract stands, as in ``contract.json``; empty without one."""
    policy: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What the runner does by itself."""
    rollouts: Rollouts | None = None
    """What a run that only generates has found; None for one of another kind."""
    replaying: bool = False
    """True while a resumed attempt replaces steps that were there before."""

    def get(self, key: str) -> Series:
        """Return a metric's series; an empty one when it was never logged."""
        return self.series.get(key, EMPTY)

    # The axis and the part of the run that charts show

    @property
    def whole(self) -> Span:
        """First and last step of the run so far."""
        return (float(min(self.steps[0], 1)), float(self.steps[-1])) if self.steps else (0.0, 1.0)

    def span(self, view: View) -> Span:
        """Return first and last step that charts show."""
        return view.span or self.whole

    @property
    def axes(self) -> list[str]:
        """Names of the axes that this run has data for."""
        found = [name for name, key in KEYS.items() if len(self.get(key)) > 1]
        return [STEP, *found, *([SAMPLES] if self.per_step else [])]

    def axis(self, name: str) -> Axis:
        """Return an axis; the one of steps where there is no data for another."""
        if name not in self.axes or name == STEP:
            return BY_STEP
        return by_samples(self.per_step or 1) if name == SAMPLES else by_series(name, self.get(KEYS[name]))

    @property
    def chart_keys(self) -> list[str]:
        """Metrics that the large chart can show, in the order of ``z``."""
        per_task = sorted(key for key in self.series if key.startswith(f"{REWARD}/"))
        order = (FIRST_KEYS[0], *per_task, *FIRST_KEYS[1:])
        first = [key for key in order if self.get(key)]
        rest = sorted(key for key in self.series if key not in first and key not in HIDDEN_KEYS)
        return (first + rest) or [REWARD]

    @property
    def vitals(self) -> list[tuple[str, str]]:
        """Label and key of every metric that was logged, those of VITALS first."""
        first = [(label, key) for label, key in VITALS if self.get(key)]
        shown = {key for _, key in first}
        return first + [(key, key) for key in self.chart_keys if key not in shown and self.get(key)]

    @property
    def flag_steps(self) -> list[int]:
        """Steps with a flag that ``{`` and ``}`` stop at."""
        return sorted({flag.step for flag in self.flags})

    def group_step(self, step: int) -> int | None:
        """Return the step whose groups are in use at ``step``: its own, else the last one before it."""
        place = bisect_right(self.group_steps, step)
        if place:
            return self.group_steps[place - 1]
        return self.group_steps[0] if self.group_steps else None


def opening_step(snapshot: RunSnapshot) -> int | None:
    """Return the step to open a run at: the onset of its trouble, None for the newest step.

    The onset is the first bad verdict. A raw value over its line counts only when an ended run was judged
    bad. A run that goes on and is well again opens at its newest step.
    """
    ended = snapshot.run.status.is_ended
    if not ended and not is_bad(snapshot.run.verdict):
        return None
    bad = [flag for flag in snapshot.flags if flag.level is Level.BAD]
    judged = [flag for flag in bad if flag.kind is FlagKind.VERDICT]
    if ended and not judged and is_trouble(snapshot.run.verdict):
        judged = bad
    return judged[0].step if judged else None
