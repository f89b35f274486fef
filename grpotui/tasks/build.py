"""From a preset's ``[task]`` and ``[[rewards]]`` to prompts, answers and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grpotui.records import RewardRange
from grpotui.tasks.library import find_reward, find_task, reward_kinds, tasks
from grpotui.tasks.model import MAX_EXAMPLES, Example, Problems, Reward, TaskError, TaskSettings
from grpotui.tasks.settings import read, shown
from grpotui.tasks.shuffle import Shuffle

_TRIES = 100
"""Problems looked at per prompt asked for, before there are too few different ones."""


def task_names() -> list[str]:
    """Return the names that ``[task] name`` takes."""
    return list(tasks())


def reward_names() -> list[str]:
    """Return the names that ``[[rewards]] name`` takes; a capital N stands for a number."""
    return list(reward_kinds())


def validate_task(settings: Mapping[str, Any]) -> None:
    """Raise TaskError with the first thing that is wrong with a ``[task]`` table."""
    _read_task(settings)


def build_task(settings: Mapping[str, Any]) -> list[Example]:
    """Return the ``n`` training examples of a ``[task]`` table, prompts all different.

    The same settings give the same examples; more of them (a larger ``n``) begin with the same ones. None is
    held out. Raises TaskError.
    """
    return _split(settings)[0]


def build_held_out(settings: Mapping[str, Any]) -> list[Example]:
    """Return the ``held_out`` examples of a ``[task]`` table, whatever ``n`` is. Raises TaskError."""
    return _split(settings)[1]


def _read_task(settings: Mapping[str, Any]) -> tuple[TaskSettings, Problems]:
    task = find_task(settings.get("name"))
    made = read(task.settings, "task", f"task {task.name}", settings)
    for field, low in (("n", 1), ("held_out", 0)):
        if getattr(made, field) < low:
            raise TaskError(f"task.{field}: expected at least {low}, got {shown(getattr(made, field))}")
    asked, problems = made.n + made.held_out, task.problems(made)
    if asked > MAX_EXAMPLES:
        raise TaskError(f"task.n: n + held_out is {asked}: at most {MAX_EXAMPLES} prompts are supported")
    if asked > problems.size:
        raise TaskError(f"task.n: n + held_out is {asked}, but there are only {problems.size} such problems")
    return made, problems


def _split(settings: Mapping[str, Any]) -> tuple[list[Example], list[Example]]:
    """Return (train, held out): taken from the two ends of one order, no prompt twice in both together."""
    made, problems = _read_task(settings)
    order = Shuffle(problems.size, made.seed)
    seen: set[str] = set()

    def take(indices: range, count: int) -> list[Example]:
        taken: list[Example] = []
        for index in indices[: _TRIES * count]:
            if len(taken) == count:
                break
            example = problems.at(order[index])
            if example.prompt not in seen:
                seen.add(example.prompt)
                taken.append(example)
        if len(taken) < count:
            raise TaskError(
                f"task.n: n + held_out is {made.n + made.held_out}, but only {len(seen)} different prompts "
                "were found"
            )
        return taken

    held_out = take(range(problems.size - 1, -1, -1), made.held_out)
    return take(range(problems.size), made.n), held_out


def validate_rewards(specs: Sequence[Mapping[str, Any]], task: Mapping[str, Any] | None = None) -> None:
    """Raise TaskError with the first thing that is wrong with ``[[rewards]]``.

    With ``task`` (a ``[task]`` table) also when a reward needs answers that the task has not.
    """
    build_rewards(specs)
    if task is None or find_task(task.get("name")).has_answers:
        return
    for index, spec in enumerate(specs):
        if find_reward(spec.get("name"), "").needs_answer:
            raise TaskError(
                f"rewards.{index}.name: {spec['name']} compares with an answer, "
                f"and task {task['name']} has none"
            )


def build_rewards(specs: Sequence[Mapping[str, Any]]) -> list[Reward]:
    """Return the rewards of ``[[rewards]]``, in order. Raises TaskError."""
    if not specs:
        raise TaskError('rewards: expected at least one, such as [[rewards]] with name = "exact"')
    made: list[Reward] = []
    for index, spec in enumerate(specs):
        where = f"rewards.{index}"
        if not isinstance(spec, Mapping):
            raise TaskError(f"{where}: expected a table, got {shown(spec)}")
        kind = find_reward(spec.get("name"), where)
        name = str(spec["name"])
        # TRL's metrics are called after the function: two of one name would be one curve.
        if any(reward.name == name for reward in made):
            raise TaskError(f"{where}.name: reward {name} is there already: remove one of the two")
        built = kind.build(name, read(kind.settings, where, f"reward {name}", spec))
        made.append(replace(built, needs_answer=kind.needs_answer))
    return made


def total_range(rewards: Sequence[Reward]) -> RewardRange:
    """Return the lowest and highest weighted sum of ``rewards``."""
    ends = [(r.weight * r.range.low, r.weight * r.range.high) for r in rewards]
    return RewardRange(sum(map(min, ends)), sum(map(max, ends)))


def parse_first(rewards: Sequence[Reward], text: str) -> str | None:
    """Return what the first reward that parses anything reads out of a completion."""
    return next((parsed for reward in rewards if (parsed := reward.parse(text)) is not None), None)
