from __future__ import annotations

import math
from typing import Any

import pytest

from grpotui.records import (
    Completion,
    Flag,
    FlagKind,
    Flat,
    Group,
    Level,
    RewardRange,
    RunKind,
    RunSummary,
    Status,
    Verdict,
    as_float,
    as_int,
    prompt_text,
)

HOSTILE: list[Any] = [
    None,
    True,
    -1,
    10**400,
    1e308,
    math.nan,
    math.inf,
    "",
    "\x1b[31m\ud800",
    [],
    [[]],
    {},
    {"a": {"b": []}},
    [None, 1, "x", {"text": 5}],
]


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_reading_never_raises(value: Any) -> None:
    completion = Completion.from_json(value)
    assert isinstance(completion.text, str)
    keys = ("text", "tokens", "truncated", "parsed", "reward", "rewards", "advantage")
    completion = Completion.from_json(dict.fromkeys(keys, value))
    assert isinstance(completion.tokens, int)
    assert completion.reward is None or math.isfinite(completion.reward)
    group = Group.from_json(
        dict.fromkeys(("step", "group", "mode", "prompt", "task", "answer", "completions"), value)
    )
    assert -(2**63) <= group.step < 2**63
    assert isinstance(group.rewards, list)
    flag = Flag.from_json(dict.fromkeys(Flag.__slots__, value))
    assert flag.kind in FlagKind
    assert flag.level in Level


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0),
        (0.5, 0.5),
        (True, None),
        ("1", None),
        (math.nan, None),
        (-math.inf, None),
        (10**400, None),
        (None, None),
    ],
)
def test_as_float_takes_finite_numbers_only(value: object, number: float | None) -> None:
    assert as_float(value) == number


def test_as_int_fits_sqlite() -> None:
    assert as_int(2**63) == 0
    assert as_int(-(2**64), default=7) == 7
    assert as_int(12.9) == 12
    assert as_int("12", default=-1) == -1


def test_group_and_flag_come_back_as_they_were() -> None:
    completion = Completion("a", 3, True, "a", 1.0, {"exact": 1.0, "other": None}, -0.5)
    group = Group(12, 0, "train", "Calculate:", (completion,), "arithmetic", "23")
    assert Group.from_json(group.to_json()) == group
    flag = Flag(3, FlagKind.VERDICT, Level.BAD, "grpotui/jaccard_cross", 0.8, 0.7, "alike")
    assert Flag.from_json(flag.to_json()) == flag


def group_of(*rewards: float | None) -> Group:
    return Group(1, 0, "train", "p", tuple(Completion("x", reward=reward) for reward in rewards))


@pytest.mark.parametrize(
    ("rewards", "flat"),
    [
        ((1.0, 1.0), Flat.CEILING),
        ((-1.0, -1.0), Flat.FLOOR),
        ((0.3, 0.3), Flat.OTHER),
        ((0.6, 0.6 + 5e-8), Flat.OTHER),
        ((1.0, 1.0 - 9e-7), Flat.CEILING),
        ((1.0, 1.0 - 2e-6), None),
        ((1.0, None), Flat.CEILING),
        ((None, None), None),
        ((), None),
    ],
)
def test_flat_groups_are_told_apart(rewards: tuple[float | None, ...], flat: Flat | None) -> None:
    assert group_of(*rewards).flat(RewardRange(-1.0, 1.0)) is flat


def test_without_a_declared_range_a_flat_group_is_other() -> None:
    assert group_of(1.0, 1.0).flat(None) is Flat.OTHER
    assert group_of(0.0, 1.0).flat(None) is None


def test_range_normalises_into_zero_to_one() -> None:
    span = RewardRange(-1.0, 1.0)
    assert [span.normalise(r) for r in (-2, -1, 0, 1, 9)] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert RewardRange(1.0, 1.0).normalise(1.0) == 0.0


def test_conversational_prompts_become_text() -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+2?"}, "junk"]
    assert prompt_text(messages) == "system: Be brief.\nuser: 2+2?"
    assert prompt_text(None) == ""
    assert prompt_text(5) == "5"


def test_a_status_is_live_or_ended_or_waits() -> None:
    for status in Status:
        assert not (status.is_live and status.is_ended)
    waiting = [s for s in Status if not s.is_live and not s.is_ended]
    assert waiting == [Status.DRAFT, Status.QUEUED]


def run(status: Status, **more: float | None) -> RunSummary:
    values: dict[str, Any] = more
    return RunSummary("a", "a", RunKind.TRAIN, status, Verdict.HEALTHY, "p", 0.0, **values)


def test_the_seconds_that_a_run_still_needs() -> None:
    assert run(Status.RUNNING, step=30, max_steps=100, step_time=0.5).seconds_left == 35.0
    assert run(Status.RUNNING, step=120, max_steps=100, step_time=0.5).seconds_left == 0.0
    assert run(Status.FINISHED, step=30, max_steps=100, step_time=0.5).seconds_left is None
    assert run(Status.RUNNING, step=30, max_steps=100).seconds_left is None
    assert run(Status.RUNNING, step=30, step_time=0.5).seconds_left is None
