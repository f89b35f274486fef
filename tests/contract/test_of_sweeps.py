"""Lines of a contract about a whole sweep."""

from __future__ import annotations

import pytest

from grpotui.contract import ContractError, check, condition, measure, parted
from grpotui.contract.sweeps import marks, names_of_sweep, without_baseline

TABLE = {
    "hypothesis": "more tokens help",
    "primary": "best - baseline >= 0.05",
    "secondary": "mean(reward, last=50) >= 0.8",
    "kill": "step > 9",
    "forecast": {"best": [0.1, 0.2], "kl": [0, 1]},
}


def states(best: float | None, baseline: float | None, over: bool) -> list[tuple[str, str]]:
    found = marks(parted(TABLE)[1], best, baseline, over)
    return [(mark.name, mark.state) for mark in found]


def test_lines_of_the_sweep_are_parted_from_those_of_its_runs() -> None:
    of_runs, of_sweep = parted(TABLE)
    assert of_runs == {
        "hypothesis": "more tokens help",
        "secondary": "mean(reward, last=50) >= 0.8",
        "kill": "step > 9",
        "forecast": {"kl": [0, 1]},
    }
    assert of_sweep == {
        "primary": "best - baseline >= 0.05",
        "forecast": {"best": [0.1, 0.2]},
        "hypothesis": "more tokens help",
    }
    assert parted({"primary": "reward > 1", "hypothesis": "x"})[1] == {}
    assert parted(7) == ({}, {})


def test_a_sweep_is_marked_by_its_best_and_its_baseline() -> None:
    assert states(0.17, 0.1, True) == [("primary", "met"), ("forecast", "inside")]
    assert states(0.25, 0.21, True) == [("primary", "not met"), ("forecast", "outside")]
    assert states(0.25, None, False) == [("primary", "too early"), ("forecast", "outside")]
    assert states(None, None, True) == [("primary", "inconclusive"), ("forecast", "inconclusive")]
    (primary, _) = marks(parted(TABLE)[1], 0.17, 0.1, True)
    assert primary.values == {"best": 0.17, "baseline": 0.1}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("best > reward", "reward is of a run"),
        ("mean(best) > 0", r"mean\(best\) is of a run"),
        ("best > step", "step is of a run"),
        ("first(best > 0) < 3", "is of a run"),
        ("best > 0 and verdict == 'solved'", "verdict is of a run"),
    ],
)
def test_a_line_is_of_a_run_or_of_the_sweep(text: str, why: str) -> None:
    with pytest.raises(ContractError, match=why):
        condition(text, of_sweep=True)


def test_a_run_knows_neither_name() -> None:
    with pytest.raises(ContractError, match=r"best is of a sweep: it takes a preset with \[sweep\]"):
        condition("best > 0.1")
    with pytest.raises(ContractError, match=r"write baseline\.reward"):
        measure("baseline")
    assert measure("baseline.reward") and condition("best - baseline >= 0.05", of_sweep=True)
    assert [path for path, _ in check(parted(TABLE)[1])] == ["contract.primary", "contract.forecast.best"]


def test_what_cannot_be_read_names_nothing() -> None:
    assert names_of_sweep("best - ?") == set()
    assert names_of_sweep(None) == set()
    assert names_of_sweep("'best' > baseline.reward") == set()


def test_lines_that_need_no_baseline_stay_without_one() -> None:
    section = {
        "primary": "best >= baseline",
        "secondary": "best > 0",
        "forecast": {"baseline": [0, 1], "best": [0, 1]},
    }
    assert without_baseline(section) == {"secondary": "best > 0", "forecast": {"best": [0, 1]}}
