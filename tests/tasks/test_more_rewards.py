"""Partial credit, length, format, repetition, verse form; and what holds of every reward."""

from __future__ import annotations

import string
from random import Random
from typing import Any

import pytest

from grpotui.records import RewardRange
from grpotui.tasks import (
    DeferredError,
    Reward,
    TaskError,
    build_rewards,
    reward_names,
    total_range,
    validate_rewards,
)
from grpotui.tasks.answers import has_form_of, is_right
from grpotui.tasks.rewards.length import closeness
from grpotui.tasks.rewards.partial_credit import grade
from grpotui.tasks.rewards.repetition import repeated

SPECS: dict[str, dict[str, Any]] = {
    "answer_format": {"name": "answer_format", "alone": True},
    "exact": {"name": "exact", "correct": 2, "wrong": -0.5},
    "format": {"name": "format", "pattern": r"[a-z ]+\."},
    "happy_binary": {"name": "happy_binary"},
    "length": {"name": "length", "limits": [5, 20]},
    "partial_credit": {"name": "partial_credit"},
    "repetition": {"name": "repetition"},
    "sentence_length_N": {"name": "sentence_length_4"},
    "verse_form": {"name": "verse_form"},
}
ANSWERS = ("23", "-4", "yes", "1010", "haiku", "limerick", "New York", None)


def one(spec: dict[str, Any]) -> Reward:
    (made,) = build_rewards([spec])
    return made


def noise(rng: Random) -> str:
    """Text as models write it when they are lost: digits, words, tags, lines, signs from elsewhere."""
    pieces = ["23", "-4", "yes", "No.", "</think>", "\n", "happy", "the cat", "...", "٣", "\x00", "—", "007"]
    loose = "".join(rng.choices(string.printable, k=rng.randint(0, 40)))
    return " ".join([*rng.choices(pieces, k=rng.randint(0, 30)), loose])


def test_every_reward_is_tried() -> None:
    assert {*SPECS, "my_rewards.py:NAME"} == set(reward_names())


@pytest.mark.parametrize("name", SPECS)
def test_no_text_leaves_the_declared_range(name: str) -> None:
    reward, rng = one(SPECS[name]), Random(name)
    assert reward.range is not None
    texts = [noise(rng) for _ in range(600)]
    texts += ["", " ", "23" * 5000, "word " * 2000, "</think>" * 500, "\n" * 2000, "-" * 2000, "9" * 5000]
    answers = [rng.choice(ANSWERS) for _ in texts]
    scores = reward.score(texts, answers, [noise(rng) for _ in texts])
    assert len(scores) == len(texts)
    assert all(reward.range.low <= score <= reward.range.high for score in scores)
    if reward.binary:
        assert set(scores) <= {reward.range.low, reward.range.high}
    for text in texts:
        assert reward.parse(text) is None or isinstance(reward.parse(text), str)


@pytest.mark.parametrize(
    ("completion", "answer", "right"),
    [
        ("23", "23", True),
        (" 23\nCalculate: 4 + 4 = 8", "23", True),
        ("23.", "23", True),
        ("235", "23", False),
        ("2 3", "23", False),
        ("-4", "4", False),
        ("the answer is 23", "23", False),
        ("Yes", "yes", True),
        ("yes, it is", "yes", True),
        (" **No**", "no", True),
        ("yesterday", "yes", False),
        ("no yes", "yes", False),
        ("1010", "1010", True),
        ("0b1010", "1010", False),
        ("01010", "1010", False),
        ("new york", "New York", True),
        ("New Jersey", "New York", False),
        ("3.5", "3.5", True),
        ("3", "3.5", False),
        ("", "", False),
        ("23", None, False),
    ],
)
def test_what_is_right(completion: str, answer: str | None, right: bool) -> None:
    assert is_right(completion, answer) is right


@pytest.mark.parametrize(
    ("completion", "prompt", "answer", "grade_"),
    [
        ("36", "Calculate: 4 * 9 = ", "36", "correct"),
        ("35 or so", "Calculate: 4 * 9 = ", "36", "off_by_1"),
        ("37", "Calculate: 4 * 9 = ", "36", "off_by_1"),
        ("38", "Calculate: 4 * 9 = ", "36", "off_by_5"),
        ("41", "Calculate: 4 * 9 = ", "36", "off_by_5"),
        ("42", "Calculate: 4 * 9 = ", "36", "wrong"),
        ("13", "Calculate: 4 * 9 = ", "36", "other_operator"),
        ("-5", "Calculate: 4 * 9 = ", "36", "other_operator"),
        ("5", "Calculate: 2 + 5 = ", "7", "off_by_5"),
        ("-3", "Calculate: 2 + 5 = ", "7", "other_operator"),
        ("13", "", "36", "wrong"),
        ("thirty-six", "Calculate: 4 * 9 = ", "36", "wrong"),
        ("", "Calculate: 4 * 9 = ", "36", "wrong"),
        ("-", "Calculate: 4 * 9 = ", "36", "wrong"),
        ("036", "Calculate: 4 * 9 = ", "36", "correct"),
        ("yes", "Is 4 greater than 3?", "yes", "correct"),
        ("no", "Is 4 greater than 3?", "yes", "wrong"),
        ("9" * 4000, "Calculate: 4 * 9 = ", "36", "wrong"),
    ],
)
def test_the_grades_of_the_journal(completion: str, prompt: str, answer: str, grade_: str) -> None:
    assert grade(completion, answer, prompt) == grade_
    worth = {"correct": 1.0, "off_by_1": 0.5, "off_by_5": 0.25, "other_operator": -0.5, "wrong": -1.0}
    assert one({"name": "partial_credit"}).score([completion], [answer], [prompt]) == [worth[grade_]]


