"""Points of a sweep: their runs, counts and estimates."""

from __future__ import annotations

import math
import statistics

import pytest

from grpotui.analysis.sweep.metric import HELD_OUT, ROLLOUT_REWARD, train_reward
from grpotui.analysis.sweep.records import Counts, Outcome
from grpotui.records import RunKind, keys
from grpotui.records.intervals import t95
from grpotui.records.sweeps import Repeats, Role
from grpotui.workspace import Workspace
from tests.analysis.sweep.made import BETA, Made, grid, texts


def test_runs_are_counted_by_how_far_they_got(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1, 0.2)), seeds=(1, 2))
    made.trains(1, 0.5, 1)
    made.trains(1, 0.5, 2, status="running", steps=40)
    made.trains(2, 0.5, 1, status="failed", steps=40)
    made.waits(2, 2)
    found = made.study()
    assert [point.counts for point in found.points] == [
        Counts(done=1, running=1, planned=2),
        Counts(waiting=1, failed=1, planned=2),
        Counts(planned=2),
    ]
    assert found.counts == Counts(done=1, running=1, waiting=1, failed=1, planned=6)
    assert not found.over
    assert texts(found, "coverage") == [
        "1 of 3 points measured so far: of 6 runs 1 done, 1 running, 1 waiting, 1 failed or cancelled, "
        "2 not begun."
    ]
    assert found.points[0].run_ids == ("p01-point-1", "p01-point-2")


def test_seeds_are_pooled_with_the_spread_of_all_points(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)), seeds=(1, 2))
    for number, levels in ((1, (0.5, 0.6)), (2, (0.3, 0.36))):
        for seed, level in enumerate(levels, 1):
            made.trains(number, level, seed)
    first, second = made.study().points
    spread = math.sqrt((statistics.variance((0.5, 0.6)) + statistics.variance((0.3, 0.36))) / 2)
    assert first.found is not None
    assert first.found.value == pytest.approx(0.55)
    assert first.found.error == pytest.approx(spread / math.sqrt(2))
    assert first.found.df == 2
    assert second.estimate is not None
    assert second.estimate.low == pytest.approx(0.33 - t95(2) * spread / math.sqrt(2))


def test_a_lone_run_has_the_error_of_its_window(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)))
    made.trains(1, 0.5)
    made.trains(2, 0.6)
    found = made.study()
    assert found.metric == train_reward()
    assert found.points[0].found is not None
    assert found.points[0].found.value == pytest.approx(0.5)
    assert found.points[0].found.df == 4
    assert texts(found, "seeds") == [
        "One seed each: intervals are of the steps of each run; seeds may differ by more."
    ]


def test_of_lone_runs_over_two_axes_what_the_axes_leave_is_the_noise(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1), learning_rate=(1e-6, 1e-5, 1e-4)))
    for number, ends in enumerate((0.5, 0.6, 0.7, 0.3, 0.4, 0.56), 1):
        made.trains(number, ends)
    found = made.study()
    first = found.points[0].found
    assert first is not None
    # Residuals of rows and columns: 0.01, 0.01, -0.02 and their opposites, two degrees of freedom.
    assert first.error == pytest.approx(math.sqrt((4 * 0.01**2 + 2 * 0.02**2) / 2))
    assert first.df == 2
    assert texts(found, "seeds") == [
        "One seed each: intervals are of what the axes do not explain; seeds of every point would tell."
    ]


def test_a_training_that_goes_on_is_shown_but_not_ranked(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)))
    made.trains(1, 0.5)
    made.trains(2, 0.9, status="running", steps=100)
    found = made.study()
    going = found.points[1]
    assert going.partial
    assert going.found is not None
    assert going.found.value == pytest.approx(0.9)
    assert found.ranking.order == (1,)
    assert found.covered == 1


def test_held_out_accuracy_ranks_where_runs_are_evaluated(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)), config={"eval": {"every": 10}})
    made.trains(1, 0.9, eval_accuracy=0.3, eval_accuracy_low=0.2, eval_accuracy_high=0.4)
    made.trains(2, 0.5, eval_accuracy=0.5, eval_accuracy_low=0.4, eval_accuracy_high=0.6)
    found = made.study()
    assert found.metric == HELD_OUT
    assert found.ranking.best == 2
    best = found.point(2)
    assert best.estimate is not None
    assert (best.estimate.value, best.estimate.low, best.estimate.high) == pytest.approx((0.5, 0.4, 0.6))
    assert best.columns["reward"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("metric", "value"),
    [("mean(reward, last=20)", 0.5), ("max(kl)", 0.25), ("-kl", -0.25), ("first(reward > 0.4)", 38.0)],
)
def test_any_measure_of_the_contract_language_ranks(workspace: Workspace, metric: str, value: float) -> None:
    made = Made(workspace, *grid(beta=(0.0,)), more={"metric": metric})
    made.trains(1, 0.5, kl=0.25)
    found = made.study()
    assert found.metric == metric
    assert found.points[0].found is not None
    assert found.points[0].found.value == pytest.approx(value)


