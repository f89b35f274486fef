from __future__ import annotations

from typing import Any

import pytest

from grpotui.records import RewardRange
from grpotui.tasks import (
    TaskError,
    build_rewards,
    parse_first,
    reward_names,
    task_names,
    total_range,
    validate_rewards,
)
from grpotui.tasks.answers import first_number
from grpotui.tasks.rewards.sentence_length import sentences, share


@pytest.mark.parametrize(
    ("completion", "number"),
    [
        ("23", "23"),
        (" 23 is the answer", "23"),
        ("-4.", "-4"),
        ("\n7\nCalculate: 4 + 4 = 8", "7"),
        ("12-7", "12"),
        ("3.5", "3"),
        ("007", "007"),
        ("about 23", "about"),
        ("- 3", "-"),
        ("٣", "٣"),
        ("", None),
        (" \n", None),
    ],
)
def test_the_first_number_of_the_completion_counts(completion: str, number: str | None) -> None:
    assert first_number(completion) == number


def test_exact_reads_the_completion_from_its_first_character() -> None:
    """A completion does not hold its prompt: cutting the prompt's length off would leave nothing to score."""
    (exact,) = build_rewards([{"name": "exact", "correct": 1.0, "wrong": -1.0}])
    completions = ["23 is what you get", "-5", "5", "", "the answer is 23", "23"]
    answers = ["23", "-5", "-5", "0", "23", None]
    assert exact.score(completions, answers) == [1.0, 1.0, -1.0, -1.0, -1.0, -1.0]
    assert exact.range == RewardRange(-1.0, 1.0)
    assert exact.parse("23 is") == "23"


def test_happy_is_a_word_of_its_own() -> None:
    (happy,) = build_rewards([{"name": "happy_binary"}])
    texts = ["she was happy.", "Happy!", "unhappy", "happyhappy", ""]
    assert happy.score(texts, [None] * 5) == [1.0, 1.0, 0.0, 0.0, 0.0]
    assert happy.parse("she was happy.") is None


@pytest.mark.parametrize(
    ("text", "lengths", "of_two"),
    [
        ("", [], 0.0),
        ("a b.", [(2, True)], 1.0),
        (" went home. a b. c d e. f g", [(2, True), (2, True), (3, True), (2, False)], 0.5),
        ("a b", [(2, False)], 0.0),
        (". a b! c d?", [(2, True), (2, True)], 1.0),
        ("a b... c d?!", [(2, True), (2, True)], 1.0),
        ("a b.....", [(2, True), (0, True), (0, True)], 1 / 3),
        ("......", [(0, True)] * 3, 0.0),
        ("a  b .", [(2, True)], 1.0),
    ],
)
def test_sentences_and_the_share_of_them(text: str, lengths: list[tuple[int, bool]], of_two: float) -> None:
    assert sentences(text) == lengths
    assert share(text, 2) == pytest.approx(of_two)


def test_sentence_length_takes_its_number_from_its_name() -> None:
    three, ten = build_rewards([{"name": "sentence_length_3"}, {"name": "sentence_length_10", "weight": 2}])
    text = "one two three. one two three four five six seven eight nine ten."
    assert three.score([text], [None]) == ten.score([text], [None]) == [0.5]
    assert (ten.name, ten.weight) == ("sentence_length_10", 2.0)
    assert ten.parse("a b. c d") == "2 2…"


def test_the_total_range_is_weighted_and_knows_penalties() -> None:
    specs = [{"name": "exact", "weight": 0.5}, {"name": "happy_binary", "weight": -2}]
    assert total_range(build_rewards(specs)) == RewardRange(-2.5, 0.5)


def test_what_is_shown_as_parsed_is_the_first_that_parses() -> None:
    rewards = build_rewards([{"name": "happy_binary"}, {"name": "exact"}, {"name": "sentence_length_2"}])
    assert parse_first(rewards, "5 a. b") == "5"
    assert parse_first(rewards[:1], "5") is None


def test_scores_and_answers_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="shorter"):
        build_rewards([{"name": "exact"}])[0].score(["1", "2"], ["1"])


@pytest.mark.parametrize(
    ("specs", "words"),
    [
        ([], ["rewards:", "at least one"]),
        (["exact"], ["rewards.0", "table", '"exact"']),
        ([{"weight": 1}], ["rewards.0.name", "missing", "known: ", "exact"]),
        ([{"name": "exct"}], ["rewards.0.name", '"exct"', "nearest: exact"]),
        ([{"name": "sentence_length"}], ["rewards.0.name", "nearest: sentence_length_N"]),
        ([{"name": "sentence_length_0"}], ["rewards.0.name", "sentence_length_N"]),
        ([{"name": "exact"}, {"name": "exact"}], ["rewards.1.name", "already"]),
        ([{"name": "happy_binary", "wieght": 1}], ["rewards.0.wieght", "nearest: weight"]),
        ([{"name": "happy_binary", "weight": "1"}], ["rewards.0.weight", "a number", 'text "1"']),
        ([{"name": "happy_binary", "weight": float("nan")}], ["rewards.0.weight", "a number", "nan"]),
        ([{"name": "happy_binary", "weight": 10**400}], ["rewards.0.weight", "a huge number"]),
        ([{"name": "happy_binary", "weight": True}], ["rewards.0.weight", "a number", "true"]),
        ([{"name": "exact", "correct": -1, "wrong": 1}], ["rewards.0.correct", "-1", "1"]),
        ([{"name": "happy_binary", "correct": 1}], ["rewards.0.correct", "no such setting", "weight"]),
    ],
)
def test_errors_name_the_field(specs: list[Any], words: list[str]) -> None:
    with pytest.raises(TaskError) as caught:
        validate_rewards(specs)
    for word in words:
        assert word in str(caught.value)


def test_a_reward_that_needs_answers_does_not_fit_a_task_without() -> None:
    with pytest.raises(TaskError, match=r"rewards\.1\.name: exact .* stories has none"):
        validate_rewards([{"name": "happy_binary"}, {"name": "exact"}], {"name": "stories"})
    validate_rewards([{"name": "exact"}], {"name": "arithmetic"})
    validate_rewards([{"name": "exact"}])


def test_names() -> None:
    tasks = ["arithmetic", "binary", "comparison", "counting", "dataset", "mixed", "stories", "verse"]
    assert task_names() == tasks
    assert reward_names() == [
        *("answer_format", "exact", "format", "happy_binary", "length", "my_rewards.py:NAME"),
        *("partial_credit", "repetition", "sentence_length_N", "verse_form"),
    ]
