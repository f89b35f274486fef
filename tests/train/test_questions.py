"""Which prompts are asked, and in which order stages are trained; no torch needed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from grpotui.presets import load, resolve
from grpotui.presets.loader import available
from grpotui.presets.stages import Stage, stages, tasks_of
from grpotui.tasks import Example
from grpotui.train import data
from grpotui.train.curriculum import Rhythm, grpo_of, ordered, stage_at
from grpotui.train.questions import Questions, evenly, row_of

CURRICULA = [info.name for info in available(None) if load(info.name, None).data.get("curriculum")]


def config(name: str) -> dict[str, Any]:
    return resolve(load(name, None))


@pytest.mark.parametrize("name", ["demo-arithmetic", "mixed", *CURRICULA])
def test_nothing_that_is_trained_on_in_any_stage_is_asked_as_held_out(name: str) -> None:
    plan = config(name)
    plan["eval"]["every"] = 1
    asked = Questions.of(plan)
    trained = {e.prompt for _, task in tasks_of(plan) for e in data.load(task).train}
    assert len(asked.held_out) > 20
    assert not trained & {q.example.prompt for q in (*asked.held_out, *asked.watch)}
    assert {q.example.prompt for q in asked.train} <= trained


@pytest.mark.parametrize("name", CURRICULA)
def test_every_stage_is_asked_about(name: str) -> None:
    plan = config(name)
    asked = Questions.of(plan)
    names = {stage.name for stage in stages(plan)}
    assert {q.stage for q in asked.held_out} == {q.stage for q in asked.train} == names


def test_watch_prompts_depend_on_the_task_alone() -> None:
    plan = config("mixed")
    watched = Questions.of(plan).watch
    other = copy.deepcopy(plan)
    other["eval"] |= {"n": 5, "n_train": 0, "sampled": True}
    other["grpo"]["seed"] = 99
    assert Questions.of(other).watch == watched
    tasks = [q.example.task for q in watched]
    assert {tasks.count(task) for task in tasks} == {8}
    assert len(set(tasks)) > 1


def test_prompts_are_chosen_evenly() -> None:
    assert evenly(range(10), 4) == [0, 2, 5, 7]
    assert evenly(range(3), 4) == [0, 1, 2]
    assert evenly(range(3), 0) == []


def test_a_row_holds_all_columns_and_a_conversation() -> None:
    turns = [{"role": "user", "content": "hi"}]
    plain = Example("hi", "x", "chat", columns={"level": 3})
    assert row_of(plain) == {"level": 3, "prompt": "hi", "answer": "x", "task": "chat"}
    assert row_of(Example("user: hi", None, "chat", messages=turns))["prompt"] == turns


def examples(name: str, count: int) -> list[Example]:
    return [Example(f"{name}{i}", None, name) for i in range(count)]


RHYTHM = Rhythm(prompts=4, accumulated=1, per_generation=2, iterations=1)
"""Four prompts a generation, which lasts two steps."""


def plan(last: int) -> list[tuple[Stage, list[Example]]]:
    return [
        (Stage("a", 6, {}), examples("a", 10)),
        (Stage("b", last, {}, first=7), examples("b", 4)),
    ]


def test_stages_last_as_long_as_they_should_and_no_generation_asks_a_prompt_twice() -> None:
    found = [e.prompt for e in ordered(plan(4), RHYTHM, seed=1)]
    assert [prompt[0] for prompt in found] == ["a"] * 12 + ["b"] * 8
    for start in range(0, len(found), 4):
        assert len(set(found[start : start + 4])) == 4
    assert len(set(found[:8])) == 8  # of ten, two fill no generation
    assert sorted(found[12:16]) == sorted(found[16:])


def test_the_order_is_the_runs_own_and_a_longer_last_stage_changes_nothing_before() -> None:
    short, long, other = (
        [e.prompt for e in ordered(plan(last), RHYTHM, seed)] for last, seed in ((4, 1), (40, 1), (4, 2))
    )
    assert long[: len(short)] == short != other
    assert len(long) == 12 + 80


def test_a_curriculum_decides_the_steps_and_keeps_its_order() -> None:
    spans = [stage for stage, _ in plan(4)]
    assert grpo_of({"beta": 0.1}, spans) == {"beta": 0.1, "max_steps": 10, "shuffle_dataset": False}
    assert grpo_of({"beta": 0.1}, []) == {"beta": 0.1}
    assert [stage_at(spans, step) for step in (0, 1, 6, 7, 10, 11)] == [None, 0, 0, 1, 1, None]
