"""Several tasks in one, by weight; every example keeps the name of its part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from grpotui.records import as_float
from grpotui.tasks.library import find_task
from grpotui.tasks.model import Load, Part, Task, TaskError, TaskSettings
from grpotui.tasks.settings import read, shown

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}", re.ASCII)
_COMMON = tuple(declared.name for declared in fields(TaskSettings))


@dataclass(frozen=True)
class MixedSettings(TaskSettings):
    """Which tasks, and how much of each."""

    parts: Mapping[str, Any] = field(default_factory=dict)
    """A weight for each task, or a table [task.parts.NAME] with ``weight`` and the task's own settings."""

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        if not self.parts:
            return "parts", "expected weights, such as { arithmetic = 50, counting = 25, comparison = 25 }"
        for label, part in self.parts.items():
            if not _LABEL.fullmatch(label):
                return "parts", f'"{label}" is no name for a part: letters, digits, - and _'
            table = part if isinstance(part, Mapping) else {"weight": part}
            weight = as_float(table.get("weight", 1.0))
            if weight is None or weight <= 0:
                got = shown(table.get("weight"))
                return f"parts.{label}", f"expected a weight of more than 0, or a table, got {got}"
            for key in _COMMON:
                if key in table:
                    return f"parts.{label}.{key}", "it stands in [task], for all parts together"
        return None


def _table(settings: MixedSettings, label: str) -> Mapping[str, Any]:
    part = settings.parts[label]
    return part if isinstance(part, Mapping) else {"weight": part}


def _task(settings: MixedSettings, label: str) -> tuple[Task, TaskSettings]:
    """Return the task of a part with its settings. Raises TaskError."""
    table = _table(settings, label)
    where = f"task.parts.{label}"
    task = find_task(table.get("name", label), where)
    if task.name == TASK.name:
        raise TaskError(f"{where}: a mixed task cannot be part of another")
    own = {key: value for key, value in table.items() if key != "weight"}
    return task, read(task.settings, where, f"task {task.name}", own)


def _parts(settings: MixedSettings, load: Load) -> Sequence[Part]:
    made = []
    for label in settings.parts:
        task, own = _task(settings, label)
        (part,) = task.parts_of(own, load)
        weight = float(_table(settings, label).get("weight", 1.0))
        made.append(replace(part, name=label, weight=weight))
    return made


def _answers(settings: MixedSettings) -> Mapping[str, bool]:
    found = {}
    for label in settings.parts:
        task, own = _task(settings, label)
        found[label] = task.answers_of(own)[task.name]
    return found


TASK = Task("mixed", "Several tasks by weight", MixedSettings, parts=_parts, answers=_answers)
