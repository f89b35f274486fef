"""Effects of axes, their dependence, the cliff, and what may mislead."""

from __future__ import annotations

import pytest

from grpotui.analysis.sweep.confounds import cramers_v
from grpotui.analysis.sweep.effects import interactions
from grpotui.records import RunKind
from grpotui.workspace import Workspace
from tests.analysis.sweep.made import BETA, LENGTH, PENALTY, Made, grid, texts
from tests.analysis.sweep.test_ranking import prompts

LEARNS, STUCK = ("collapsed", "template"), ("no-signal", "floor")


def probe(workspace: Workspace, gains: dict[tuple[int, float], float]) -> Made:
    """Return a probe over lengths and penalties; what is not named has not run."""
    lengths, penalties = sorted({a for a, _ in gains}), sorted({b for _, b in gains})
    axes, points = grid(max_completion_length=lengths, repetition_penalty=penalties)
    made = Made(workspace, axes, points, RunKind.ROLLOUTS)
    for number, point in enumerate(points, 1):
        gain = gains.get((point[LENGTH], point[PENALTY]))
        if gain is not None:
            made.asks(number, prompts(gain, 0.002 * number**2))
    return made


def test_effects_are_means_over_the_same_others(workspace: Workspace) -> None:
    made = probe(workspace, {(512, 1.0): 0.0, (512, 1.2): 0.1, (1024, 1.0): 0.2, (2048, 1.0): 0.3})
    levels = {(level.axis, level.value): level for level in made.study().levels}
    assert levels[LENGTH, 512].points == (1,)  # at penalty 1.0, which all lengths have
    assert levels[LENGTH, 512].balanced
    assert levels[LENGTH, 512].sample.value == pytest.approx(0.4625)
    assert levels[LENGTH, 2048].sample.value == pytest.approx(0.7625)
    assert levels[PENALTY, 1.2].sample.value == pytest.approx(0.5625)
    assert levels[PENALTY, 1.0].sample.value == pytest.approx(0.4625)
    said = texts(made.study(), "effect")[0]
    assert said.startswith("max_completion_length: 2048 has 0.762")
    assert said.endswith("highest and lowest differ beyond the noise so far (means over the same others).")


def test_a_random_sweep_is_not_balanced(workspace: Workspace) -> None:
    made = probe(workspace, {(512, 1.0): 0.0, (1024, 1.1): 0.2, (2048, 1.2): 0.3})
    assert all(not level.balanced for level in made.study().levels)
    assert "not balanced: the others differ too" in texts(made.study(), "effect")[0]


def test_axes_that_depend_on_each_other(workspace: Workspace) -> None:
    made = probe(workspace, {(512, 1.0): 0.0, (512, 1.2): 0.0, (1024, 1.0): 0.1, (1024, 1.2): 0.3})
    found = made.study()
    (one,) = interactions(found.sweep.axes, found.points)
    assert (one.at_low, one.at_high) == pytest.approx((0.1, 0.3))
    assert texts(found, "interaction") == [
        "What max_completion_length does depends on repetition_penalty: "
        "from 512 to 1024 is +0.1 at 1.0, +0.3 at 1.2."
    ]


def test_axes_that_add_up_do_not_depend_on_each_other(workspace: Workspace) -> None:
    made = probe(workspace, {(512, 1.0): 0.0, (512, 1.2): 0.1, (1024, 1.0): 0.1, (1024, 1.2): 0.201})
    assert texts(made.study(), "interaction") == []


def test_the_cliff_of_the_first_log(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.01, 0.02, 0.05, 0.1)))
    for number, (ends, verdict) in enumerate(
        [(0.98, LEARNS), (0.95, LEARNS), (0.87, LEARNS), (0.11, STUCK), (0.11, ("healthy", ""))], 1
    ):
        made.trains(number, ends, verdict=verdict, starts=0.11)
    found = made.study()
    assert texts(found, "cliff") == [
        "beta: learns but collapses at <= 0.02, cannot learn at >= 0.05: try 0.03."
    ]
    (sentence,) = [one for one in found.sentences if one.kind == "cliff"]
    assert sentence.runs == tuple(f"p{number:02}-point-1" for number in range(1, 6))
    assert sentence.steps == (150,) * 5


def test_a_good_value_between_is_no_cliff(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.01, 0.03, 0.05)))
    made.trains(1, 0.95, verdict=LEARNS)
    made.trains(2, 0.7, verdict=("healthy", ""))
    made.trains(3, 0.1, verdict=STUCK)
    assert texts(made.study(), "cliff") == []


