"""Runs the rules over made-up runs and scores what they said, and when."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.health import bad, healthy, naive
from benchmarks.health.model import Run
from grpotui.health.monitor import Monitor
from grpotui.health.signals import BEFORE, compute
from grpotui.records import Group, HealthContext, Verdict

ALARMS = (Verdict.COLLAPSED, Verdict.NO_SIGNAL)
OURS = "grpotui"
Line = tuple[dict[str, Any], dict[str, Any]]


@dataclass(frozen=True)
class Stream:
    """A made-up run as it would be logged."""

    kind: str
    seed: int
    onset: int | None
    context: HealthContext
    lines: list[Line]


@dataclass(frozen=True)
class Told:
    """What was said of one stream."""

    stream: Stream
    alarm: int | None
    """Step of the first alarm that counts: on a bad run the first one at all."""
    end: Verdict
    cause: str
    """Of the alarm, or of the verdict that the run ended with."""
    stood: frozenset[Verdict]
    naive: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def premature(self) -> bool:
        return self.stream.onset is not None and self.alarm is not None and self.alarm < self.stream.onset

    @property
    def delay(self) -> int | None:
        if self.stream.onset is None or self.alarm is None or self.premature:
            return None
        return self.alarm - self.stream.onset


def stream(kind: str, seed: int) -> Stream:
    """Make one run, with its signals."""
    make = {**healthy.KINDS, **bad.KINDS}[kind]
    run = Run(kind, make(random.Random(f"{seed} {kind}")), seed)
    lines: list[Line] = []
    before: list[Group] = []
    for metrics, groups in run.steps():
        lines.append((metrics, compute(metrics["step"], groups, run.context.reward_range, before)))
        before = [*before, *groups][-BEFORE:]
    return Stream(kind, seed, run.plan.onset, run.context, lines)


def judge(made: Stream) -> Told:
    """Run our rules, and the naive ones, over a stream."""
    monitor = Monitor(made.context)
    alarm, cause, stood = None, "", set()
    naive_rules = dict(naive.rules())
    naive_alarms: dict[str, int | None] = dict.fromkeys(naive_rules)
    for metrics, signals in made.lines:
        change = monitor.step(metrics, signals).change
        stood.add(monitor.verdict)
        if change and change.new in ALARMS and alarm is None:
            alarm, cause = change.step, change.cause
        for name, rule in naive_rules.items():
            if rule.step(metrics, signals) and naive_alarms[name] is None:
                naive_alarms[name] = metrics["step"]
    return Told(made, alarm, monitor.verdict, cause or monitor.cause, frozenset(stood), naive_alarms)


def delays(told: Iterable[Told]) -> list[int]:
    return sorted(delay for one in told if (delay := one.delay) is not None)


def p95(values: list[int]) -> int:
    return values[min(len(values) - 1, int(0.95 * len(values)))] if values else 0


def middle(values: list[int]) -> float:
    return statistics.median(values) if values else 0.0
