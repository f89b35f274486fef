"""A task's examples, datasets that need the ``datasets`` library among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from grpotui.errors import UserError
from grpotui.stream import read_json
from grpotui.tasks import Example, Split, TaskError, duplicates, split_task
from grpotui.tasks.model import Row
from grpotui.tasks.tables import is_text, read
from grpotui.workspace import RunDir


def load(task: Mapping[str, Any]) -> Split:
    """Return the training and held-out examples of a ``[task]`` table. Raises TaskError."""
    return split_task(task, rows)


def told(examples: Sequence[Example]) -> dict[str, Any]:
    """Return what ``attempt-N.json`` says of the data: how much, of which tasks, its hash."""
    digest = sha256()
    for example in examples:
        digest.update(f"{example.task}\0{example.prompt}\0{example.answer}\1".encode())
    return {
        "prompts": len(examples),
        "duplicates": duplicates(examples),
        "tasks": dict(Counter(example.task for example in examples)),
        "sha256": digest.hexdigest(),
    }


def require_same(run: RunDir, attempt: int, examples: Sequence[Example]) -> None:
    """Raise UserError when an earlier attempt of the run trained on other data than this one would."""
    before = read_json(run.attempt_json(attempt - 1)) if attempt > 1 else None
    known = before.get("data") if before else None
    if isinstance(known, Mapping) and known.get("sha256") != told(examples)["sha256"]:
        raise UserError(
            f"the data is not what attempt {attempt - 1} of this run trained on ({known.get('prompts')} "
            f"prompts then, {len(examples)} now): launch a new run with it"
        )


def rows(path: str, split: str) -> Sequence[Row]:
    """Return all rows of a dataset: JSON lines, CSV, Parquet, a saved folder or a hub id; counted from 1.

    Raises TaskError with what the library says, in one line.
    """
    if is_text(path):
        return read(path, split)
    try:
        table = _table(path, split)
        columns = [name for name, feature in table.features.items() if not hasattr(feature, "decode_example")]
        return list(enumerate(table.select_columns(columns).to_list(), 1))
    except TaskError:
        raise
    except Exception as error:
        told = " ".join(str(error).split())
        raise TaskError(f"task.path: cannot read {path}: {type(error).__name__}: {told}") from error


def _table(path: str, split: str) -> Any:
    import datasets

    place = Path(path)
    if path.lower().endswith(".parquet"):
        return datasets.Dataset.from_parquet(path)
    if not place.is_dir():
        return datasets.load_dataset(path, split=split)
    saved = (place / "dataset_dict.json").is_file() or (place / "state.json").is_file()
    found = datasets.load_from_disk(path) if saved else datasets.load_dataset(path)
    if isinstance(found, datasets.Dataset):
        return found
    if split not in found:
        raise TaskError(f'task.split: {place.name} has no split "{split}"; it has: {", ".join(found)}')
    return found[split]
