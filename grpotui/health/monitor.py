"""Monitor: logged steps in, flags and the verdict out; the same live and replayed."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from grpotui.health import advice, wording
from grpotui.health.course import Course, Reading
from grpotui.health.gap import Gap
from grpotui.health.observation import Observation, observe
from grpotui.health.ranges import bounded, usual
from grpotui.health.rules import Cause, Facts, Signs, judge
from grpotui.health.states import Streaks, next_verdict
from grpotui.health.thresholds import MIN_GROUPS, Thresholds
from grpotui.health.vitals import Vitals
from grpotui.health.window import LEAST_LINES, Window
from grpotui.records import Flag, HealthContext, RewardRange, Verdict, as_float

_REMEMBERED = 64
"""Verdicts that a resumed run can fall back to."""

_SINCE = {
    Verdict.COLLAPSED: "bad",
    Verdict.WARNING: "trouble",
    Verdict.NO_SIGNAL: "no-signal",
    Verdict.SOLVED: "solved",
    Verdict.RECOVERED: "clean",
}
"""What has to have lasted for a verdict."""


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """The verdict changed at a logged step."""

    step: int
    old: Verdict
    new: Verdict
    cause: str
    """One of ``Cause``, for a solved run one of ``Caution``, or nothing."""
    message: str
    since: int = 0
    """Step at which it began, as far as can be told: a rescue goes back before it."""
    next: tuple[str, ...] = ()
    """One thing to try, as overrides such as ``grpo.beta=0.1``."""
    quotes: tuple[Mapping[str, Any], ...] = ()
    """Up to two completions: prompt, text, parsed, answer, reward."""

    def to_json(self) -> dict[str, Any]:
        """Return the ``verdict`` event less its type and time."""
        return {
            "step": self.step,
            "from": str(self.old),
            "to": str(self.new),
            "cause": self.cause,
            "message": self.message,
            "since": self.since,
            "next": list(self.next),
            "quotes": [dict(quote) for quote in self.quotes],
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one logged step brought."""

    flags: tuple[Flag, ...] = ()
    change: VerdictChange | None = None


