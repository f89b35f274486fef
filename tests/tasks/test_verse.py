from __future__ import annotations

import pytest

from grpotui.tasks import build_rewards
from grpotui.tasks.verse import FORMS, met, poem, rhyme, syllables


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_met_by_its_sample_and_by_no_other_text(name: str) -> None:
    form = FORMS[name]
    lines = form.sample.splitlines()
    assert met(lines, form) == 1.0
    assert met(lines[:-1], form) < 1.0
    assert met([*lines, lines[0]], form) < 1.0
    assert met([lines[0]] * form.lines, form) < 1.0
    assert met(["the"] * form.lines, form) < 1.0
    assert met([], form) == 0.0


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("The old pond is still", 5),
        ("a beautiful quiet idea", 9),
        ("the people moved the little table", 9),
        ("wishes and faces, wanted or hoped", 9),
        ("silence", 2),
        ("she played; he makes fire", 5),
        ("nation, lion, radio", 7),
        ("", 0),
        ("1 2 3 --", 0),
    ],
)
def test_syllables(line: str, count: int) -> None:
    assert syllables(line) == count


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("in the town", "so brown,", True),
        ("the night", "all white!", True),
        ("the sky", "so high", True),
        ("blue", "new", True),
        ("stone", "alone", True),
        ("rain", "plane", True),
        ("my cat", "the hat", True),
        ("the cat", "the dog", False),
        ("the tree", "the night", False),
        ("the cat", "a cat", False),
        ("the cat", "", False),
    ],
)
def test_rhymes(one: str, other: str, alike: bool) -> None:
    assert rhyme(one, other) is alike
    assert rhyme(other, one) is alike


def test_the_poem_stands_after_the_thoughts() -> None:
    assert poem("a poem without the end of its thoughts") is None
    assert poem("<think>one\ntwo</think>\n\nthree\n  \nfour") == ["three", "four"]
    assert poem("a</think>b</think>c") == ["c"]
    assert poem("a</think>") == []


def test_without_the_end_of_thoughts_there_is_nothing() -> None:
    (reward,) = build_rewards([{"name": "verse_form"}])
    haiku = FORMS["haiku"].sample
    texts = [haiku, f"hm</think>{haiku}", f"hm</think>{haiku}", "hm</think>", "hm</think>one line"]
    scores = reward.score(texts, ["haiku", "haiku", "no form", "haiku", "haiku"])
    assert scores[:4] == [0.0, 1.0, 0.0, 0.0]
    assert 0.0 < scores[4] < 0.5
    assert reward.parse(texts[1]) == "5 7 5"
    assert reward.parse(haiku) is None