def test_a_cliff_may_stand_at_one_value_of_another_axis_and_the_other_way_round(workspace: Workspace) -> None:
    made = Made(workspace, *grid(num_generations=(8, 16), learning_rate=(1e-6, 1e-5)))
    made.trains(1, 0.1, verdict=STUCK)
    made.trains(2, 0.9, verdict=LEARNS)
    made.trains(3, 0.1, verdict=STUCK)
    made.trains(4, 0.9, verdict=("healthy", ""))
    assert texts(made.study(), "cliff") == [
        "learning_rate at num_generations 8: cannot learn at <= 1e-06, learns but collapses at >= 1e-05: "
        "try 3e-06."
    ]


def test_runs_that_disagree_make_no_cliff_and_open_ones_are_passed_over(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.01, 0.02, 0.05)), seeds=(1, 2))
    for seed in (1, 2):
        made.trains(1, 0.95, seed, verdict=LEARNS)
        made.trains(3, 0.1, seed, verdict=STUCK)
    assert texts(made.study(), "cliff") == [
        "beta: learns but collapses at <= 0.01, cannot learn at >= 0.05 so far: try 0.02."
    ]
    made.trains(2, 0.95, 1, verdict=LEARNS)
    made.trains(2, 0.7, 2, verdict=("healthy", ""))
    assert texts(made.study(), "cliff") == []


def test_fields_that_go_together_are_confounded(workspace: Workspace) -> None:
    axes, _ = grid(beta=(0.0, 0.1), learning_rate=(1e-6, 1e-5))
    points = tuple({BETA: beta, "grpo.learning_rate": rate} for beta, rate in [(0.0, 1e-6), (0.1, 1e-5)] * 2)
    made = Made(workspace, axes, points)
    for number in range(1, 5):
        made.trains(number, 0.5 + number / 10)
    assert texts(made.study(), "confound") == [
        "beta and learning_rate go together in the measured points: their effects cannot be told apart."
    ]


def test_a_whole_grid_is_not_confounded(workspace: Workspace) -> None:
    made = probe(workspace, {(a, b): 0.0 for a in (512, 1024) for b in (1.0, 1.1, 1.2)})
    assert texts(made.study(), "confound") == []


def test_numbers_that_rise_together_are_confounded_though_none_repeats(workspace: Workspace) -> None:
    values = [0.01, 0.02, 0.03, 0.05, 0.08, 0.1]
    axes = {BETA: tuple(values), "grpo.learning_rate": tuple(v / 1e4 for v in values)}
    points = tuple({BETA: v, "grpo.learning_rate": v / 1e4} for v in values)
    made = Made(workspace, axes, points)
    for number in range(1, 7):
        made.trains(number, 0.5 + number / 100)
    assert len(texts(made.study(), "confound")) == 1


def test_a_failed_run_unbalances_the_seeds(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)), seeds=(1, 2))
    made.trains(1, 0.5, 1)
    made.trains(1, 0.6, 2)
    made.trains(2, 0.5, 1)
    made.trains(2, 0.5, 2, status="failed", steps=5)
    found = made.study()
    assert texts(found, "confound") == ["Not of the same seeds as the others: point 2 (beta 0.1)."]
    assert texts(found, "failed") == ["1 run failed or lost: p02-point-2."]


def test_what_was_stopped_counts_with_what_it_had(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)))
    made.trains(1, 0.9, status="stopped", steps=80, verdict=LEARNS)
    made.trains(2, 0.5)
    found = made.study()
    assert texts(found, "stopped") == [
        "Stopped early, and counted with what they had: p01-point-1 at 80/150."
    ]
    assert found.covered == 2


def test_an_axis_on_the_reward_is_said(workspace: Workspace) -> None:
    made = Made(workspace, {"rewards.0.name": ("a", "b")}, ({"rewards.0.name": "a"}, {"rewards.0.name": "b"}))
    made.trains(1, 0.5)
    assert texts(made.study(), "confound") == [
        "rewards.0.name changes what is measured: numbers along it do not mean the same."
    ]


def test_cramers_v() -> None:
    assert cramers_v([("a", "x"), ("b", "y")] * 10) == pytest.approx(1.0)
    assert cramers_v([("a", "x"), ("b", "x"), ("a", "y"), ("b", "y")] * 5) == 0.0
    assert cramers_v([("a", "x"), ("a", "y")]) == 0.0
