"""From a preset's ``[task]`` and ``[[rewards]]`` to prompts, answers and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grpotui.records import RewardRange
from grpotui.tasks import tables
from grpotui.tasks.library import find_reward, find_task, reward_kinds, tasks
from grpotui.tasks.model import (
    MAX_EXAMPLES,
    DeferredError,
    Example,
    Load,
    Reward,
    RewardKind,
    TaskError,
    TaskSettings,
)
from grpotui.tasks.settings import nearest, read, shown
from grpotui.tasks.split import Split, divide, require_enough


def task_names() -> list[str]:
    """Return the names that ``[task] name`` takes."""
    return list(tasks())


def reward_names() -> list[str]:
    """Return the names that ``[[rewards]] name`` takes; a capital N stands for a number."""
    return list(reward_kinds())


def validate_task(settings: Mapping[str, Any]) -> None:
    """Raise TaskError with the first thing that is wrong with a ``[task]`` table.

    Datasets that take long to read are not looked into.
    """
    made = _read_task(settings)
    try:
        parts = find_task(settings["name"]).parts_of(made, tables.read_quickly)
    except DeferredError:
        return
    require_enough(parts, made)


def build_task(settings: Mapping[str, Any]) -> list[Example]:
    """Return the ``n`` training examples of a ``[task]`` table, prompts all different.

    The same settings give the same examples; more of them (a larger ``n``) begin with the same ones. None is
    held out. Raises TaskError.
    """
    return split_task(settings).train


def build_held_out(settings: Mapping[str, Any]) -> list[Example]:
    """Return the ``held_out`` examples of a ``[task]`` table, whatever ``n`` is. Raises TaskError."""
    return split_task(settings).held_out


def split_task(settings: Mapping[str, Any], load: Load = tables.read) -> Split:
    """Return training and held-out examples of a ``[task]`` table; ``load`` reads datasets.

    Raises TaskError, DeferredError for a dataset that ``load`` does not read.
    """
    made = _read_task(settings)
    return divide(find_task(settings["name"]).parts_of(made, load), made)


def first_examples(settings: Mapping[str, Any], count: int) -> list[Example]:
    """Return ``count`` training examples, fewer where there are not as many; quick for every task.

    Of a dataset its first rows. Raises TaskError.
    """
    made = replace(_read_task(settings), n=count, held_out=0, allow_duplicates=True)
    parts = find_task(settings["name"]).parts_of(made, tables.head(count))
    found = divide([replace(part, held_out=None) for part in parts], made).train
    return list({example.prompt: example for example in found}.values())


def prompt_count(settings: Mapping[str, Any]) -> int | None:
    """Return how many prompts a valid ``[task]`` table trains on; None while nobody has counted them."""
    return _read_task(settings).n or None


def example_names(settings: Mapping[str, Any]) -> list[str]:
    """Return the names that a task's examples are filed under: its own, or those of its parts."""
    return list(find_task(settings.get("name")).answers_of(_read_task(settings)))


def duplicates(examples: Sequence[Example]) -> int:
    """Return how many of the examples repeat the prompt of an earlier one."""
    return len(examples) - len({example.prompt for example in examples})


def _read_task(settings: Mapping[str, Any]) -> TaskSettings:
    task = find_task(settings.get("name"))
    made = read(task.settings, "task", f"task {task.name}", settings)
    for field, low in (("n", min(1, task.settings().n)), ("held_out", 0)):
        if getattr(made, field) < low:
            raise TaskError(f"task.{field}: expected at least {low}, got {shown(getattr(made, field))}")
    if made.n + made.held_out > MAX_EXAMPLES:
        raise TaskError(
            f"task.n: n + held_out is {shown(made.n + made.held_out).removeprefix('the number ')}: at most "
            f"{MAX_EXAMPLES} prompts are supported"
        )
    return made


def validate_rewards(specs: Sequence[Mapping[str, Any]], task: Mapping[str, Any] | None = None) -> None:
    """Raise TaskError with the first thing that is wrong with ``[[rewards]]``.

    With ``task`` (a valid ``[task]`` table) also when a reward cannot judge that task.
    """
    rewards = build_rewards(specs)
    if task is None:
        return
    has_answers = find_task(task.get("name")).answers_of(_read_task(task))
    for index, (reward, spec) in enumerate(zip(rewards, specs, strict=True)):
        where, kind = f"rewards.{index}", find_reward(spec.get("name"), "")
        for name in reward.tasks:
            if name not in has_answers:
                known = f"; known: {', '.join(has_answers)}"
                raise TaskError(f'{where}.tasks: no task "{name}"{nearest(name, has_answers) or known}')
        for name in reward.tasks or has_answers:
            _require_judged(where, kind, name, task, has_answers[name])


def _require_judged(
    where: str, kind: RewardKind, name: str, task: Mapping[str, Any], has_answer: bool
) -> None:
    """Raise TaskError when a kind of reward cannot judge examples of one name."""
    among = "" if name == task["name"] else f": list the others in {where}.tasks"
    if kind.needs_answer and not has_answer:
        raise TaskError(f"{where}.name: {kind.name} compares with an answer, and task {name} has none{among}")
    part = (task.get("parts") or {}).get(name) if name != task["name"] else task
    kind_of_task = part.get("name", name) if isinstance(part, Mapping) else name
    if kind.only_for and kind_of_task not in kind.only_for:
        fits = " or ".join(kind.only_for)
        raise TaskError(f"{where}.name: {kind.name} judges task {fits} only, not {name}{among}")


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
        settings = read(kind.settings, where, f"reward {spec['name']}", spec)
        built = kind.build(str(spec["name"]), settings)
        reward = replace(built, tasks=settings.tasks, needs_answer=kind.needs_answer)
        # TRL's metrics are called after the function: two of one name would be one curve.
        if any(other.name == reward.name for other in made):
            raise TaskError(f"{where}.name: reward {reward.name} is there already: remove one of the two")
        made.append(reward)
    return made


def total_range(rewards: Sequence[Reward]) -> RewardRange | None:
    """Return the lowest and highest weighted sum of ``rewards``; None when one of them has no range.

    Where rewards score some tasks only, the widest of those tasks' ranges. Binary when the only reward that
    counts is.
    """
    named = {name for reward in rewards for name in reward.tasks}
    sums = []
    for task in [*named, ""]:
        applied = [reward for reward in rewards if not reward.tasks or task in reward.tasks]
        ends = []
        for reward in applied:
            if reward.range is None:
                return None
            ends.append((reward.weight * reward.range.low, reward.weight * reward.range.high))
        if ends:
            sums.append(RewardRange(sum(map(min, ends)), sum(map(max, ends))))
    counted = [reward for reward in rewards if reward.weight]
    binary = len(counted) == 1 and counted[0].binary
    return RewardRange(min(span.low for span in sums), max(span.high for span in sums), binary)


def parse_first(rewards: Sequence[Reward], text: str) -> str | None:
    """Return what the first reward that parses anything reads out of a completion."""
    return next((parsed for reward in rewards if (parsed := reward.parse(text)) is not None), None)
