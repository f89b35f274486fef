"""Finds the tasks and rewards that ship with grpotui: one file each, found by looking."""

from __future__ import annotations

import pkgutil
import re
from functools import cache
from importlib import import_module

from grpotui.tasks import problems, rewards
from grpotui.tasks.model import RewardKind, Task, TaskError
from grpotui.tasks.settings import nearest, shown


@cache
def tasks() -> dict[str, Task]:
    """Return every task by name: the ``TASK`` of each module in ``problems/``."""
    names = sorted(module.name for module in pkgutil.iter_modules(problems.__path__))
    found: list[Task] = [import_module(f"{problems.__name__}.{name}").TASK for name in names]
    return {task.name: task for task in found}


@cache
def reward_kinds() -> dict[str, RewardKind]:
    """Return every kind of reward by name: the ``REWARD`` of each module in ``rewards/``."""
    names = sorted(module.name for module in pkgutil.iter_modules(rewards.__path__))
    found: list[RewardKind] = [import_module(f"{rewards.__name__}.{name}").REWARD for name in names]
    return {kind.name: kind for kind in found}


def find_task(name: object, where: str = "task") -> Task:
    """Return the task called ``name``; ``where`` is its table. Raises TaskError with the nearest names."""
    known = tasks()
    if isinstance(name, str) and name in known:
        return known[name]
    raise TaskError(f"{where}.name: {_unknown('task', name, list(known))}")


def find_reward(name: object, where: str) -> RewardKind:
    """Return the kind of reward that ``name`` belongs to. Raises TaskError with the nearest names."""
    known = reward_kinds()
    if isinstance(name, str):
        for kind in known.values():
            if re.fullmatch(kind.pattern or re.escape(kind.name), name, re.ASCII):
                return kind
    raise TaskError(f"{where}.name: {_unknown('reward', name, list(known))}")


def _unknown(what: str, name: object, known: list[str]) -> str:
    names = f"; known: {', '.join(known)}"
    if name is None:
        return f"is missing{names}"
    if not isinstance(name, str):
        return f"expected text, got {shown(name)}{names}"
    return f"no {what} {shown(name).removeprefix('text ')}{nearest(name, known) or names}"
