"""``[[curriculum]]``: the stages of a run, one after the other, with one optimizer and one schedule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grpotui.presets import grpo_rules
from grpotui.presets.accelerate import processes
from grpotui.presets.kinds import mismatch
from grpotui.presets.loader import merge
from grpotui.presets.preset import Problem, located
from grpotui.tasks import TaskError, prompt_count, validate_rewards, validate_task
from grpotui.tasks.files import rewards_with_files, with_files
from grpotui.tasks.settings import nearest

KEYS: Mapping[str, tuple[str, ...]] = {"name": ("str",), "steps": ("int",), "task": ("dict",)}
MAX_NAME = 40
"""Characters of a stage's name: it stands on charts and in the names of metrics."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Part of a run with a task of its own. Steps count from 1."""

    name: str
    steps: int
    task: Mapping[str, Any]
    """A whole ``[task]`` table."""
    first: int = 1
    """The first of its steps."""

    @property
    def last(self) -> int:
        """The last of its steps."""
        return self.first + self.steps - 1

    def to_json(self) -> dict[str, Any]:
        """Return where it stands, as ``attempt-N.json`` has it."""
        return {"name": self.name, "first": self.first, "last": self.last}


def stages(config: Mapping[str, Any]) -> list[Stage]:
    """Return the stages of a valid config as they will be trained; none without ``[[curriculum]]``.

    ``grpo.max_steps`` cuts them short, or makes the last one longer.
    """
    found: list[Stage] = []
    first = 1
    for index, entry in enumerate(config.get("curriculum") or []):
        task = staged_task(config.get("task") or {}, entry.get("task") or {})
        found.append(Stage(str(entry.get("name") or f"stage {index + 1}"), int(entry["steps"]), task, first))
        first += found[-1].steps
    total = (config.get("grpo") or {}).get("max_steps", -1)
    if not found or total <= 0:
        return found
    kept = [replace(s, steps=min(s.steps, total - s.first + 1)) for s in found if s.first <= total]
    return [*kept[:-1], replace(kept[-1], steps=total - kept[-1].first + 1)]


def staged_task(task: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``[task]`` with a stage's changes; a stage that names another task has its settings alone."""
    other = changes.get("name", task.get("name")) != task.get("name")
    return dict(changes) if other else merge(task, changes)


def tasks_of(config: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (name of the stage, ``[task]`` table) of each stage; the one task without a name otherwise."""
    return [(stage.name, stage.task) for stage in stages(config)] or [("", config.get("task") or {})]


def generations(steps: int, accumulated: int, per_generation: int, iterations: int) -> tuple[int, bool]:
    """Return how many generations ``steps`` optimizer steps take, and whether these are whole ones.

    Arguments are TRL's gradient_accumulation_steps, steps_per_generation and num_iterations.
    """
    whole, rest = divmod(steps * accumulated, per_generation * iterations)
    return whole + bool(rest), not rest


def with_stage_files(config: Mapping[str, Any], folders: Sequence[Path]) -> list[dict[str, Any]]:
    """Return ``[[curriculum]]`` with absolute paths, as :func:`with_files` does it for ``[task]``."""
    found = []
    for entry in config["curriculum"]:
        changes = entry.get("task") or {}
        whole = with_files(staged_task(config.get("task") or {}, changes), folders)
        found.append({**entry, "task": {key: whole[key] for key in changes}})
    return found


def problems(
    data: Mapping[str, Any], grpo: Mapping[str, Any] | None, folders: Sequence[Path] = ()
) -> Iterator[Problem]:
    """Yield what is wrong with ``[[curriculum]]``; ``grpo`` is None when that table has problems itself.

    Files are looked for in ``folders``.
    """
    names: list[str] = []
    for index, entry in enumerate(data.get("curriculum") or ()):
        where = f"curriculum.{index}"
        if not isinstance(entry, Mapping):
            yield Problem(where, "expected a table: write [[curriculum]]")
            continue
        found = [*_shape(where, entry)]
        name = entry.get("name")
        if not found and name in names:
            found = [Problem(f"{where}.name", f"there are two stages {name!r}")]
        names.append(str(name or f"stage {index + 1}"))
        yield from found or _task(where, entry, data, grpo, folders)


def _shape(where: str, entry: Mapping[str, Any]) -> Iterator[Problem]:
    for key, value in entry.items():
        if key not in KEYS:
            meant = nearest(key, KEYS) or f"; known: {', '.join(KEYS)}"
            yield Problem(f"{where}.{key}", f"a stage has no such field{meant}; the task's stand in its task")
        elif problem := mismatch(f"{where}.{key}", value, KEYS[key]):
            yield problem
    name = entry.get("name", "")
    if isinstance(name, str) and len(name) > MAX_NAME:
        yield Problem(f"{where}.name", f"expected at most {MAX_NAME} characters")
    if "steps" not in entry:
        yield Problem(f"{where}.steps", "is missing: how many optimizer steps the stage has")
    elif isinstance(entry["steps"], int) and entry["steps"] < 1:
        yield Problem(f"{where}.steps", f"expected at least 1, got {entry['steps']}")


def _task(
    where: str,
    entry: Mapping[str, Any],
    data: Mapping[str, Any],
    grpo: Mapping[str, Any] | None,
    folders: Sequence[Path],
) -> Iterator[Problem]:
    base, rewards = data.get("task"), data.get("rewards")
    task = staged_task(base if isinstance(base, Mapping) else {}, entry.get("task") or {})
    try:
        validate_task(task := with_files(task, folders))
    except TaskError as error:
        problem = located(error)
        yield Problem(f"{where}.{problem.path}", problem.message)
        return
    try:
        if isinstance(rewards, list):
            validate_rewards(rewards_with_files(rewards, folders), task)
    except TaskError as error:
        yield Problem(f"{where}.task.name", located(error).message)
    if grpo is not None:
        yield from _fit(where, entry["steps"], task, grpo, processes(data))


def _fit(
    where: str, steps: int, task: Mapping[str, Any], grpo: Mapping[str, Any], world: int
) -> Iterator[Problem]:
    """A stage must have prompts for one generation, and end with one."""
    accumulated, per_generation, iterations = grpo_rules.rhythm(grpo, world)
    if not generations(steps, accumulated, per_generation, iterations)[1]:
        lasts = per_generation * iterations
        text = f"{steps} steps end within a generation, which lasts {lasts} batches of gradient accumulation"
        yield Problem(f"{where}.steps", f"{text}: take a multiple of {-(-lasts // accumulated)}")
    have = prompt_count(task)
    need = grpo_rules.generation_size(grpo, world) // grpo_rules.group_size(grpo)
    if have is not None and have < need:
        yield Problem(
            f"{where}.task.n", f"one generation takes {need} different prompts, and there are {have}"
        )
