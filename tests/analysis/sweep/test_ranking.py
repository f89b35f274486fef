"""Which point is best, what ties, where the grid ends, what repeats say."""

from __future__ import annotations

import pytest

from grpotui.analysis.sweep.axes import axis_named, between, beyond, factors, numeric, text_of
from grpotui.errors import UserError
from grpotui.records import RunKind
from grpotui.records.sweeps import Repeats, Role
from grpotui.workspace import Workspace
from tests.analysis.sweep.made import BETA, Made, grid, texts

HARD = [0.1, 0.4, 0.7, 0.9, 0.2, 0.6, 0.5, 0.3]
"""What prompts earn, before anything is changed."""


def prompts(gain: float, spread: float = 0.02) -> dict[str, tuple[float, ...]]:
    """Return rewards of prompts that all gain alike, give or take ``spread``."""
    return {f"p{i}": (level + gain + (spread if i % 2 else -spread),) * 2 for i, level in enumerate(HARD)}


def test_points_are_paired_by_prompt(workspace: Workspace) -> None:
    made = Made(workspace, *grid(temperature=(0.6, 0.8, 1.0)), RunKind.ROLLOUTS)
    made.asks(1, prompts(0.0))
    made.asks(2, prompts(0.2, 0.0))
    made.asks(3, prompts(0.19, 0.05))
    ranking = made.study().ranking
    assert ranking.order == (2, 3, 1)
    assert ranking.best == 2
    assert ranking.ties == (3,)  # 0.01 less, +-0.05 by prompt
    intervals = [point.estimate for point in made.study().points]
    assert all(one is not None and one.low is not None and one.high is not None for one in intervals)
    first, second = intervals[0], intervals[1]
    assert first is not None
    assert second is not None
    assert (second.low or 0) < (first.high or 0)  # overlapping intervals, yet no tie


def test_without_shared_prompts_intervals_decide(workspace: Workspace) -> None:
    made = Made(workspace, *grid(temperature=(0.6, 0.8)), RunKind.ROLLOUTS)
    made.asks(1, prompts(0.0))
    made.asks(2, {f"other {name}": values for name, values in prompts(0.2).items()})
    assert made.study().ranking.ties == (1,)


def test_a_point_that_another_beats_is_no_tie_though_the_best_is_noisy(workspace: Workspace) -> None:
    made = Made(workspace, *grid(temperature=(0.6, 0.8, 1.0)), RunKind.ROLLOUTS)
    made.asks(1, prompts(0.0, 0.0))
    made.asks(2, prompts(0.1, 0.01))
    made.asks(3, {"other 1": (1.0, 1.0), "other 2": (0.3, 0.3)})
    assert made.study().ranking.order == (3, 2, 1)
    assert made.study().ranking.ties == (2,)


def test_where_nothing_tells_the_noise_all_tie(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)))
    made.trains(1, 0.5, steps=6)
    made.trains(2, 0.9, steps=6)
    found = made.study()
    assert found.ranking.ties == (1,)
    assert "Nothing tells its noise." in texts(found, "best")[0]


def test_collapsed_points_have_no_rank(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)))
    made.trains(1, 0.95, verdict=("collapsed", "template"))
    made.trains(2, 0.6, verdict=("healthy", ""))
    found = made.study()
    assert found.ranking.order == (2,)
    assert found.ranking.degenerate == (1,)
    (said,) = texts(found, "degenerate")
    assert said.startswith("Not ranked, since collapsed (template): point 1 (beta 0.0) with 0.95")


def test_the_sentences_of_ties(workspace: Workspace) -> None:
    made = Made(workspace, *grid(temperature=(0.6, 0.8, 1.0)), RunKind.ROLLOUTS)
    made.asks(1, prompts(0.0, 0.0))
    made.asks(2, prompts(0.2, 0.01))
    assert texts(made.study(), "ties") == ["It is better than the other 1 point beyond the noise."]
    made.asks(3, prompts(0.19, 0.05))
    assert texts(made.study(), "ties") == ["Not to be told from it: point 3 (temperature 1.0)."]


@pytest.mark.parametrize(
    ("values", "best", "sign", "beyond"),
    [
        ((512, 1024, 2048), 3, "->", 4096),
        ((512, 1024, 2048), 2, "", 0),
        ((512, 1024, 2048), 1, "<-", 256),
        ((0.0, 0.01, 0.02), 1, "", 0),
        ((0.0, 0.01, 0.02), 3, "->", 0.04),
        ((1.0, 1.1, 1.2), 3, "->", 1.3),
        ((8, 4), 1, "->", 16),
    ],
)
def test_the_edge_of_the_grid(
    workspace: Workspace, values: tuple[float, ...], best: int, sign: str, beyond: float
) -> None:
    made = Made(workspace, *grid(beta=values), RunKind.ROLLOUTS)
    for number in range(1, len(values) + 1):
        made.asks(number, prompts(0.1 if number == best else 0.0, 0.002 * number))
    ranking = made.study().ranking
    assert [(edge.sign, edge.beyond) for edge in ranking.edges] == ([(sign, beyond)] if sign else [])


def test_words_have_no_edge_and_one_measured_value_neither(workspace: Workspace) -> None:
    made = Made(workspace, *grid(loss_type=("dapo", "grpo"), beta=(0.0, 0.1)), RunKind.ROLLOUTS)
    made.asks(4, prompts(0.1, 0.01))
    assert made.study().ranking.edges == ()
    made.asks(3, prompts(0.0, 0.02))
    assert [edge.axis for edge in made.study().ranking.edges] == [BETA]


