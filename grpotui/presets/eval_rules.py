"""What does not fit together in ``[eval]``, beside the kinds of its fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from grpotui.presets.preset import Problem
from grpotui.presets.sections import BEST, EvalSettings
from grpotui.presets.stages import staged_task

_DEFAULTS = {field.name: field.default for field in dataclasses.fields(EvalSettings)}


def problems(table: Mapping[str, Any], task: Mapping[str, Any], curriculum: object) -> Iterator[Problem]:
    """Yield what is wrong: nobody to ask, nothing that is asked, a best that is not measured."""
    wanted = {**_DEFAULTS, **table}
    best = wanted["best"]
    if not isinstance(wanted["every"], int) or wanted["every"] <= 0:
        if best in BEST:
            yield Problem("eval.best", f"{best} is never measured: set eval.every")
        return
    if not (wanted["greedy"] or wanted["sampled"]):
        yield Problem("eval.greedy", "nothing is asked: set greedy or sampled to true")
    asks = wanted["n"] or wanted["watch"]
    tasks = _tasks(task, curriculum)
    if asks and not any(table.get("held_out") or table.get("held_out_split") for table in tasks):
        yield Problem("eval.every", "the task holds out no prompts to ask: set task.held_out, such as 200")
    both = wanted["greedy"] and wanted["sampled"]
    if best in BEST and (not wanted["n"] or (best == "eval_sampled_accuracy" and not both)):
        yield Problem("eval.best", f"{best} is not measured: that takes n, and greedy and sampled for both")


def _tasks(task: Mapping[str, Any], curriculum: object) -> list[Mapping[str, Any]]:
    """Return the ``[task]`` table of every stage that is a table, or the one there is."""
    entries = curriculum if isinstance(curriculum, list) else []
    changes = [entry.get("task", {}) for entry in entries if isinstance(entry, Mapping)]
    return [staged_task(task, c) for c in changes if isinstance(c, Mapping)] or [task]
