"""What the Run screen makes of mixed tasks and of rewards of two values."""

from __future__ import annotations

from types import MappingProxyType

from grpotui.records import RewardRange, RunKind, RunSummary, Status
from grpotui.tui.run.charts import metric_chart
from grpotui.tui.run.view import RunSnapshot
from tests.tui.series import series_of

KEYS = ("zeta", "reward/counting", "reward", "reward/arithmetic", "grpotui/zero_std/arithmetic", "kl")


def snapshot(span: RewardRange | None) -> RunSnapshot:
    run = RunSummary("r", "r", RunKind.TRAIN, Status.RUNNING, None, "p", 0.0)
    series = {key: series_of([(1, 0.875), (2, 0.875)]) for key in KEYS}
    return RunSnapshot(run, series=MappingProxyType(series), steps=(1, 2), reward_range=span)


def texts(key: str, span: RewardRange | None) -> list[str]:
    return [item.text for item in metric_chart(snapshot(span), key, None)[1]]


def test_the_rewards_of_the_tasks_follow_the_reward() -> None:
    assert snapshot(None).chart_keys[:4] == ["reward", "reward/arithmetic", "reward/counting", "kl"]


def test_a_reward_of_two_values_is_also_a_pass_rate() -> None:
    binary = RewardRange(-1.0, 1.0, binary=True)
    assert "pass rate 93.75 %" in texts("reward", binary)
    assert "pass rate 93.75 %" in texts("reward/counting", binary)
    for key, span in (("kl", binary), ("reward", RewardRange(-1.0, 1.0)), ("reward", None)):
        assert not any("pass rate" in text for text in texts(key, span))