@pytest.mark.parametrize(
    ("completion", "answer", "fits", "alone"),
    [
        ("5", "23", True, True),
        ("5.", "23", True, True),
        ("5 apples", "23", True, False),
        ("five", "23", False, False),
        ("No", "yes", True, True),
        ("no, it is not", "yes", True, False),
        ("maybe", "yes", False, False),
        ("Rome", "Paris", True, True),
        ("It is Rome", "Paris", False, False),
        ("", "23", False, False),
        ("5", None, False, False),
    ],
)
def test_the_form_of_an_answer(completion: str, answer: str | None, fits: bool, alone: bool) -> None:
    assert has_form_of(completion, answer, alone=False) is fits
    assert has_form_of(completion, answer, alone=True) is alone


def test_a_pattern_is_of_the_whole_completion() -> None:
    reward = one({"name": "format", "pattern": r"<think>.*</think>\s*-?\d+"})
    texts = ["<think>so\nso</think> 4", " <think></think>4\n", "<think>so</think> 4 or 5", "4", ""]
    assert reward.score(texts, [None] * 5) == [1.0, 1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("length", "score"), [(0, 0.0), (2, 0.5), (4, 1.0), (8, 1.0), (12, 0.5), (16, 0.0), (99, 0.0)]
)
def test_lengths_fall_off_on_both_sides(length: int, score: float) -> None:
    assert closeness(length, 4, 8) == score
    assert one({"name": "length", "limits": [4, 8]}).score(["w " * length], [None]) == [score]
    in_characters = one({"name": "length", "limits": [4, 8], "unit": "characters"})
    assert in_characters.score(["w" * length], [None]) == [score]
    assert in_characters.parse("www") == "3 characters"


def test_repetition() -> None:
    assert repeated("one two three four", 3) == 0.0
    assert repeated("the cat sat on the cat sat", 3) == pytest.approx(1 / 5)
    assert repeated("the " * 1000, 3) > 0.99
    assert repeated("", 3) == repeated("The the", 3) == 0.0
    assert repeated("The the", 1) == 0.5
    assert one({"name": "repetition", "words": 1}).score(["a a"], [None]) == [-0.5]


def test_which_totals_are_pass_rates() -> None:
    exact: dict[str, Any] = {"name": "exact"}
    happy: dict[str, Any] = {"name": "happy_binary"}
    for specs, rate in (
        ([exact], 0.9375),
        ([exact, {**happy, "weight": 0}], 0.9375),
        ([exact, happy], None),
        ([{"name": "partial_credit"}], None),
        ([{**happy, "weight": -1}], 1.0),
    ):
        span = total_range(build_rewards(specs))
        assert span is not None
        assert span.pass_rate(0.875) == rate


def test_an_own_reward_is_declared_but_never_loaded_here() -> None:
    own = one({"name": "my_rewards.py:helpful", "range": [0, 1], "weight": 2})
    assert (own.name, own.source, own.range) == ("helpful", "my_rewards.py:helpful", RewardRange(0, 1))
    assert one({"name": "a.b_c:d"}).range is None
    assert total_range([own, one({"name": "exact"})]) == RewardRange(-1.0, 3.0)
    assert total_range([one({"name": "a.b:d"}), one({"name": "exact"})]) is None
    with pytest.raises(DeferredError, match="trainer only"):
        own.score(["x"], [None])


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"name": "partial_credit", "off_by_1": 2}, ["rewards.0.correct", "1 is less than off_by_1 = 2"]),
        ({"name": "partial_credit", "off_by_1": 1}, ["rewards.0.correct", "not more"]),
        ({"name": "partial_credit", "wrong": 0}, ["rewards.0.other_operator", "wrong = 0"]),
        ({"name": "length", "limits": [9, 3]}, ["rewards.0.limits", "smaller first"]),
        ({"name": "length", "limits": [0, 3]}, ["rewards.0.limits", "from 1"]),
        ({"name": "length", "unit": "tokens"}, ["rewards.0.unit", "words, characters"]),
        ({"name": "format"}, ["rewards.0.pattern", "regular expression"]),
        ({"name": "format", "pattern": "(a"}, ["rewards.0.pattern", "no regular expression"]),
        ({"name": "repetition", "words": 0}, ["rewards.0.words", "1 to 20"]),
        ({"name": "m.py:f", "range": [1, 0]}, ["rewards.0.range", "0 is not more than 1"]),
        ({"name": "m.py:f", "range": [1]}, ["rewards.0.range", "two numbers"]),
        ({"name": "m.py:1f"}, ["rewards.0.name", "no reward"]),
        ({"name": "m.py:f", "correct": 1}, ["rewards.0.correct", "range"]),
        ({"name": "verse_form", "pattern": "x"}, ["rewards.0.pattern", "no such setting"]),
        ({"name": "exact", "tasks": "arithmetic"}, ["rewards.0.tasks", "a list of texts"]),
    ],
)
def test_errors_name_the_field(spec: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(TaskError) as caught:
        validate_rewards([spec])
    for word in words:
        assert word in str(caught.value)


def test_verse_form_judges_verse_only() -> None:
    validate_rewards([{"name": "verse_form"}], {"name": "verse"})
    with pytest.raises(TaskError, match=r"verse_form judges task verse or dataset only, not arithmetic"):
        validate_rewards([{"name": "verse_form"}], {"name": "arithmetic"})
    with pytest.raises(TaskError, match=r"exact compares with an answer, and task verse has none"):
        validate_rewards([{"name": "exact"}], {"name": "verse"})
    poems = {"poems": {"name": "verse"}, "arithmetic": 1}
    only = [{"name": "verse_form", "tasks": ["poems"]}, {"name": "exact", "tasks": ["arithmetic"]}]
    validate_rewards(only, {"name": "mixed", "parts": poems})