def test_where_all_points_tie_the_edge_means_nothing(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.0, 0.1)), RunKind.ROLLOUTS)
    made.asks(1, prompts(0.0, 0.02))
    made.asks(2, prompts(0.001, 0.05))
    found = made.study()
    assert (found.ranking.best, found.ranking.ties, found.ranking.edges) == (2, (1,), ())
    assert texts(found, "ties") == ["No other point can be told from it: all of 2 tie."]


def test_the_best_is_unconfirmed_until_fresh_seeds_say_so(workspace: Workspace) -> None:
    made = Made(workspace, *grid(temperature=(0.6, 0.8, 1.0)), RunKind.ROLLOUTS)
    for number, gain in enumerate((0.0, 0.2, 0.19), 1):
        made.asks(number, prompts(gain, 0.05))
    found = made.study()
    assert not found.ranking.confirmed
    assert texts(found, "confirm") == [
        "Unconfirmed: the highest of 3 looks better than it is; repeat it with fresh seeds."
    ]
    made.tell(Repeats((2, 3), (5, 6)))
    made.asks(2, prompts(0.1, 0.05), 5, Role.CONFIRM)
    assert texts(made.study(), "confirm") == [
        "Unconfirmed: the highest of 3 looks better than it is; repeat it with fresh seeds; "
        "1 of 4 repeats done."
    ]
    made.asks(2, prompts(0.12, 0.05), 6, Role.CONFIRM)
    made.asks(3, prompts(0.2, 0.05), 5, Role.CONFIRM)
    made.asks(3, prompts(0.2, 0.05), 6, Role.CONFIRM)
    found = made.study()
    assert found.ranking.best == 3  # the runner-up, by the repeats alone
    assert found.ranking.confirmed
    said = texts(found, "confirm")
    assert "2 repeats of point 2 (temperature 0.8) with fresh seeds: 0.573" in said[0]
    assert said[0].endswith("below the 0.663 of the search (winner's curse).")
    assert said[1].endswith("no less than the 0.653 of the search.")


def test_an_unconfirmed_point_above_the_confirmed_best_is_named(workspace: Workspace) -> None:
    made = Made(workspace, *grid(temperature=(0.6, 0.8)), RunKind.ROLLOUTS)
    made.asks(1, prompts(0.1, 0.0))
    made.asks(2, prompts(0.0, 0.01))
    made.tell(Repeats((2,), (5,)))
    made.asks(2, prompts(0.0, 0.02), 5, Role.CONFIRM)
    found = made.study()
    assert found.ranking.best == 2
    assert texts(found, "confirm")[-1] == (
        "Unconfirmed, yet above the confirmed best: point 1 (temperature 0.6)."
    )


def test_the_contract_of_a_sweep(workspace: Workspace) -> None:
    more = {"baseline": {"grpo.temperature": 0.6}, "contract": {"primary": "best - baseline >= 0.15"}}
    made = Made(workspace, *grid(temperature=(0.6, 0.8)), RunKind.ROLLOUTS, more=more)
    assert [mark.state for mark in made.study().marks] == ["too early"]
    made.asks(2, prompts(0.2))
    assert [mark.state for mark in made.study().marks] == ["too early"]
    made.asks(1, prompts(0.0))
    found = made.study()
    assert [(mark.state, mark.why) for mark in found.marks] == [("met", "the best is unconfirmed")]
    first, second = texts(found, "contract")
    assert first.startswith("Best less baseline (point 1 (temperature 0.6)): 0.2 [")
    assert first.endswith("prompt by prompt.")
    assert second == (
        "1st best - baseline >= 0.15: met: the best is unconfirmed (best = 0.662, baseline = 0.463)."
    )
    made.tell(Repeats((2,), (5,)))
    made.asks(2, prompts(0.1), 5, Role.CONFIRM)
    assert [(mark.state, mark.why) for mark in made.study().marks] == [("not met", "")]


def test_axes_are_read_as_people_think_of_them() -> None:
    assert numeric((1, True)) == numeric(("a", 1)) == []
    assert numeric((2, 1, 1.0)) == [1, 2]
    assert factors([1e-6, 1e-5, 1e-4])
    assert factors([0.0, 0.01, 0.1])
    assert not factors([1.0, 1.1, 1.2])
    assert not factors([-1.0, 1.0])
    assert between([0.02, 0.05], 0.02, 0.05) == 0.03
    assert between([1.0, 1.1], 1.0, 1.1) == 1.05
    assert between([512, 1024], 512, 1024) == 724
    assert between([4, 5], 4, 5) == 4.5
    assert between([0.0, 0.05], 0.0, 0.05) == 0.03
    assert beyond("grpo.top_p", [0.9, 0.95], True) == 1.0
    assert beyond("grpo.top_p", [0.9, 1.0], True) is None
    assert beyond("grpo.x", [1, 3], False) is None  # there is no whole number between 0 and 1
    assert beyond("grpo.x", [0.0, 3.0], False) is None
    assert text_of(1.0) == "1.0"
    assert text_of(2048) == "2048"
    assert text_of(True) == "true"
    assert axis_named([BETA, "task.n"], "beta") == axis_named([BETA], BETA) == BETA
    with pytest.raises(UserError, match="no axis 'lr': the sweep has beta"):
        axis_named([BETA], "lr")
