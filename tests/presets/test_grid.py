"""Axes as typed and as written in presets, and the points that they make."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui.presets import PresetError
from grpotui.presets.grid import axes_of, labels, points_of, same, size, spread, typed_axes


def test_values_parse_as_toml_else_as_text() -> None:
    axes = typed_axes(["grpo.beta=0, 0.01,1e-2", 'task.name=arithmetic,"a,b"', "task.operands=[0, 20],[0,5]"])
    assert axes == {
        "grpo.beta": (0, 0.01, 0.01),
        "task.name": ("arithmetic", "a,b"),
        "task.operands": ([0, 20], [0, 5]),
    }
    assert typed_axes(["task.prompt=Say {a}, please = x"]) == {"task.prompt": ("Say {a}", "please = x")}


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (["grpo.beta"], "write FIELD=A,B"),
        (["=1,2"], "write FIELD=A,B"),
        (["grpo.beta="], "a value is empty"),
        (["grpo.beta=1,,2"], "a value is empty"),
        (["grpo.be\nta=1"], "write FIELD=A,B"),
        (["a" * 300 + "=1"], "write FIELD=A,B"),
        (["grpo.beta=1", "grpo.beta=2"], "grpo.beta is given twice"),
        (["grpo.beta=0..1 x1"], "how many values, 2 to 1000"),
        (["grpo.beta=0..1 x999999999"], "how many values, 2 to 1000"),
        (["grpo.beta=0..1 x3 log"], "both above 0"),
        (["grpo.beta=1e999..1 x3"], "two different ends"),
        (["grpo.beta=2..2 x3"], "two different ends"),
    ],
)
def test_what_makes_no_axis_is_said(texts: list[str], why: str) -> None:
    with pytest.raises(PresetError, match=why) as wrong:
        typed_axes(texts)
    assert "\n" not in str(wrong.value)


def test_ranges() -> None:
    assert spread("1e-6..1e-4 x5 log") == [1e-06, 3.16228e-06, 1e-05, 3.16228e-05, 1e-04]
    assert spread("8..32 x4") == [8, 16, 24, 32] and isinstance((spread("8..32 x4") or [0.5])[0], int)
    assert spread("0..1 x3") == [0.0, 0.5, 1.0]
    assert spread("1.0..0.5 x2") == [1.0, 0.5]
    for text in ("models/a..b x3", "../model", 3, "1..2", "1..2 x"):
        assert spread(text) is None
    assert typed_axes(["grpo.beta=0,0.1..0.3 x3"]) == {"grpo.beta": (0, 0.1, 0.2, 0.3)}
    assert axes_of({"grpo.beta": ["0.1..0.3 x3", 1], "grpo.top_p": "0.5..1.0 x2"}) == {
        "grpo.beta": (0.1, 0.2, 0.3, 1),
        "grpo.top_p": (0.5, 1.0),
    }


def test_tables_within_a_grid_are_fields_by_their_dots() -> None:
    grid = {"grpo": {"beta": [0, 1], "top_p": 0.5}, "grpo.temperature": [1.0]}
    assert axes_of(grid) == {"grpo.beta": (0, 1), "grpo.top_p": (0.5,), "grpo.temperature": (1.0,)}
    assert axes_of(None) == axes_of({}) == {}


def test_points_are_the_product_the_last_field_fastest() -> None:
    points = points_of({"a": (1, 2), "b": ("x", "y", "z")})
    assert [tuple(point.values()) for point in points[:4]] == [(1, "x"), (1, "y"), (1, "z"), (2, "x")]
    assert len(points) == size({"a": (1, 2), "b": ("x", "y", "z")}) == 6
    assert points_of({}) == [{}]


def test_a_random_part_is_the_same_for_the_same_seed_and_keeps_the_baseline() -> None:
    axes = {f"f{place}": tuple(range(10)) for place in range(12)}
    keep = dict.fromkeys(axes, 9)
    drawn = points_of(axes, 20, 7, keep)
    assert drawn == points_of(axes, 20, 7, keep) != points_of(axes, 20, 8, keep)
    assert len({tuple(point.values()) for point in drawn}) == 20
    assert keep in drawn
    assert points_of({"a": (1, 2)}, 5, 1) == [{"a": 1}, {"a": 2}]


def test_a_huge_grid_is_refused_at_once() -> None:
    with pytest.raises(PresetError, match="2,000 points, and a sweep has at most 1000: --random N"):
        points_of({"a": tuple(range(1000)), "b": (1, 2)})
    huge = {f"f{place}": tuple(range(1000)) for place in range(20)}
    with pytest.raises(PresetError, match="far too many points"):
        points_of(huge)
    assert len(points_of(huge, 1000, 3)) == 1000


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (True, 1, False),
        ("1", 1, False),
        ([1], [1.0], True),
        ([1], [True], False),
        (None, 0, False),
    ],
)
def test_values_that_mean_the_same(one: Any, other: Any, equal: bool) -> None:
    assert same(one, other) is same(other, one) is equal


def test_fields_are_called_by_their_last_part_where_that_is_one_fields_alone() -> None:
    assert labels(["grpo.beta", "task.n", "grpo.n", "rewards.0"]) == {
        "grpo.beta": "beta",
        "task.n": "task.n",
        "grpo.n": "grpo.n",
        "rewards.0": "rewards.0",
    }
