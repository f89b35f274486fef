from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from grpotui.presets import Preset, PresetError, apply_overrides, parse_value
from grpotui.presets.rows import edit_text


def preset(**data: Any) -> Preset:
    return Preset("p", Path("p.toml"), data)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("5e-6", 5e-6),
        ("0.1", 0.1),
        ("true", True),
        ("True", "True"),
        ("abc", "abc"),
        ('"5"', "5"),
        ("[1, 2]", [1, 2]),
        ('{a = 1, b = "x"}', {"a": 1, "b": "x"}),
        (" padded ", "padded"),
        ("", ""),
        ("a = b", "a = b"),
        ("hello # world", "hello # world"),
        ("1\nother = 2", "1\nother = 2"),
        ("1\n[table]", "1\n[table]"),
        ("Qwen/Qwen2-0.5B", "Qwen/Qwen2-0.5B"),
        ("[" * 5000, "[" * 5000),
        ("[" * 40 + "]" * 40, "[" * 40 + "]" * 40),
        ("9" * 5000, "9" * 5000),
    ],
    ids=lambda text: str(text)[:20],
)
def test_a_value_is_toml_else_text(text: str, value: object) -> None:
    parsed = parse_value(text)
    assert parsed == value
    assert type(parsed) is type(value)


def test_paths_go_into_tables_and_lists() -> None:
    before = preset(model="tiny", grpo={"beta": 0.0}, rewards=[{"name": "exact"}, {"name": "x"}], xs=[1, 2])
    kept = copy.deepcopy(before.data)
    after = apply_overrides(
        before,
        [
            "model=other",
            "grpo.beta = 0.1",
            "grpo.new.deep=1",
            "rewards.1.correct=2",
            "xs.0=9",
            "health.patience=3",
        ],
    )
    assert after.data == {
        "model": "other",
        "grpo": {"beta": 0.1, "new": {"deep": 1}},
        "rewards": [{"name": "exact"}, {"name": "x", "correct": 2}],
        "xs": [9, 2],
        "health": {"patience": 3},
    }
    assert before.data == kept
    assert (after.name, after.path) == (before.name, before.path)


def test_a_field_without_a_value_is_taken_out() -> None:
    rewards = [{"name": "a"}, {"name": "b", "x": 1}]
    before = preset(model="tiny", grpo={"beta": 0.1, "top_k": 5}, health={"patience": 3}, rewards=rewards)
    taken = ["grpo.top_k=", "health.patience = ", "grpo.min_p=", "health.jaccard_bad="]
    after = apply_overrides(before, [*taken, "rewards.1.x=", "rewards.0="])
    left = {"model": "tiny", "grpo": {"beta": 0.1}, "health": {}, "rewards": [{"name": "b"}]}
    assert after.data == left
    assert before.data["grpo"] == {"beta": 0.1, "top_k": 5}
    assert apply_overrides(before, ["grpo.top_k=", "grpo.top_k=7"]).data["grpo"]["top_k"] == 7
    assert apply_overrides(before, ['model=""']).data["model"] == ""


def test_later_overrides_win_and_text_may_hold_equal_signs() -> None:
    after = apply_overrides(preset(), ["a=1", "a=2", "b=x=y"])
    assert after.data == {"a": 2, "b": "x=y"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("grpo.topk=", "override grpo.topk=: the preset does not set it, so nothing can be taken out"),
        ("rewards.1=", "the preset does not set it"),
        ("model.x=", "the preset does not set it"),
        ("nobeta", "write field=value, such as grpo.beta=0.1"),
        ("", "write field=value"),
        ("=1", "write field=value"),
        ("a..b=1", "write field=value"),
        (".a=1", "write field=value"),
        ("a b=1", "write field=value"),
        ("\x1b[31m", "write field=value"),
        ("extends=other", "choose the other preset itself"),
        ("model.x=1", "model.x: model is no table and no list"),
        ("rewards.first.x=1", "rewards is a list: write rewards.0"),
        ("rewards.1.x=1", "rewards has 1 of them, counted from 0"),
        ("rewards.-1.x=1", "rewards is a list"),
        ("rewards.²=1", "rewards is a list"),
        ("rewards." + "9" * 150 + "=1", "rewards has 1 of them"),
        ("rewards." + "9" * 5000 + "=1", "no field has a name of 5008 characters"),
        ("a" + ".a" * 50 + "=1", "too many dots"),
        ("rewards.0.name.x=1", "rewards.0.name is no table"),
    ],
    ids=lambda text: text[:20],
)
def test_bad_forms_are_one_clear_line(text: str, message: str) -> None:
    with pytest.raises(PresetError) as caught:
        apply_overrides(preset(model="m", rewards=[{"name": "exact"}]), [text])
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "value",
    [
        None,
        0,
        -5,
        0.1,
        5e-6,
        1e-30,
        1e16,
        True,
        False,
        "text",
        "5",
        "true",
        "[1]",
        "{a = 1}",
        " padded ",
        'quote " and \\ back',
        "line\nbreak\ttab\x7f\x1b",
        "2024-01-01",
        "# no comment",
        "hello # world",
        "x\u2028y",
        [],
        ["+", "-", "*"],
        [0, 20],
        [0.5, True, 'a"b'],
    ],
)
def test_a_value_as_shown_in_a_form_reads_back_the_same(value: object) -> None:
    text = edit_text(value)
    expected = "" if value is None else value
    assert parse_value(text) == expected
    assert type(parse_value(text)) is type(expected)
