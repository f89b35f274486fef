"""Cliffs, ties and what changed nothing."""

from __future__ import annotations

import pytest

from grpotui.analysis.compare.noise import Estimate
from grpotui.analysis.findings import Came, Trial, bands, came_of, changed_nothing, cliff, tied
from grpotui.records import HumanVerdict, Verdict

BOTH, STANDS, LEARNS = Came.LEARNS_AND_COLLAPSES, Came.STANDS, Came.LEARNS


def trials(*pairs: tuple[object, Came]) -> list[Trial]:
    return [Trial(f"run-{place}", value, came) for place, (value, came) in enumerate(pairs)]


def test_the_cliff_of_the_sweep_log() -> None:
    found = bands(
        trials((0.1, STANDS), (0.3, STANDS), (0.0, BOTH), (0.01, BOTH), (0.05, STANDS), (0.02, BOTH))
    )
    assert [(band.low, band.high, band.came) for band in found] == [(0.0, 0.02, BOTH), (0.05, 0.3, STANDS)]
    assert found[0].runs == ("run-2", "run-3", "run-5")
    said = "learns but collapses at beta <= 0.02, does not learn at >= 0.05; "
    assert cliff("beta", found) == said + "nothing between 0.02 and 0.05 is known"


def test_a_band_in_the_middle_is_named() -> None:
    found = bands(trials((0.0, BOTH), (0.1, LEARNS), (0.2, LEARNS), (1.0, STANDS)))
    assert cliff("beta", found).startswith(
        "learns but collapses at beta 0, learns from 0.1 to 0.2, does not learn at 1;"
    )


def test_a_collapse_is_a_collapse_whether_it_was_seen_to_learn_or_not() -> None:
    found = bands(trials((0.0, Came.COLLAPSES), (0.02, BOTH), (0.1, STANDS)))
    assert [(band.high, band.came) for band in found] == [(0.02, Came.COLLAPSES), (0.1, STANDS)]
    assert bands(trials((0.0, Came.COLLAPSES), (0.02, STANDS), (0.1, BOTH))) == []


@pytest.mark.parametrize(
    "pairs",
    [
        ((0.0, BOTH), (0.1, STANDS), (0.2, BOTH)),  # comes back
        ((0.0, BOTH), (0.0, STANDS), (0.2, BOTH)),  # two seeds disagree
        (("linear", BOTH), ("cosine", STANDS)),  # no numbers
        ((True, BOTH), (False, STANDS)),
    ],
)
def test_where_no_line_parts_them_none_is_drawn(pairs: tuple[tuple[object, Came], ...]) -> None:
    assert bands(trials(*pairs)) == []
    assert cliff("beta", []) == ""


def test_a_run_that_nobody_can_judge_says_nothing() -> None:
    found = bands(trials((0.0, BOTH), (0.02, Came.OPEN), (0.05, BOTH)))
    assert [(band.low, band.high) for band in found] == [(0.0, 0.05)]
    assert cliff("beta", found) == ""


def test_what_became_of_a_run() -> None:
    assert came_of(Verdict.COLLAPSED, None, True) is BOTH
    assert came_of(Verdict.COLLAPSED, None, False) is Came.COLLAPSES
    assert came_of(Verdict.COLLAPSED, HumanVerdict.GOOD, True) is LEARNS
    assert came_of(Verdict.HEALTHY, HumanVerdict.DEGENERATE, True) is BOTH
    assert came_of(Verdict.HEALTHY, None, True) is LEARNS
    assert came_of(Verdict.HEALTHY, None, False) is STANDS
    assert came_of(Verdict.HEALTHY, None, None) is Came.OPEN
    assert came_of(Verdict.NO_SIGNAL, None, None) is STANDS
    assert came_of(Verdict.WARMING_UP, None, True) is Came.OPEN
    assert came_of(None, None, None) is Came.OPEN


def test_ties_and_what_changed_nothing() -> None:
    best = Trial("a", 8, LEARNS, Estimate(0.9, 0.85, 0.95))
    near = Trial("b", 16, LEARNS, Estimate(0.88, 0.83, 0.93))
    far = Trial("c", 32, LEARNS, Estimate(0.5, 0.45, 0.55))
    unknown = Trial("d", 64, LEARNS, Estimate(0.89))
    assert [trial.run for trial in tied([far, near, best, unknown])] == ["a", "b"]
    assert tied([]) == []
    assert changed_nothing(best, near)
    assert not changed_nothing(best, far)
    assert not changed_nothing(best, unknown)
    assert not changed_nothing(best, Trial("e", 8, BOTH, best.reward))
