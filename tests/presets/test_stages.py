from __future__ import annotations

import pytest

from grpotui.presets import Preset, apply_overrides, problems
from grpotui.presets.rows import field_rows
from grpotui.presets.stages import generations, stages

STAGES = 'curriculum=[{name="plus", steps=5, task={operators=["+"]}}, {steps=10, task={operands=[0, 20]}}]'


def told(preset: Preset, *overrides: str) -> list[str]:
    return [str(problem) for problem in problems(apply_overrides(preset, overrides))]


def test_stages_follow_each_other_and_keep_what_they_do_not_change(good: Preset) -> None:
    staged = apply_overrides(good, [STAGES])
    assert list(problems(staged)) == []
    first, second = stages(staged.data)
    assert (first.name, first.first, first.last) == ("plus", 1, 5)
    assert (second.name, second.first, second.last) == ("stage 2", 6, 15)
    assert first.task == {"name": "arithmetic", "operands": [0, 9], "n": 40, "operators": ["+"]}
    assert second.task == {"name": "arithmetic", "operands": [0, 20], "n": 40}


@pytest.mark.parametrize(
    ("steps", "spans"), [(4, [(1, 4)]), (5, [(1, 5)]), (7, [(1, 5), (6, 7)]), (99, [(1, 5), (6, 99)])]
)
def test_max_steps_cuts_or_makes_the_last_stage_longer(
    good: Preset, steps: int, spans: list[tuple[int, int]]
) -> None:
    found = stages(apply_overrides(good, [STAGES, f"grpo.max_steps={steps}"]).data)
    assert [(stage.first, stage.last) for stage in found] == spans


def test_a_stage_of_another_task_has_its_settings_alone(good: Preset) -> None:
    (stage,) = stages(apply_overrides(good, ['curriculum=[{steps=1, task={name="stories", n=9}}]']).data)
    assert stage.task == {"name": "stories", "n": 9}


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("curriculum=5", "curriculum: expected a list"),
        ("curriculum=[5]", "curriculum.0: expected a table"),
        ("curriculum=[{}]", "curriculum.0.steps: is missing"),
        ("curriculum=[{steps=0}]", "curriculum.0.steps: expected at least 1, got 0"),
        ("curriculum=[{steps=true}]", "curriculum.0.steps: expected a whole number, got true"),
        ("curriculum=[{step=5}]", "curriculum.0.step: a stage has no such field; nearest: steps"),
        ("curriculum=[{steps=1, operands=[0, 5]}]", "the task's stand in its task"),
        (
            "curriculum=[{steps=1, task={operand=[0, 5]}}]",
            "curriculum.0.task.operand: task arithmetic has no",
        ),
        (
            "curriculum=[{steps=1, task={n=7}}]",
            "curriculum.0.task.n: one generation takes 8 different prompts",
        ),
        (
            "curriculum=[{steps=1, name='a'}, {steps=1, name='a'}]",
            "curriculum.1.name: there are two stages 'a'",
        ),
        (
            "curriculum=[{steps=1, task={name='stories'}}]",
            "curriculum.0.task.name: exact compares with an answer",
        ),
    ],
)
def test_what_is_wrong_with_a_stage_is_told(good: Preset, override: str, message: str) -> None:
    found = told(good, override)
    assert any(message in line for line in found), found


def test_a_stage_ends_with_a_generation(good: Preset) -> None:
    found = told(good, STAGES, "grpo.steps_per_generation=4")
    assert [line.partition(":")[0] for line in found] == ["curriculum.0.steps", "curriculum.1.steps"]
    assert "take a multiple of 4" in found[0]
    assert told(good, STAGES, "grpo.steps_per_generation=5") == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((5, 1, 1, 1), (5, True)),
        ((5, 2, 2, 1), (5, True)),
        ((4, 1, 4, 1), (1, True)),
        ((5, 1, 4, 1), (2, False)),
        ((3, 4, 2, 1), (6, True)),
        ((4, 1, 1, 2), (2, True)),
    ],
)
def test_generations_of_a_stage(arguments: tuple[int, int, int, int], expected: tuple[int, bool]) -> None:
    assert generations(*arguments) == expected


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["eval.every=5"], "eval.every: the task holds out no prompts to ask: set task.held_out"),
        (["eval.best=eval_accuracy"], "eval.best: eval_accuracy is never measured: set eval.every"),
        (["eval.every=5", "eval.best=accuracy"], "expected one of eval_accuracy"),
        (["eval.every=5", "eval.best=eval_sampled_accuracy"], "is not measured: that takes n, and greedy"),
        (["eval.every=5", "eval.greedy=false"], "eval.greedy: nothing is asked"),
        (["eval.every=-1"], "eval.every: expected at least 0"),
    ],
)
def test_what_does_not_fit_in_eval_is_told(good: Preset, overrides: list[str], message: str) -> None:
    held_out = [] if "holds out" in message else ["task.held_out=20"]
    found = told(good, *overrides, *held_out)
    assert any(message in line for line in found), found


def test_an_evaluation_with_held_out_prompts_is_fine(good: Preset) -> None:
    wanted = ["eval.every=5", "eval.n=40", "eval.best=eval_accuracy", "task.held_out=20"]
    assert told(good, *wanted) == []
    assert told(good, "eval.every=5", "eval.n=0", "eval.watch=0") == []


def test_stages_are_fields_of_a_form(good: Preset) -> None:
    staged = apply_overrides(good, [STAGES])
    rows = {row.path: row.value for row in field_rows(staged) if row.path.startswith("curriculum")}
    assert rows == {
        "curriculum.0.steps": 5,
        "curriculum.0.task.operators": ["+"],
        "curriculum.1.steps": 10,
        "curriculum.1.task.operands": [0, 20],
    }
    edited = apply_overrides(staged, ["curriculum.1.steps=20", 'curriculum.0.task.operators=["-"]'])
    assert [stage.steps for stage in stages(edited.data)] == [5, 20]