class Monitor:
    """Judges one run. Feed it every line of ``metrics.jsonl`` in order; memory does not grow with them."""

    def __init__(self, context: HealthContext) -> None:
        self.context = context
        self._settings = context.settings
        self._span = bounded(context.reward_range)
        self._enough = min(context.settings.window_groups, MIN_GROUPS)
        self._window = Window(context.settings.window_groups)
        self._thresholds = Thresholds(context.settings)
        self._vitals = Vitals()
        self._gap = Gap(context.settings)
        self._streaks = Streaks()
        self._course = Course()
        self._last_step = -1
        self._changes: deque[VerdictChange] = deque(maxlen=_REMEMBERED)

    @property
    def verdict(self) -> Verdict:
        """The present verdict."""
        return self._changes[-1].new if self._changes else Verdict.WARMING_UP

    @property
    def cause(self) -> str:
        """The cause of the present verdict; empty when it needs none."""
        return self._changes[-1].cause if self._changes else ""

    @property
    def span(self) -> RewardRange | None:
        """The reward range: as declared, else as the rewards so far suggest."""
        if self._span is not None:
            return self._span
        if self._course.lowest is None or self._course.highest is None:
            return None
        return usual(self._course.lowest[0], self._course.highest[0])

    def step(self, metrics: Mapping[str, Any], signals: Mapping[str, Any] | None = None) -> Judgement:
        """Take in a line of ``metrics.jsonl``, and that of ``signals.jsonl`` for its step where there is one.

        Lines that are not about training are passed over. A step at or before the last one is a resumed
        run: what later steps brought is taken back.
        """
        seen = observe(metrics, signals, self.context)
        if seen is None:
            return Judgement()
        taken_back = self._rewind(seen.step) if seen.step <= self._last_step else None
        self._last_step = seen.step
        self._window.add(seen)
        self._course.see(seen, _extremes(seen, signals or {}))
        reading = Reading(seen.step, self._window.pooled(self.span), self._window.lately())
        flags = self._vitals.step(seen, reading, self._course)
        if reading.pooled.groups >= self._enough:
            flags += self._thresholds.spread(seen, reading.pooled, self.span)
        flags += self._thresholds.similarity(seen)
        change = self._judge(reading, flags)
        if self._judged(reading):
            self._course.add(reading, self._window.full)
        return Judgement(tuple(flags), _joined(taken_back, change))

    def evaluation(self, metrics: Mapping[str, Any]) -> list[Flag]:
        """Take in a line of ``metrics.jsonl`` that an evaluation logged; return its flags."""
        return self._gap.step(metrics)

    def _judge(self, reading: Reading, flags: list[Flag]) -> VerdictChange | None:
        broken = self._window.nonfinite()
        if not self._judged(reading) and not broken[0]:
            return None
        facts = Facts(
            now=reading,
            course=self._course,
            context=self.context,
            span=self.span,
            declared=self._span is not None,
            verdict=self.verdict,
            nonfinite=broken,
        )
        signs = judge(facts)
        self._streaks.add(reading.step, signs)
        if not self._window.full and signs.bad is not Cause.NON_FINITE:
            return None
        new = next_verdict(self.verdict, self._streaks, self._patience)
        return None if new is self.verdict else self._change(new, signs, facts, flags)

    def _judged(self, reading: Reading) -> bool:
        """True once a window holds enough to be looked at, though not yet for a verdict."""
        return reading.pooled.groups >= self._enough and reading.pooled.lines >= LEAST_LINES

    @property
    def _patience(self) -> int:
        """Logged steps that a sign has to last; fewer where each stands for many optimizer steps."""
        patience = self._settings.patience
        return max(min(2, patience), math.ceil(patience / self._window.stride))

    def _change(self, new: Verdict, signs: Signs, facts: Facts, flags: list[Flag]) -> VerdictChange:
        step, cause = facts.now.step, _cause(new, signs)
        since = self._streaks.since(_SINCE.get(new, ""), step)
        if new is Verdict.COLLAPSED:
            # What is judged over a window began within it, and hardly before the first sign of trouble.
            since = max(self._streaks.since("trouble", since), facts.pooled.first)
        case = wording.Case(
            verdict=new,
            cause=cause,
            since=since,
            facts=facts,
            template=self._window.template(),
            quotes=self._window.quotes(),
            next=advice.next_step(new, cause, facts),
        )
        text = wording.message(case)
        flags.append(wording.flag(case, text))
        change = VerdictChange(step, self.verdict, new, cause, text, since, case.next, case.quotes)
        self._changes.append(change)
        return change

    def _rewind(self, step: int) -> VerdictChange | None:
        """Take back what steps from ``step`` on brought; return the change of verdict, if that is one."""
        before = self.verdict
        for part in (self._window, self._thresholds, self._vitals, self._gap, self._course):
            part.drop_from(step)
        self._streaks.clear()
        while self._changes and self._changes[-1].step >= step:
            self._changes.pop()
        if self.verdict is before:
            return None
        text = f"resumed at step {step}: what was judged from there on is taken back"
        return VerdictChange(step, before, self.verdict, self.cause, text, since=step)


def _cause(verdict: Verdict, signs: Signs) -> str:
    found = {
        Verdict.COLLAPSED: signs.bad,
        Verdict.WARNING: signs.warn,
        Verdict.NO_SIGNAL: signs.no_signal,
        Verdict.SOLVED: signs.caution,
    }.get(verdict)
    return str(found or "")


def _extremes(seen: Observation, signals: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return the lowest and the highest reward of a step: of completions where known, else the mean."""
    low, high = as_float(signals.get("reward_low")), as_float(signals.get("reward_high"))
    if low is not None and high is not None and low <= high:
        return low, high
    return None if seen.reward is None else (seen.reward, seen.reward)


def _joined(first: VerdictChange | None, second: VerdictChange | None) -> VerdictChange | None:
    """Return two changes of one step as one."""
    if first is None or second is None:
        return first or second
    return replace(second, old=first.old)
