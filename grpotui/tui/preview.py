"""The first examples of a draft's dataset, as lines for people."""

from __future__ import annotations

import json
from functools import lru_cache

from grpotui.presets import PresetError
from grpotui.tasks import TaskError, first_examples
from grpotui.tui.launch_data import Draft

SHOWN = 3


def preview(draft: Draft | None) -> tuple[str, ...]:
    """Return what the dataset is and its first examples; empty when it cannot be made as it stands."""
    if draft is None:
        return ()
    try:
        task = draft.edited.data.get("task")
        return _lines(json.dumps(task, default=str)) if isinstance(task, dict) else ()
    except PresetError:
        return ()


@lru_cache(maxsize=32)
def _lines(task: str) -> tuple[str, ...]:
    settings = json.loads(task)
    held_out = settings.get("held_out") or 0
    try:
        examples = first_examples(settings, SHOWN)
    except (TaskError, TypeError, ValueError):
        return ()
    aside = f", {held_out} held out" if held_out else ""
    head = f"{settings.get('name')}: {settings.get('n', 100)} prompts{aside}; the first ones"
    shown = (e.prompt if e.answer is None else f"{e.prompt}  -> {e.answer}" for e in examples)
    return (head, *shown)
