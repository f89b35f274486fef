"""A log as the rules take it, and what they say of it from its first line to its last."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grpotui.health import signals
from grpotui.health.monitor import Monitor, VerdictChange
from grpotui.records import Flag, Group, HealthContext, Verdict, as_float, as_int

SHOWN_METRICS = (
    "reward",
    "reward_std",
    "frac_reward_zero_std",
    "grpotui/zero_std",
    "entropy",
    "kl",
    "grad_norm",
    "loss",
    "learning_rate",
    "completions/mean_length",
    "completions/clipped_ratio",
    "clip_ratio/region_mean",
    "step_time",
    "eval_accuracy",
    "eval_train_accuracy",
    "grpotui/gap",
)
"""Metrics that a report holds beside health's own signals."""
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Log:
    """What was logged, in the order in which it was."""

    context: HealthContext
    metrics: Iterable[Json]
    groups: Iterable[Group] | None = None
    """Training groups; None where completions were not logged."""
    known: Iterable[tuple[Json, Json | None]] | None = None
    """Lines of metrics with the signals that were computed live, where those are all there is."""
    advice: str = ""
    """How to have completions logged."""


@dataclass
class Report:
    """What the rules say of a log."""

    verdict: Verdict = Verdict.WARMING_UP
    cause: str = ""
    changes: list[VerdictChange] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    signals: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    lines: int = 0
    """Training lines that were judged."""
    unjudged: tuple[str, ...] = ()
    """What could not be judged, and why."""

    def to_json(self) -> dict[str, Any]:
        """Return the document of ``grpotui health --json``."""
        return {
            "verdict": str(self.verdict),
            "cause": self.cause or None,
            "timeline": [
                {
                    "step": change.step,
                    "from": str(change.old),
                    "to": str(change.new),
                    "cause": change.cause or None,
                    "evidence": change.message,
                }
                for change in self.changes
            ],
            "signals": {name: [list(point) for point in points] for name, points in self.signals.items()},
        }


def replay(log: Log) -> Report:
    """Judge a log line by line, as a runner would have."""
    monitor, report = Monitor(log.context), Report()
    pairs = log.known if log.known is not None else _paired(log)
    texts = False
    for metrics, found in pairs:
        if "reward" not in metrics and "grpotui/gap" in metrics:
            report.flags += monitor.evaluation(metrics)
            _keep(report, metrics, {})
            continue
        judgement = monitor.step(metrics, found)
        texts = texts or bool(found)
        report.lines += "reward" in metrics
        report.flags += judgement.flags
        if judgement.change is not None:
            report.changes.append(judgement.change)
        _keep(report, metrics, found or {})
    report.verdict, report.cause = monitor.verdict, monitor.cause
    report.unjudged = tuple(_unjudged(log, report, texts))
    return report


def _keep(report: Report, metrics: Json, found: Json) -> None:
    step = as_int(metrics.get("step"), -1)
    if step < 0:
        return
    values = {name: metrics.get(name) for name in SHOWN_METRICS}
    values |= {name: value for name, value in found.items() if name != "step"}
    if as_int(found.get("groups")):
        values["zero_std"] = as_int(found.get("flat")) / as_int(found.get("groups"))
    for name, value in values.items():
        number = as_float(value)
        if number is not None:
            points = report.signals.setdefault(name, [])
            while points and points[-1][0] >= step:
                points.pop()
            points.append((step, number))


def _unjudged(log: Log, report: Report, texts: bool) -> Iterator[str]:
    if not report.lines:
        yield "nothing: there is no line with a step and a reward"
    elif not texts:
        yield (
            "templates, repetition, whether answers follow the prompt, and where rewards sit within groups: "
            f"there are no completions{log.advice}. Zero-std is TRL's, which float error can hide"
        )
    elif report.verdict is Verdict.WARMING_UP:
        yield f"the whole: {report.lines} logged steps are too few"


def _paired(log: Log) -> Iterator[tuple[Json, Json | None]]:
    """Yield each line of metrics with the signals of the groups that it stands for."""
    groups = _Groups(log.groups or ())
    before: deque[Group] = deque(maxlen=signals.BEFORE)
    last = -1
    for metrics in log.metrics:
        step = as_int(metrics.get("step"), -1)
        if "reward" not in metrics or step < 0:
            yield metrics, None
            continue
        if step <= last:
            groups.rewind()
            before.clear()
        used = groups.take(last if step > last else -1, step)
        last = step
        found = signals.compute(step, used, log.context.reward_range, before) if used else None
        before.extend(used)
        yield metrics, found


class _Groups:
    """Groups in the order in which they were made; a resumed run makes some again."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self._left = iter(groups)
        self._next = next(self._left, None)
        self._key = (-1, -1)

    def take(self, after: int, step: int) -> list[Group]:
        """Return the groups of steps in (after, step] that come next; of those made twice the later ones."""
        used: list[Group] = []
        while self._next is not None and self._next.step <= step:
            here = (self._next.step, self._next.group)
            if here <= self._key:
                if self._next.step <= after:
                    break  # of an attempt whose lines are still to come
                used = [group for group in used if (group.step, group.group) < here]
            self._key = here
            if self._next.step > after:
                used.append(self._next)
            self._next = next(self._left, None)
        return used

    def rewind(self) -> None:
        """Pass over what an earlier attempt made after its last line."""
        while self._next is not None and (self._next.step, self._next.group) > self._key:
            self._key = (self._next.step, self._next.group)
            self._next = next(self._left, None)
        self._key = (-1, -1)
