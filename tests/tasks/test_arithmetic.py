from __future__ import annotations

from typing import Any

import pytest

from grpotui.tasks import Example, TaskError, build_held_out, build_task, validate_task

BASE: dict[str, Any] = {"name": "arithmetic", "operands": [0, 20], "operators": ["+", "-", "*"]}


def test_prompts_and_answers_read_as_in_the_preset() -> None:
    examples = build_task({**BASE, "n": 300, "held_out": 200})
    for example in examples:
        word, a, sign, b, equals = example.prompt.split(" ")[:5]
        assert (word, equals, example.prompt[-1], example.task) == ("Calculate:", "=", " ", "arithmetic")
        right = {"+": int(a) + int(b), "-": int(a) - int(b), "*": int(a) * int(b)}[sign]
        assert example.answer == str(right)
        assert 0 <= int(a) <= 20 and 0 <= int(b) <= 20
    assert {example.prompt.split(" ")[2] for example in examples} == {"+", "-", "*"}


def test_prompts_are_distinct_and_held_out_ones_are_not_trained_on() -> None:
    settings = {"name": "arithmetic", "operands": [0, 4], "operators": ["+", "-"], "n": 30, "held_out": 20}
    train, held_out = build_task(settings), build_held_out(settings)
    assert (len(train), len(held_out)) == (30, 20)
    assert len({example.prompt for example in train + held_out}) == 50


def test_same_settings_give_the_same_data_and_another_seed_other_data() -> None:
    assert build_task({**BASE, "n": 50, "seed": 3}) == build_task({**BASE, "n": 50, "seed": 3})
    assert build_task({**BASE, "n": 50, "seed": 3}) != build_task({**BASE, "n": 50, "seed": 4})


def test_more_examples_begin_with_the_same_ones_and_leave_held_out_as_it_was() -> None:
    small = {**BASE, "n": 20, "held_out": 10}
    large = {**BASE, "n": 90, "held_out": 60}
    assert build_task(large)[:20] == build_task(small)
    assert build_held_out(large)[:10] == build_held_out(small)


def test_data_of_a_seed_never_changes_between_versions() -> None:
    first = build_task({"name": "arithmetic", "n": 2})
    assert first == [
        Example("Calculate: 9 + 3 = ", "12", "arithmetic"),
        Example("Calculate: 16 * 11 = ", "176", "arithmetic"),
    ]


def test_negative_operands_and_own_form() -> None:
    settings = {"name": "arithmetic", "operands": [-3, -1], "operators": ["-"], "prompt": "{a} less {b}?"}
    examples = {example.prompt: example.answer for example in build_task({**settings, "n": 9})}
    assert examples["-3 less -1?"] == "-2"


def test_operands_without_end_take_no_time() -> None:
    examples = build_task({**BASE, "operands": [0, 10**9], "n": 100, "held_out": 100})
    assert len({example.prompt for example in examples}) == 100


def test_a_form_that_makes_two_problems_one_prompt_never_repeats_it() -> None:
    settings = {"name": "arithmetic", "operands": [1, 11], "operators": ["+"], "prompt": "{a}{b}"}
    with pytest.raises(TaskError, match=r"task\.n: .* 121, but only 1\d\d different prompts"):
        build_task({**settings, "n": 121})
    assert len({example.prompt for example in build_task({**settings, "n": 100})}) == 100


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"name": "aritmetic"}, ["task.name", '"aritmetic"', "nearest: arithmetic"]),
        ({}, ["task.name", "missing", "arithmetic", "stories"]),
        ({"name": 3}, ["task.name", "expected text", "the number 3"]),
        ({"name": "arithmetic", "n": "10"}, ["task.n", "whole number", 'text "10"']),
        ({"name": "arithmetic", "n": True}, ["task.n", "whole number", "true"]),
        ({"name": "arithmetic", "n": 0}, ["task.n", "at least 1"]),
        ({"name": "arithmetic", "held_out": -1}, ["task.held_out", "at least 0"]),
        ({"name": "arithmetic", "n": 10**7}, ["task.n", "100000"]),
        ({"name": "arithmetic", "operand": [0, 2]}, ["task.operand", "nearest: operands"]),
        ({"name": "arithmetic", "zzz": 1}, ["task.zzz", "known: ", "prompt", "operands"]),
        ({"name": "arithmetic", "operands": [0, 2.5]}, ["task.operands", "two whole numbers", "2.5"]),
        ({"name": "arithmetic", "operands": [5, 2]}, ["task.operands", "5 is more than"]),
        ({"name": "arithmetic", "operators": ["+", "%"]}, ["task.operators", '"%"', "+, -, *"]),
        ({"name": "arithmetic", "operators": []}, ["task.operators", "a list of texts"]),
        ({"name": "arithmetic", "operators": ["+", "+"]}, ["task.operators", "twice"]),
        ({"name": "arithmetic", "prompt": "{a} {b}"}, ["task.prompt", "{op}"]),
        ({"name": "arithmetic", "prompt": "{a} {op} {c}"}, ["task.prompt", "{c}", "{b}"]),
        ({"name": "arithmetic", "operands": [0, 2], "n": 28}, ["task.n", "28", "only 27"]),
    ],
)
def test_errors_name_the_field_what_was_expected_and_what_was_meant(
    settings: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(TaskError) as caught:
        validate_task(settings)
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_names_from_a_preset_cannot_reach_the_terminal_raw() -> None:
    with pytest.raises(TaskError) as caught:
        validate_task({"name": "\x1b[31mred\n"})
    assert str(caught.value).isprintable()
