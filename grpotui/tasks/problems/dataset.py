"""Prompts and answers of the user's own: a file, a ``datasets`` folder or a dataset of the hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from grpotui.records import prompt_text
from grpotui.tasks.model import Example, Load, Part, Problems, Row, Task, TaskError, TaskSettings
from grpotui.tasks.tables import text_of

_ROLES = ("system", "user", "assistant", "tool", "developer")


@dataclass(frozen=True)
class DatasetSettings(TaskSettings):
    """Where the rows are, and which columns count."""

    n: int = 0
    """Rows to train on, chosen by the seed; 0 for all that are not held out."""
    path: str = ""
    """A .jsonl, .csv or .parquet file, a folder that ``save_to_disk`` wrote, or a hub id."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Which column is what: prompt, answer; any other name becomes an argument of your own rewards."""
    split: str = "train"
    """Split to train on, of a folder or hub id that has several."""
    held_out_split: str = ""
    """Split (for files another file) of the held-out rows; held_out then says how many, 0 for all."""

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        if not self.path:
            return "path", "expected a file, a folder or a hub id"
        for name in self.columns:
            if not name.isidentifier() or name in ("prompts", "completions", "completion_ids", "task"):
                return "columns", f'"{name}" cannot be the name of a column here'
        return None


def _parts(settings: DatasetSettings, load: Load) -> Sequence[Part]:
    held_out = None
    if settings.held_out_split:
        is_file = bool(Path(settings.path).suffix)
        place = (settings.held_out_split, "train") if is_file else (settings.path, settings.held_out_split)
        held_out = _problems(settings, load(*place), Path(place[0]).name)
    rows = load(settings.path, settings.split)
    return [Part(TASK.name, 1.0, _problems(settings, rows, Path(settings.path).name), held_out)]


def _problems(settings: DatasetSettings, rows: Sequence[Row], where: str) -> Problems:
    examples = list(map(partial(_example, settings.columns, where), rows))
    if not examples:
        raise TaskError(f"task.path: {where} has no rows")
    if len({bool(example.messages) for example in examples}) > 1:
        raise TaskError(f"task.path: {where} has prompts that are text and some that are messages")
    return Problems(len(examples), examples.__getitem__)


def _example(columns: Mapping[str, str], where: str, row: Row) -> Example:
    number, cells = row
    prompt = _prompt(_cell(cells, columns.get("prompt", "prompt"), where, number))
    if isinstance(prompt, TaskError):
        raise TaskError(f"task.path: row {number} of {where}: {prompt}")
    messages = prompt if isinstance(prompt, list) else []
    text = prompt_text(prompt)
    column = columns.get("answer", "answer")
    answer = None
    if "answer" in columns or column in cells:
        answer = text_of(_cell(cells, column, where, number))
        if answer is None:
            raise TaskError(f'task.path: row {number} of {where}: column "{column}" holds no text or number')
    more = {name: column for name, column in columns.items() if name not in ("prompt", "answer")}
    extra = {name: _cell(cells, column, where, number) for name, column in more.items()}
    answer = None if answer is None else _encodable(answer)
    return Example(text, answer, TASK.name, columns=extra, messages=messages)


def _cell(cells: Mapping[str, Any], column: str, where: str, number: int) -> Any:
    if column in cells and cells[column] is not None:
        return cells[column]
    known = "" if column in cells else f"; it has: {', '.join(cells)}"
    raise TaskError(f'task.columns: row {number} of {where} has no "{column}"{known}')


def _prompt(value: Any) -> str | list[dict[str, str]] | TaskError:
    """Return a prompt as the trainer takes it, or what is wrong with it."""
    if isinstance(value, str):
        return _encodable(value) if value.strip() else TaskError("the prompt is empty")
    if not isinstance(value, list) or not value:
        return TaskError("the prompt is neither text nor a list of messages")
    messages = []
    for message in value:
        role = message.get("role") if isinstance(message, Mapping) else None
        content = message.get("content") if isinstance(message, Mapping) else None
        if role not in _ROLES or not isinstance(content, str):
            return TaskError("a message needs a role (system, user, assistant) and a content of text")
        messages.append({"role": str(role), "content": _encodable(content)})
    return messages


def _encodable(text: str) -> str:
    """Return ``text`` without halves of characters, which no tokenizer takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


TASK = Task("dataset", "Your own prompts: a file, a folder or a hub id", DatasetSettings, parts=_parts)
