"""Marks while a run goes on, and at its end."""

from __future__ import annotations

import math
from typing import Any

import pytest

from grpotui.contract import Prospect, Tracker, check, doubts, outcome, read
from grpotui.contract.evaluate import Moment, Unknown, evaluate
from grpotui.contract.syntax import measure
from tests.contract.scenes import follow, lines, mark

FLAT = lines(reward=[0.5] * 20)


def test_too_few_values_are_too_early_and_at_the_end_inconclusive() -> None:
    live = mark("mean(reward, last=50) >= 0.4", FLAT)
    assert (live.state, live.why) == ("too early", "20 of 50 values of reward")
    assert live.values == {"mean(reward, last=50)": None}
    assert mark("mean(reward, last=50) >= 0.4", FLAT, over=True).state == "inconclusive"
    assert mark("mean(reward, last=20) >= 0.4", FLAT, over=True).state == "met"
    assert mark("mean(reward, last=20) >= 0.6", FLAT, over=True).state == "not met"


def test_what_is_known_decides_where_it_can() -> None:
    assert mark("reward > 0.9 and eval_accuracy > 0.5", FLAT).state == "fails"
    assert mark("reward > 0.1 or eval_accuracy > 0.5", FLAT).state == "holds"
    both = mark("reward > 0.1 and eval_accuracy > 0.5", FLAT)
    assert (both.state, both.why) == ("too early", "no eval_accuracy yet")


def test_first_waits_until_the_answer_cannot_change() -> None:
    text = "first(reward > 0.9) < 30"
    assert mark(text, FLAT).state == "too early"
    assert mark(text, lines(reward=[0.5] * 40)).state == "fails"
    assert mark(text, lines(reward=[0.5] * 10 + [1.0])).state == "holds"
    assert mark(text, FLAT, over=True).state == "not met"
    assert mark("first(reward > 0.9) > 10", FLAT).state == "holds"
    assert mark("30 > first(reward > 0.9)", lines(reward=[0.5] * 30)).state == "fails"
    assert mark("first(reward > 0.9, epoch) < 3", lines(reward=[0.5] * 30)).state == "fails"


def test_numbers_stand_beside_the_marks() -> None:
    found = mark("mean(reward, last=2) - baseline.kl > 0 or step > 3", FLAT)
    assert found.values == {"mean(reward, last=2)": 0.5, "baseline.kl": None}
    assert found.to_json()["state"] == "holds"


def test_values_that_are_not_there_are_passed_over() -> None:
    given = lines(reward=[0.2, None, 0.4, math.nan, 0.6])
    found = mark("mean(reward, last=3) > 0", given)
    assert found.values["mean(reward, last=3)"] == pytest.approx(0.4)


def test_stuck_groups_are_those_without_spread_below_the_ceiling() -> None:
    given = lines(grpotui__zero_std=[0.75], grpotui__zero_std_ceiling=[0.5])
    assert mark("zero_std_stuck == 0.25 and zero_std > zero_std_ceiling", given).state == "holds"


def test_forecasts_are_scored_with_their_distance() -> None:
    section = {"forecast": {"mean(reward, last=5)": [0.6, 0.8], "kl": [0, 1], "step": [10, 30]}}
    tracker = follow(section, FLAT)
    below, open_, inside = (m.to_json() for m in tracker.marks(over=True))
    assert (below["state"], below["range"]) == ("outside", [0.6, 0.8])
    assert below["off"] == pytest.approx(-0.1)
    assert (open_["state"], open_["off"]) == ("inconclusive", None)
    assert (inside["state"], inside["off"]) == ("inside", 0.0)
    assert [m.state for m in tracker.marks()] == ["outside", "too early", "inside"]


def test_kill_fires_on_a_line_and_not_before_it_is_known() -> None:
    tracker = Tracker(read({"kill": "step > 3 and mean(reward, last=4) < 0.3"}))
    fired = []
    for line in lines(reward=[0.1] * 6):
        tracker.take(line)
        fired.append(tracker.killed)
    assert fired == [False, False, False, True, True, True]
    assert tracker.marks(over=True)[0].state == "fired"


def test_a_run_that_ended_before_its_plan_decides_nothing() -> None:
    tracker = follow({"primary": "reward > 0.1", "forecast": {"reward": [0, 1]}}, FLAT)
    marks = tracker.marks(over=True, undecided="stopped at step 20 of 100")
    assert [m.state for m in marks] == ["inconclusive", "inconclusive"]
    assert marks[0].values == {"reward": 0.5}
    assert outcome(marks) == "inconclusive"


