"""Writes the tables of ``docs/tasks.md`` from what is declared: ``python docs/make_tasks.py``."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from grpotui.presets.rows import attribute_docs, edit_text
from grpotui.tasks import build_rewards
from grpotui.tasks.library import reward_kinds, tasks
from grpotui.tasks.model import RewardKind, RewardSettings, TaskSettings

PAGE = Path(__file__).with_name("tasks.md")
BEGIN, END = "<!-- made by docs/make_tasks.py -->", "<!-- end -->"
SAMPLES = {"sentence_length_N": {"name": "sentence_length_10"}, "format": {"pattern": "."}}
_LONG = 60


def tables() -> list[str]:
    """Return the table of tasks and that of rewards, as Markdown."""
    task_rows = [(task.name, task.summary, own(task.settings, TaskSettings)) for task in tasks().values()]
    reward_rows = [
        (kind.name, f"{kind.summary} {_range(kind)}", own(kind.settings, RewardSettings))
        for kind in reward_kinds().values()
    ]
    return [
        "\n".join(_table(("task", "what", "its own settings"), task_rows)),
        "\n".join(_table(("reward", "what, and its range", "its own settings"), reward_rows)),
    ]


def _range(kind: RewardKind) -> str:
    (reward,) = build_rewards([{"name": kind.name, **SAMPLES.get(kind.name, {})}])
    if reward.range is None:
        return "(`range`, or unknown)"
    low, high = f"{reward.range.low:g}", f"{reward.range.high:g}"
    return f"(either {low} or {high})" if reward.binary else f"(between {low} and {high})"


def own(settings: type, base: type) -> str:
    """Return the settings that ``settings`` adds to ``base``, or whose default it changes."""
    common = {field.name: field.default for field in dataclasses.fields(base)}
    docs = attribute_docs(settings)
    told = []
    for field in dataclasses.fields(settings):
        if field.name in common and common[field.name] == field.default:
            continue
        default = "" if field.default is dataclasses.MISSING else _default(field.default)
        help_ = docs.get(field.name, "")
        told.append(f"`{field.name}{default}`{f': {help_}' if help_ else ''}")
    return "<br>".join(told)


def _default(value: object) -> str:
    if value in ((), None, ""):
        return ""
    text = json.dumps(value) if isinstance(value, str) else edit_text(value)
    return f" = {text}" if len(text) <= _LONG else ""


def _table(head: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    head = list(head)
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for name, *cells in rows:
        yield f"| `{name}` | {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def page(text: str) -> str:
    """Return the page with its tables as they should be."""
    parts = text.split(BEGIN)
    made = [parts[0]]
    for part, table in zip(parts[1:], tables(), strict=True):
        made.append(f"{BEGIN}\n{table}\n{END}{part.partition(END)[2]}")
    return "".join(made)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
