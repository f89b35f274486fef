"""Monitor: logged steps in, flags and the verdict out; the same live and replayed."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from grpotui.health import rules, wording
from grpotui.health.rules import Reading, Signs
from grpotui.health.states import Streaks, next_verdict
from grpotui.health.thresholds import MIN_GROUPS, Thresholds
from grpotui.health.window import Window, bounded, observe
from grpotui.records import Flag, HealthContext, Verdict

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
    message: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one logged step brought."""

    flags: tuple[Flag, ...] = ()
    change: VerdictChange | None = None


@dataclass(frozen=True, slots=True)
class _Extremes:
    """The best and the worst so far, each with its step, so that a resumed run can take it back."""

    best: tuple[float, int] | None = None
    least_stuck: tuple[float, int] | None = None
    lowest: tuple[float, int] | None = None
    highest: tuple[float, int] | None = None

    def before(self, step: int) -> _Extremes:
        def kept(pair: tuple[float, int] | None) -> tuple[float, int] | None:
            return None if pair is None or pair[1] >= step else pair

        return _Extremes(kept(self.best), kept(self.least_stuck), kept(self.lowest), kept(self.highest))


class Monitor:
    """Judges one run. Feed it every line of ``metrics.jsonl`` in order; memory does not grow with them."""

    def __init__(self, context: HealthContext) -> None:
        self.context = context
        self._settings = context.settings
        self._enough = min(context.settings.window_groups, MIN_GROUPS)
        self._span = bounded(context.reward_range)
        self._window = Window(context.settings.window_groups, context.settings.patience)
        self._thresholds = Thresholds(context.settings, self._span)
        self._streaks = Streaks()
        self._extremes = _Extremes()
        self._start: Reading | None = None
        self._last_step = -1
        self._changes: deque[VerdictChange] = deque(maxlen=_REMEMBERED)

    @property
    def verdict(self) -> Verdict:
        """The present verdict."""
        return self._changes[-1].new if self._changes else Verdict.WARMING_UP

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
        reading = self._read(seen.step, seen.reward)
        flags = self._thresholds.step(seen, reading.pooled)
        change = self._judge(reading, flags) if reading.pooled.groups >= self._enough else None
        return Judgement(tuple(flags), _joined(taken_back, change))

    def evaluation(self, metrics: Mapping[str, Any]) -> list[Flag]:
        """Take in a line of ``metrics.jsonl`` that an evaluation logged; return its flags."""
        return self._thresholds.evaluation(metrics)

    def _read(self, step: int, reward: float | None) -> Reading:
        """Pool the window and note what is the best and worst so far."""
        pooled = self._window.pooled()
        now = self._extremes
        if reward is not None:
            lowest, highest = _less(now.lowest, reward, step), _more(now.highest, reward, step)
            now = replace(now, lowest=lowest, highest=highest)
        if pooled.groups >= self._settings.window_groups:
            level = rules.normalised(pooled, self._span)
            if level is not None:
                now = replace(now, best=_more(now.best, level, step))
            now = replace(now, least_stuck=_less(now.least_stuck, rules.stuck_share(pooled), step))
        self._extremes = now
        reading = Reading(
            step=step,
            pooled=pooled,
            jaccard=self._window.jaccard(),
            best=_value(now.best),
            least_stuck=_value(now.least_stuck),
            lowest=_value(now.lowest),
            highest=_value(now.highest),
        )
        if self._start is None and pooled.groups >= self._enough:
            self._start = reading
        return reading

    def _judge(self, reading: Reading, flags: list[Flag]) -> VerdictChange | None:
        signs = rules.judge(reading, self._settings, self._span, self.verdict)
        self._streaks.add(reading.step, signs)
        if reading.pooled.groups < self._settings.window_groups:
            return None
        new = next_verdict(self.verdict, self._streaks, self._settings.patience)
        if new is self.verdict:
            return None
        case = wording.Case(
            verdict=new,
            cause=_cause(new, signs),
            since=self._streaks.since(_SINCE.get(new, ""), reading.step),
            reading=reading,
            start=self._start or reading,
            settings=self._settings,
            span=self._span,
        )
        text = wording.message(case)
        flags.append(wording.flag(case, reading.step, text))
        change = VerdictChange(reading.step, self.verdict, new, str(case.cause or ""), text)
        self._changes.append(change)
        return change

    def _rewind(self, step: int) -> VerdictChange | None:
        """Take back what steps from ``step`` on brought; return the change of verdict, if that is one."""
        before = self.verdict
        self._window.drop_from(step)
        self._thresholds.drop_from(step)
        self._streaks.clear()
        self._extremes = self._extremes.before(step)
        while self._changes and self._changes[-1].step >= step:
            self._changes.pop()
        if self._start is not None and self._start.step >= step:
            self._start = None
        if self.verdict is before:
            return None
        kept = self._changes[-1] if self._changes else None
        text = f"resumed at step {step}: what was judged from there on is taken back"
        return VerdictChange(step, before, self.verdict, kept.cause if kept else "", text)


def _cause(verdict: Verdict, signs: Signs) -> rules.Cause | None:
    match verdict:
        case Verdict.COLLAPSED:
            return signs.bad
        case Verdict.WARNING:
            return signs.warn
        case Verdict.NO_SIGNAL:
            return signs.no_signal
    return None


def _joined(first: VerdictChange | None, second: VerdictChange | None) -> VerdictChange | None:
    """Return two changes of one step as one."""
    if first is None or second is None:
        return first or second
    return replace(second, old=first.old)


def _value(pair: tuple[float, int] | None) -> float | None:
    return None if pair is None else pair[0]


def _less(pair: tuple[float, int] | None, value: float, step: int) -> tuple[float, int]:
    return (value, step) if pair is None or value < pair[0] else pair


def _more(pair: tuple[float, int] | None, value: float, step: int) -> tuple[float, int]:
    return (value, step) if pair is None or value > pair[0] else pair
