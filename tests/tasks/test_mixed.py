from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any

import pytest

from grpotui.records import RewardRange
from grpotui.tasks import (
    TaskError,
    build_rewards,
    build_task,
    example_names,
    split_task,
    total_range,
    validate_rewards,
    validate_task,
)
from grpotui.tasks.split import woven

MIXED: dict[str, Any] = {
    "name": "mixed",
    "n": 150,
    "parts": {"arithmetic": 50, "counting": 25, "comparison": 25},
}


def test_every_beginning_holds_the_parts_by_weight() -> None:
    for weights in ([50.0, 25.0, 25.0], [1.0, 1.0], [0.1, 0.7, 0.2], [3.0]):
        counts: Counter[int] = Counter()
        for place, part in enumerate(islice(woven(weights), 500), 1):
            counts[part] += 1
            for index, weight in enumerate(weights):
                assert abs(counts[index] - weight / sum(weights) * place) < len(weights)


def test_the_mix_of_the_log() -> None:
    made = split_task({**MIXED, "held_out": 40})
    assert Counter(e.task for e in made.train) == {"arithmetic": 75, "counting": 38, "comparison": 37}
    assert Counter(e.task for e in made.held_out) == {"arithmetic": 20, "counting": 10, "comparison": 10}
    assert {e.prompt.split()[0] for e in made.train if e.task == "comparison"} == {"Is"}


def test_parts_have_their_own_settings_and_names() -> None:
    parts = {
        "easy": {"name": "arithmetic", "weight": 1, "operands": [0, 5]},
        "hard": {"name": "arithmetic", "weight": 1, "operands": [50, 60]},
    }
    settings = {"name": "mixed", "n": 40, "held_out": 20, "parts": parts}
    assert example_names(settings) == ["easy", "hard"]
    for example in split_task(settings).train:
        a = int(example.prompt.split()[1])
        assert example.task == ("easy" if a <= 5 else "hard")


@pytest.mark.parametrize("seed", range(5))
def test_parts_that_overlap_share_no_held_out_prompt(seed: int) -> None:
    part = {"name": "arithmetic", "operands": [0, 6], "weight": 1}
    parts = {"one": part, "two": {**part, "operands": [0, 7]}}
    made = split_task({"name": "mixed", "n": 80, "held_out": 40, "seed": seed, "parts": parts})
    held_out = {e.prompt for e in made.held_out}
    assert len(held_out) == 40
    assert held_out.isdisjoint(e.prompt for e in made.train)
    assert len({e.prompt for e in made.train}) == 80


def test_rewards_may_score_some_parts_only() -> None:
    task = {"name": "mixed", "parts": {"arithmetic": 1, "stories": 1}}
    happy = {"name": "happy_binary", "tasks": ["stories"]}
    with pytest.raises(TaskError, match=r"rewards\.0\.name: exact .* stories has none: .*rewards\.0\.tasks"):
        validate_rewards([{"name": "exact"}, happy], task)
    with pytest.raises(TaskError, match=r'rewards\.0\.tasks: no task "sums"; known: arithmetic, stories'):
        validate_rewards([{"name": "exact", "tasks": ["sums"]}], task)
    specs = [{"name": "exact", "tasks": ["arithmetic"]}, happy]
    validate_rewards(specs, task)
    assert total_range(build_rewards(specs)) == RewardRange(-1.0, 1.0)
    weighted = [{"name": "exact", "weight": 3}, {**happy, "weight": 2}]
    assert total_range(build_rewards(weighted)) == RewardRange(-3.0, 5.0)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({}, ["task.parts", "arithmetic = 50"]),
        ({"arithmetc": 1}, ["task.parts.arithmetc.name", "nearest: arithmetic"]),
        ({"arithmetic": 0}, ["task.parts.arithmetic", "more than 0", "0"]),
        ({"arithmetic": "half"}, ["task.parts.arithmetic", '"half"']),
        ({"arithmetic": {"operandz": [0, 1]}}, ["task.parts.arithmetic.operandz", "nearest: operands"]),
        ({"arithmetic": {"operands": [3, 1]}}, ["task.parts.arithmetic.operands", "3, is more"]),
        ({"arithmetic": {"n": 3}}, ["task.parts.arithmetic.n", "[task]"]),
        ({"mixed": {"parts": {"arithmetic": 1}}}, ["task.parts.mixed", "another"]),
        ({"a/b": {"name": "arithmetic"}}, ["task.parts", '"a/b"']),
        ({"binary": 1, "arithmetic": 1}, ["task.n", "part binary", "n can be 32 at most"]),
    ],
)
def test_errors_name_the_part(parts: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(TaskError) as caught:
        validate_task({"name": "mixed", "parts": parts})
    for word in words:
        assert word in str(caught.value)


def test_a_part_that_runs_out_may_repeat() -> None:
    settings = {"name": "mixed", "n": 100, "allow_duplicates": True, "parts": {"binary": 1, "arithmetic": 1}}
    examples = build_task(settings)
    assert Counter(e.task for e in examples) == {"binary": 50, "arithmetic": 50}
    assert len({e.prompt for e in examples if e.task == "binary"}) == 16