def test_a_metric_that_cannot_be_read_is_said(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0,)), more={"metric": "mean(("})
    made.trains(1, 0.5)
    found = made.study()
    assert found.metric == train_reward()
    (said,) = texts(found, "metric")
    assert said.startswith(f"Ranked by {train_reward()}, since the metric cannot be read: mean((: at 6:")


def test_rollouts_are_a_mean_over_prompts_pooled_over_repeats(workspace: Workspace) -> None:
    made = Made(workspace, *grid(temperature=(0.6, 1.0)), RunKind.ROLLOUTS, (1, 2))
    made.asks(1, {"a": (0.0, 0.5), "b": (1.0, 1.0)}, 1, metrics={keys.ROLLOUTS_LENGTH: 10.0})
    made.asks(1, {"a": (0.5, 0.5), "b": (0.5, 0.5)}, 2, metrics={keys.ROLLOUTS_LENGTH: 20.0})
    made.asks(2, {"a": (0.1,), "b": (0.2,)}, 1, status="running")
    found = made.study()
    assert found.metric == ROLLOUT_REWARD
    first, second = found.points
    assert first.found is not None
    assert first.found.value == pytest.approx((0.375 + 0.75) / 2)
    assert first.found.error == pytest.approx(statistics.stdev((0.375, 0.75)) / math.sqrt(2))
    assert sorted(first.found.prompts.values()) == [0.375, 0.75]
    assert first.columns == {"nonzero": pytest.approx(0.875), "length": 15.0}
    assert second.found is not None  # rollouts so far are fair ones: they count
    assert not second.partial
    assert found.covered == 2


def test_verdicts_decide_what_came_of_a_training(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1, 0.2, 0.3, 0.4, 0.5)), seeds=(1, 2))
    made.trains(1, 0.9, 1, verdict=("collapsed", "template"))
    made.trains(2, 0.9, 1, verdict=("healthy", ""))
    made.trains(3, 0.1, 1, verdict=("healthy", ""))
    made.trains(4, 0.1, 1, verdict=("no-signal", "floor"))
    made.trains(5, 0.9, 1, verdict=("collapsed", "template"))
    made.trains(5, 0.9, 2, verdict=("healthy", ""))
    made.trains(6, 0.9, 1, status="running", verdict=("healthy", ""))
    found = made.study()
    assert [point.outcome for point in found.points] == [
        *(Outcome.COLLAPSED, Outcome.GOOD, Outcome.STUCK, Outcome.STUCK, Outcome.MIXED, Outcome.OPEN)
    ]
    assert found.points[4].verdicts == ("collapsed (template)", "healthy")


def test_what_a_person_said_goes_before_the_verdict(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)))
    made.trains(1, 0.9, verdict=("collapsed", "template"))
    made.trains(2, 0.9, verdict=("healthy", ""))
    for run, said in (("p01-point-1", "good"), ("p02-point-1", "degenerate")):
        workspace.run(run).append_event({"time": 1.0, "type": "human_verdict", "verdict": said})
    found = made.study()
    assert [point.outcome for point in found.points] == [Outcome.GOOD, Outcome.COLLAPSED]
    assert found.ranking.order == (1,)


def test_repeats_count_when_all_of_them_are_in_and_their_seeds_are_fresh(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)), seeds=(1,))
    made.trains(1, 0.9)
    made.trains(2, 0.5)
    made.tell(Repeats((1,), (7, 8)))
    made.trains(1, 0.7, 7, Role.CONFIRM)
    found = made.study()
    assert found.points[0].confirmed is None
    assert found.points[0].repeats == Counts(done=1, planned=2)
    made.trains(1, 0.8, 8, Role.CONFIRM)
    made.trains(1, 0.1, 1, Role.CONFIRM)  # the seed of the search again: no repeat
    found = made.study()
    first = found.points[0]
    assert first.confirmed is not None
    assert first.confirmed.value == pytest.approx(0.75)
    assert first.found is not None
    assert first.found.value == pytest.approx(0.9)
    assert first.standing is first.confirmed
    assert found.ranking.confirmed
    assert found.repeats == Counts(done=2, planned=2)


def test_a_sweep_without_its_line_is_read_from_its_runs(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)))
    made.trains(1, 0.4)
    made.trains(2, 0.5)
    workspace.log.unlink()
    found = made.study()
    assert [dict(point.values) for point in found.points] == [{BETA: 0.0}, {BETA: 0.1}]
    assert found.ranking.best == 2
