"""What the points of a sweep are ranked by, and its value in one run."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from grpotui.analysis.compare.noise import BLOCKS, SHARE, Estimate, windowed
from grpotui.analysis.compare.outcome import WINDOW, window_of
from grpotui.analysis.compare.subject import Curve
from grpotui.analysis.sweep.chance import Sample, of_prompts
from grpotui.contract import Contract, ContractError, Tracker
from grpotui.contract.names import STUCK
from grpotui.contract.nodes import Metric as Named
from grpotui.contract.nodes import Node, Summary
from grpotui.contract.syntax import measure
from grpotui.contract.terms import Forecast
from grpotui.records import Mode, RunKind, RunSummary, as_int
from grpotui.records.intervals import t95
from grpotui.records.keys import EVAL_ACCURACY, REWARD, ZERO_STD, ZERO_STD_CEILING
from grpotui.records.sweeps import Sweep
from grpotui.registry import prompts
from grpotui.registry.queries import Registry

ROLLOUT_REWARD = "mean reward over rollouts"
HELD_OUT = "held-out accuracy"
_USUAL = ("", "reward", "mean(reward)", "rollouts/reward")
"""Metrics of a probe that mean the usual one."""
_EVER = 2**60


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured; ``node`` is None for the usual one of the kind."""

    text: str
    node: Node | None = None
    why: str = ""
    """Why it is not the one that was asked for."""
    window: int | None = None
    """Last logged steps of a training that its rewards and other columns are the mean of; None: the usual."""

    def steps_of(self, rewards: Curve) -> int:
        """Return the last logged steps that stand for a training with these rewards."""
        return window_of(len(rewards.steps), self.window)


def train_reward(window: int | None = None) -> str:
    """Return what the usual metric of trainings that are not evaluated is called."""
    if window is None:
        return f"mean reward of the last {WINDOW} steps, at most half of a run"
    return f"mean reward of the last {f'{window} steps' if window > 1 else 'step'}"


def metric_of(
    registry: Registry, sweep: Sweep, runs: Iterable[RunSummary], window: int | None = None
) -> Metric:
    """Return what a sweep is ranked by: what was asked for, else the usual one.

    Usual: of rollouts their mean reward; of trainings that are evaluated the held-out accuracy, else the mean
    reward of the last ``window`` logged steps; None for the usual ones.
    """
    asked = sweep.metric.strip()
    if sweep.kind is RunKind.ROLLOUTS and asked in _USUAL:
        return Metric(ROLLOUT_REWARD)
    why = ""
    if asked:
        try:
            return Metric(asked, measure(asked), window=window)
        except ContractError as error:
            why = f"{asked}: {error}"
    if sweep.kind is RunKind.ROLLOUTS:
        return Metric(ROLLOUT_REWARD, None, why)
    usual = HELD_OUT if _evaluated(registry, runs) else train_reward(window)
    return Metric(usual, None, why, window)


def _evaluated(registry: Registry, runs: Iterable[RunSummary]) -> bool:
    for run in runs:
        table = registry.config(run.id).get("eval")
        return isinstance(table, dict) and as_int(table.get("every")) > 0
    return False


def value_of(registry: Registry, run: RunSummary, metric: Metric) -> Sample | None:
    """Return a metric of one run at its last step, with what its own window or prompts tell of the error."""
    if metric.node is not None:
        return _expression(registry, run.id, metric)
    if metric.text == ROLLOUT_REWARD:
        asked = prompts.means(registry, run.id, 0, _EVER, Mode.ROLLOUT)
        return of_prompts(asked, registry.reward_range(run.id))
    if metric.text == HELD_OUT:
        return held_out(registry, run.id)
    rewards = Curve(*registry.columns(run.id, REWARD))
    found = of_window(rewards.last(metric.steps_of(rewards)))
    return None if found is None else replace(found, span=registry.reward_range(run.id))


def of_window(values: list[float]) -> Sample | None:
    """Return the mean of a window with the error that the spread of its parts tells."""
    found = windowed(values)
    if found is None:
        return None
    if found.low is None or found.high is None:
        return Sample(found.value)
    df = BLOCKS - 1
    return Sample(found.value, (found.high - found.low) / 2 / t95(df), df)


def held_out(registry: Registry, run_id: str) -> Sample | None:
    """Return the newest held-out accuracy, with the error that its logged interval tells."""
    found = [
        Curve(*registry.columns(run_id, f"{EVAL_ACCURACY}{end}")).last(1) for end in ("", "_low", "_high")
    ]
    value, low, high = found
    if not value:
        return None
    if not low or not high:
        return Sample(value[0], span=SHARE)
    logged = Estimate(value[0], low[0], high[0])
    return Sample(value[0], (high[0] - low[0]) / 2 / t95(math.inf), span=SHARE, own=logged)


def _expression(registry: Registry, run_id: str, metric: Metric) -> Sample | None:
    node = metric.node
    if isinstance(node, Summary) and node.function == "mean" and node.last and node.metric.key != STUCK:
        values = Curve(*registry.columns(run_id, node.metric.key)).last(node.last)
        return of_window(values) if len(values) >= node.last else None
    assert node is not None  # noqa: S101  (the caller saw one)
    tracker = Tracker(Contract(forecasts=(Forecast(metric.text, node, -math.inf, math.inf),)))
    for line in _lines(registry, run_id, tracker.contract.metrics):
        tracker.take(line)
    value = tracker.marks(over=True)[0].values[metric.text]
    return None if value is None else Sample(value)


def _lines(registry: Registry, run_id: str, named: Iterable[Named]) -> list[dict[str, float]]:
    """Return lines of metrics with what an expression reads, by ascending step."""
    keys = {one.key for one in named} | {"epoch"}
    if STUCK in keys:
        keys = keys - {STUCK} | {ZERO_STD, ZERO_STD_CEILING}
    found: dict[int, dict[str, float]] = {}
    for key in sorted(keys):
        for step, value in zip(*registry.columns(run_id, key), strict=True):
            if not math.isnan(value):
                found.setdefault(step, {"step": step})[key] = value
    return [found[step] for step in sorted(found)]
