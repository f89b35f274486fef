"""The first examples of a draft's dataset, as lines for people."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from grpotui.presets import PresetError
from grpotui.tasks import (
    DeferredError,
    Example,
    TaskError,
    build_task,
    duplicates,
    example_names,
    first_examples,
    prompt_count,
)
from grpotui.tasks.files import with_files
from grpotui.tui.launch.draft import Draft

SHOWN = 3
COUNTED = 5000
"""Prompts up to which repeated ones are counted while somebody types."""


def preview(draft: Draft | None) -> tuple[str, ...]:
    """Return what the dataset is and its first examples; empty when it cannot be made as it stands."""
    if draft is None:
        return ()
    try:
        edited = draft.edited
        task = edited.data.get("task")
        if not isinstance(task, dict):
            return ()
        task = with_files(task, edited.folders)
        return _lines(json.dumps(task, default=str), _changed(task.get("path")))
    except (PresetError, TaskError):
        return ()


def _changed(path: object) -> float:
    """Return when a file was changed last; 0 where there is none."""
    try:
        return Path(path).stat().st_mtime if isinstance(path, str) and path else 0.0
    except (OSError, ValueError):
        return 0.0


@lru_cache(maxsize=32)
def _lines(task: str, changed: float) -> tuple[str, ...]:
    settings = json.loads(task)
    try:
        names, count = example_names(settings), prompt_count(settings)
    except (TaskError, TypeError, ValueError):
        return ()
    head = f"{settings.get('name')}: {count or 'all'} prompts"
    if held_out := settings.get("held_out"):
        head += f", {held_out} held out"
    try:
        if settings.get("allow_duplicates") and (count or 0) <= COUNTED:
            head += f", {duplicates(build_task(settings))} of them repeated"
        examples = first_examples(settings, SHOWN)
    except DeferredError as error:
        return (head, str(error).partition(": ")[2])
    except (TaskError, TypeError, ValueError):
        return ()
    return (f"{head}; the first ones", *(_line(example, len(names) > 1) for example in examples))


def _line(example: Example, named: bool) -> str:
    name = f"{example.task}: " if named else ""
    return (
        f"{name}{example.prompt}"
        if example.answer is None
        else f"{name}{example.prompt}  -> {example.answer}"
    )