def test_the_first_criterion_decides() -> None:
    section = {"primary": "reward > 0.1", "secondary": "reward > 0.9", "kill": "reward < 0"}
    marks = follow(section, FLAT).marks(over=True)
    assert [m.state for m in marks] == ["met", "not met", "not fired"]
    assert outcome(marks) == "met"
    assert outcome(follow({"kill": "reward < 0"}, FLAT).marks(over=True)) == "inconclusive"


def test_a_resumed_run_takes_back_what_it_trains_again() -> None:
    section = {"primary": "first(reward > 0.9) < 100", "secondary": "mean(reward) < 0.5"}
    tracker = follow(section, [dict(line, attempt=1) for line in lines(reward=[0.2] * 9 + [1.0])])
    assert [m.state for m in tracker.marks()] == ["holds", "holds"]
    tracker.take({"step": 8, "attempt": 2, "reward": 0.2})
    assert [m.state for m in tracker.marks()] == ["too early", "holds"]
    assert list(tracker.record.columns["reward"].steps) == list(range(1, 9))
    tracker.take({"step": 8, "attempt": 2, "eval_accuracy": 0.5})
    assert len(tracker.record.columns["reward"].steps) == 8


def test_the_baseline_is_read_at_the_same_step() -> None:
    tracker = Tracker(read({"primary": "mean(reward, last=2) > mean(baseline.reward, last=2)"}))
    assert tracker.marks()[0].why == "0 of 2 values of reward"
    baseline = tracker.for_baseline()
    for line in lines(reward=[0.1, 0.2, 0.9, 1.0]):
        baseline.take(line)
    for line in lines(reward=[0.3, 0.4]):
        tracker.take(line)
    assert tracker.marks()[0].why == "no other run is pinned as the baseline"
    tracker.baseline = baseline
    (found,) = tracker.marks()
    assert found.state == "holds"
    assert found.values["mean(baseline.reward, last=2)"] == pytest.approx(0.15)


@pytest.mark.parametrize("text", ["reward / 0", "reward * 1e308 * 1e308", "mean(reward) * 1e308"])
def test_what_is_not_finite_is_not_known(text: str) -> None:
    tracker = Tracker(read({"forecast": {text: [0, 1]}}))
    for step in (1, 2):
        tracker.take({"step": step, "reward": 1.7e308})
    assert isinstance(evaluate(measure(text), Moment(tracker.record)), Unknown)
    assert tracker.marks()[0].state == "too early"


def test_check_names_the_field_and_the_place() -> None:
    section: dict[str, Any] = {
        "hypothesis": "anything at all (",
        "primary": "rewrad > 1",
        "kill": "step > 5 and",
        "forecast": {"reward": [1, 0], "mean(kl": [0, 1], "kl": [0, "x"]},
    }
    assert [path for path, _ in check(section)] == [
        "contract.primary",
        "contract.kill",
        "contract.forecast.reward",
        "contract.forecast.mean(kl",
        "contract.forecast.kl",
    ]
    assert list(check({"primary": "reward > 1", "forecast": {"kl": [0, 1]}})) == []


def test_doubts_are_about_what_the_run_will_never_tell() -> None:
    section = {
        "primary": "mean(reward, last=500) > 0.8",
        "secondary": "eval_accuracy > 0.5 and kl < 1",
        "tertiary": "reward > baseline.reward",
        "kill": "1 > 2",
        "forecast": {"mean(eval_accuracy, last=500)": [0, 1]},
    }
    found = list(
        doubts(read(section), Prospect(values=100, evaluates=False, has_kl=False, has_baseline=False))
    )
    said = dict(found)
    assert said["contract.primary"] == "mean(reward, last=500) needs 500 values, and the run will log 100"
    assert said["contract.tertiary"].startswith("baseline.reward: no run is pinned")
    assert said["contract.kill"].startswith("is the same whatever the run does")
    assert sum(path == "contract.secondary" for path, _ in found) == 2
    kill = read({"kill": "step > 100 and reward < 0", "primary": "step >= 100 or step > 99"})
    assert list(doubts(kill, Prospect(steps=100))) == [
        ("contract.kill", "step > 100 is never true: the run has 100 steps")
    ]
    assert list(doubts(read(section), Prospect())) == [("contract.kill", said["contract.kill"])]


def test_a_long_run_costs_little() -> None:
    tracker = Tracker(read({"primary": "mean(reward, last=50) > 2", "kill": "first(reward > 2) < 9"}))
    for step in range(1, 100_001):
        tracker.take({"step": step, "reward": 0.5, "epoch": 1.0, "kl": 0.1, "completions/mean_length": 3.0})
    assert not tracker.killed
    assert len(tracker.record.columns) == 2
