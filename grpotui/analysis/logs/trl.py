"""TRL's own output folder: trainer_state.json, and completions as parquet where they were logged."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from grpotui.analysis.logs.log import Log
from grpotui.errors import UserError
from grpotui.records import Completion, Group, HealthContext, Mode, as_float, as_int, prompt_text

STATE = "trainer_state.json"
ANSWERS = ("answer", "solution", "ground_truth", "target")
PARSED = ("parsed", "parsed_answer", "extracted", "extracted_answer", "prediction")
"""Columns that a reward may log beside its value, which say what was asked for, and what was read."""
_ADVICE = ": set log_completions=True"
_MANY = 64
"""Files that are looked at to find how many completions a group has."""


def is_output(folder: Path) -> bool:
    """True for a folder that a TRL trainer wrote."""
    return bool(_states(folder))


def read(folder: Path, completions: Path | None) -> Log:
    """Return the log of a TRL output folder; ``completions`` default to its own.

    Raises UserError when no trainer_state.json can be read.
    """
    history = next((found for path in _states(folder) if (found := _history(path))), None)
    if history is None:
        raise UserError(f"{folder}: no {STATE} with a log_history in it can be read")
    files = parquet_files(completions or folder / "completions")
    if not files and completions is None:
        files = parquet_files(folder.parent / "completions") if folder.name.startswith("checkpoint-") else []
    if not files:
        return Log(HealthContext(None, 8, 1), history, advice=_ADVICE)
    names = reward_names(history)
    size = group_size(files)
    first = next(rows(files[:1]), [])
    facts = HealthContext(None, size, max(1, len(first) // size))
    return Log(facts, history, groups(files, names, size))


def parquet_files(place: Path) -> list[Path]:
    """Return the parquet files of a folder in the order of their steps, or the one that is named."""
    if place.suffix == ".parquet" and place.is_file():
        return [place]
    return sorted(place.glob("*.parquet")) if place.is_dir() else []


def groups(files: Sequence[Path], names: Sequence[str], size: int) -> Iterator[Group]:
    """Yield the groups of parquet files: ``size`` completions one after another, of one prompt."""
    for table in rows(files):
        counts: dict[int, int] = {}
        for at in range(0, len(table) - len(table) % size, size):
            part = table[at : at + size]
            step = as_int(part[0].get("step"))
            number = counts.get(step, 0)
            counts[step] = number + 1
            yield _group(step, number, part, names)


def _group(step: int, number: int, part: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Group:
    first = part[0]
    answer = next((first[name] for name in ANSWERS if isinstance(first.get(name), (str, int, float))), None)
    return Group(
        step=step,
        group=number,
        mode=Mode.TRAIN,
        prompt=prompt_text(first.get("prompt")),
        completions=tuple(_completion(row, names) for row in part),
        task=str(first.get("task") or ""),
        answer=None if answer is None else str(answer),
    )


def _completion(row: Mapping[str, Any], names: Sequence[str]) -> Completion:
    values = {name: as_float(row.get(name)) for name in names or _numeric(row)}
    given = [value for value in values.values() if value is not None]
    parsed = next((row[name] for name in PARSED if row.get(name) is not None), None)
    text = row.get("completion")
    return Completion(
        text=_said(text) if isinstance(text, list) else str(text or ""),
        parsed=None if parsed is None else str(parsed),
        reward=sum(given) if given else None,
        rewards=values,
        advantage=as_float(row.get("advantage")),
    )


def _said(messages: Sequence[Any]) -> str:
    """Return what the messages of a conversational completion say."""
    return "\n".join(str(m.get("content") or "") for m in messages if isinstance(m, Mapping))


def _numeric(row: Mapping[str, Any]) -> list[str]:
    return [name for name, value in row.items() if name not in _OTHERS and as_float(value) is not None]


_OTHERS = frozenset({"step", "advantage", *ANSWERS, *PARSED})


def reward_names(history: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the reward functions that the metrics tell of."""
    names: dict[str, None] = {}
    for line in history:
        for key in line:
            if key.startswith("rewards/") and key.endswith("/mean"):
                names[key.removeprefix("rewards/").removesuffix("/mean")] = None
    return list(names)


def group_size(files: Sequence[Path]) -> int:
    """Return how many completions a group has: what all stretches of one prompt are multiples of."""
    size = 0
    for table in rows(files[:_MANY]):
        for _, stretch in groupby(table, key=lambda row: prompt_text(row.get("prompt"))):
            size = math.gcd(size, sum(1 for _ in stretch))
    return max(size, 1)


def rows(files: Sequence[Path]) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of each file; one that cannot be read is passed over."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in files:
        try:
            found = pq.read_table(path).to_pylist()
        except (OSError, pa.ArrowException, UnicodeDecodeError):
            continue
        if found:
            yield found


def _states(folder: Path) -> list[Path]:
    """Return the folder's own state, then those of its checkpoints, newest first."""
    saved = sorted(folder.glob(f"checkpoint-*/{STATE}"), key=_step_of, reverse=True)
    return [path for path in (folder / STATE, *saved) if path.is_file()]


def _step_of(path: Path) -> int:
    number = path.parent.name.rpartition("-")[2]
    return int(number) if number.isdigit() else -1


def _history(path: Path) -> list[dict[str, Any]] | None:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    history = data.get("log_history") if isinstance(data, dict) else None
    if not isinstance(history, list):
        return None
    return [line for line in history if isinstance(line, dict)] or None
