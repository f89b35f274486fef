"""Streams of a run, as the trainer and the signals would write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from grpotui.health.monitor import Judgement, Monitor
from grpotui.records import Flag, HealthContext, HealthSettings, RewardRange

Line = tuple[dict[str, Any], dict[str, Any] | None]

BINARY = RewardRange(0.0, 1.0)
SIGNED = RewardRange(-1.0, 1.0)


@dataclass(frozen=True)
class Scene:
    """One step: mean reward, flat groups by place of 4, cross-prompt similarity."""

    reward: float
    ceiling: int = 0
    floor: int = 0
    other: int = 0
    jaccard: float | None = None
    groups: int = 4

    def line(self, step: int) -> Line:
        flat = self.ceiling + self.floor + self.other
        metrics = {"step": step, "time": 1000.0 + step, "reward": self.reward}
        metrics |= {"grpotui/zero_std": flat / self.groups, "loss": 0.0}
        signals: dict[str, Any] = {"step": step, "groups": self.groups, "flat": flat, "ceiling": self.ceiling}
        signals |= {"floor": self.floor, "other": self.other, "jaccard_cross": self.jaccard}
        return metrics, signals


def lines(scene: Callable[[int], Scene], steps: Iterable[int]) -> list[Line]:
    return [scene(step).line(step) for step in steps]


def context(span: RewardRange | None = BINARY, **settings: Any) -> HealthContext:
    return HealthContext(span, num_generations=8, groups_per_step=4, settings=HealthSettings(**settings))


def watch(monitor: Monitor, stream: Iterable[Line]) -> list[Judgement]:
    return [monitor.step(metrics, signals) for metrics, signals in stream]


def verdicts(judgements: Iterable[Judgement]) -> list[tuple[int, str]]:
    return [(j.change.step, str(j.change.new)) for j in judgements if j.change]


def flags(judgements: Iterable[Judgement], kind: str) -> list[Flag]:
    return [flag for j in judgements for flag in j.flags if flag.kind == kind]


def judged(scene: Any, steps: int = 80, span: RewardRange | None = BINARY, **settings: Any) -> Any:
    monitor = Monitor(context(span, **settings))
    return monitor, watch(monitor, lines(scene, range(1, steps + 1)))
