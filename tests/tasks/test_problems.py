"""What holds of every task that makes its own problems, over many seeds and settings."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui.tasks import (
    TaskError,
    build_held_out,
    build_rewards,
    build_task,
    duplicates,
    example_names,
    first_examples,
    prompt_count,
    split_task,
    task_names,
    validate_rewards,
    validate_task,
)

MIXED = {"arithmetic": 50, "counting": 25, "comparison": 25}
SETTINGS: dict[str, dict[str, Any]] = {
    "arithmetic": {},
    "binary": {"numbers": [0, 255]},
    "comparison": {"relations": ["greater than", "less than"]},
    "counting": {},
    "mixed": {"parts": MIXED},
    "stories": {},
    "verse": {},
}
REWARDS = {"stories": "happy_binary", "verse": "verse_form"}


def task(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, **SETTINGS[name], **more}


def test_every_task_is_tried() -> None:
    assert {*SETTINGS, "dataset"} == set(task_names())


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("seed", [0, 1, 2, 97, 2**31])
def test_train_and_held_out_are_disjoint_and_the_same_every_time(name: str, seed: int) -> None:
    settings = task(name, n=60, held_out=40, seed=seed)
    validate_task(settings)
    made, again = split_task(settings), split_task(settings)
    assert (made.train, made.held_out) == (again.train, again.held_out)
    assert (len(made.train), len(made.held_out)) == (60, 40)
    prompts = [example.prompt for example in made.train + made.held_out]
    assert len(set(prompts)) == 100
    assert duplicates(made.train) == 0
    assert {example.task for example in made.train} == set(example_names(settings))


@pytest.mark.parametrize("name", SETTINGS)
def test_more_examples_begin_with_the_same_ones(name: str) -> None:
    small, large = task(name, n=20, held_out=12), task(name, n=60, held_out=40)
    assert build_task(large)[:20] == build_task(small)
    assert build_held_out(large)[:12] == build_held_out(small)
    assert build_task(task(name, n=20, seed=5)) != build_task(task(name, n=20, seed=6))


@pytest.mark.parametrize("name", SETTINGS)
def test_a_preview_shows_the_first_examples_of_the_run(name: str) -> None:
    assert first_examples(task(name, n=60, held_out=40), 3) == build_task(task(name, n=60))[:3]
    assert prompt_count(task(name, n=60)) == 60


@pytest.mark.parametrize("name", SETTINGS)
def test_the_gold_completion_gets_the_maximum_and_the_prompt_never_does(name: str) -> None:
    reward = REWARDS.get(name, "exact")
    validate_rewards([{"name": reward}], task(name))
    (made,) = build_rewards([{"name": reward}])
    assert made.range is not None
    for example in build_task(task(name, n=60)):
        never = ["", " \n", "the the the the", "?" * 2000]
        never += [example.prompt] if example.gold else []  # a story may well begin with the word "happy"
        scores = made.score(never, [example.answer] * len(never), [example.prompt] * len(never))
        assert max(scores) < made.range.high
        assert min(scores) >= made.range.low
        if example.gold is not None:
            assert made.score([example.gold], [example.answer], [example.prompt]) == [made.range.high]


def test_the_forms_of_prompts_are_those_of_the_logs() -> None:
    first = {name: build_task(task(name, n=1))[0] for name in ("binary", "comparison", "counting")}
    assert first["binary"].prompt.startswith("Convert ") and first["binary"].prompt.endswith(" to binary: ")
    assert first["comparison"].prompt.startswith("Is ")
    assert first["comparison"].prompt.endswith("? Answer yes or no: ")
    assert first["counting"].prompt.startswith("Count the words: ")
    assert first["counting"].prompt.endswith(". Answer: ")


def test_answers_are_right() -> None:
    for example in build_task(task("binary", n=200)):
        assert int(str(example.answer), 2) == int(example.prompt.split()[1])
    for example in build_task(task("comparison", n=200)):
        _, a, relation, _, b = example.prompt.split("?")[0].split(" ")
        assert example.answer == ("yes" if (int(a) > int(b)) == (relation == "greater") else "no") or a == b
        assert a != b or example.answer == "no"
    for different in (False, True):
        for example in build_task(task("counting", n=150, different=different)):
            words = example.prompt.removeprefix("Count the words: ").split(".")[0].split(" ")
            assert str(len(words)) == example.answer
            assert different or len(set(words)) == 1
    assert {e.answer for e in build_task(task("counting", n=150))} == {str(n) for n in range(1, 11)}


def test_bits_are_filled_up() -> None:
    examples = build_task({"name": "binary", "bits": 6, "numbers": [0, 40], "n": 41})
    assert {len(str(example.answer)) for example in examples} == {6}


def test_the_sixteen_prompts_of_a_log_can_be_repeated_and_are_counted() -> None:
    few = {"name": "binary", "n": 100}
    with pytest.raises(TaskError, match=r"only 16 such problems: n can be 16 at most, or set allow_dup"):
        validate_task(few)
    examples = build_task({**few, "allow_duplicates": True})
    assert (len(examples), duplicates(examples)) == (100, 84)
    apart = split_task({**few, "allow_duplicates": True, "held_out": 4})
    assert {e.prompt for e in apart.train}.isdisjoint(e.prompt for e in apart.held_out)
    assert len({e.prompt for e in apart.train}) == 12


def test_the_largest_possible_n_is_possible() -> None:
    for settings in (
        {"name": "binary", "held_out": 3, "n": 20},
        {"name": "comparison", "numbers": [0, 4], "held_out": 5, "n": 99},
        task("mixed", n=2000, held_out=100),
    ):
        with pytest.raises(TaskError) as caught:
            validate_task(settings)
        most = int(str(caught.value).split("n can be ")[1].split(" ")[0])
        assert len(build_task({**settings, "n": most})) == most
        with pytest.raises(TaskError, match="at most"):
            build_task({**settings, "n": most + 1})
    with pytest.raises(TaskError, match="none is left beside held_out = 16"):
        validate_task({"name": "binary", "n": 1, "held_out": 16})


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"name": "binary", "bits": 3}, ["task.bits", "15 takes 4"]),
        ({"name": "binary", "bits": 65}, ["task.bits", "0 to 64"]),
        ({"name": "binary", "numbers": [-1, 3]}, ["task.numbers", "from 0"]),
        ({"name": "binary", "prompt": "bits of {m}"}, ["task.prompt", "{m}", "{n}"]),
        ({"name": "comparison", "relations": ["bigger"]}, ["task.relations", '"bigger"', "greater than"]),
        ({"name": "comparison", "relations": ["equal to", "equal to"]}, ["task.relations", "twice"]),
        ({"name": "comparison", "numbers": [3, 1]}, ["task.numbers", "3, is more than"]),
        ({"name": "comparison", "prompt": "{a}?"}, ["task.prompt", "{b}"]),
        ({"name": "counting", "numbers": [0, 3]}, ["task.numbers", "from 1"]),
        ({"name": "counting", "words": ["two words"]}, ["task.words", '"two words"']),
        ({"name": "counting", "words": ["a", "a"]}, ["task.words", "twice"]),
        ({"name": "counting", "prompt": "how many?"}, ["task.prompt", "{words}"]),
        ({"name": "verse", "forms": ["sonnet"]}, ["task.forms", '"sonnet"', "haiku"]),
        ({"name": "verse", "prompt": "Write."}, ["task.prompt", "{form}", "{topic}"]),
        ({"name": "arithmetic", "allow_duplicates": 1}, ["task.allow_duplicates", "true or false"]),
    ],
)
def test_errors_name_the_field(settings: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(TaskError) as caught:
        validate_task(settings)
    for word in words:
        assert word in str(caught.value)
