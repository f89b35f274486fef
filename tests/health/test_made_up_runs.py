"""A small fixed part of ``make validate``: made-up runs with drawn rewards and real text."""

from __future__ import annotations

import pytest

from benchmarks.health import bad, healthy
from benchmarks.health.score import judge, stream
from grpotui.records import Verdict

SEED = 3
SOME_HEALTHY = ("learner", "slow learner", "short answers", "learns a frame", "mixed tasks", "harder stage")


def test_there_are_enough_kinds() -> None:
    assert len(healthy.KINDS) >= 11
    assert len(bad.KINDS) >= 10
    assert set(bad.CAUSES) == set(bad.KINDS)


@pytest.mark.parametrize("kind", [*SOME_HEALTHY, *healthy.SOLVED])
def test_nothing_is_called_out_that_is_well(kind: str) -> None:
    told = judge(stream(kind, SEED))
    assert told.alarm is None
    assert told.end is (Verdict.SOLVED if kind in healthy.SOLVED else Verdict.HEALTHY)


@pytest.mark.parametrize("kind", bad.KINDS)
def test_what_goes_wrong_is_found_in_time_and_named(kind: str) -> None:
    told = judge(stream(kind, SEED))
    assert not told.premature
    assert told.delay is not None
    assert told.delay <= 60
    assert told.cause in bad.CAUSES[kind]
    if kind == "crash and recover":
        assert told.end not in (Verdict.COLLAPSED, Verdict.NO_SIGNAL)


def test_the_usual_rule_calls_out_what_is_well_and_misses_what_is_not() -> None:
    name = "the same, 5 steps in a row"
    assert judge(stream("solved sums", SEED)).naive[name] is not None
    assert judge(stream("kl", SEED)).naive[name] is None
