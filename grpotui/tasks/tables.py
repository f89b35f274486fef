"""Reads JSON lines and CSV with the standard library; what else a dataset may be is the trainer's to read."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from grpotui.tasks.model import DeferredError, Load, Row, TaskError

TEXT_FILES = (".jsonl", ".csv")
"""Ends of files that are read here."""
QUICK_BYTES = 2 * 1024 * 1024
"""Size up to which a file is read whole while somebody types: a fifth of a second."""
_CSV_FIELD = 10 * 1024 * 1024


def is_text(path: str) -> bool:
    """True for what this module reads."""
    return path.lower().endswith(TEXT_FILES)


def read(path: str, split: str) -> Sequence[Row]:
    """Return all rows of a file. Raises TaskError with the line that cannot be read."""
    file = _file(path)
    try:
        stat = file.stat()
    except (OSError, ValueError) as error:
        raise TaskError(f"task.path: cannot read {file.name}: {_why(error)}") from error
    return _rows(file, stat.st_mtime_ns, stat.st_size)


def read_quickly(path: str, split: str) -> Sequence[Row]:
    """Return all rows of a file that is not large. Raises TaskError, DeferredError for a large one."""
    file = _file(path)
    try:
        large = file.stat().st_size > QUICK_BYTES
    except (OSError, ValueError):
        large = False
    if large:
        raise DeferredError(f"task.path: {file.name} is large: it is read whole by the trainer only")
    return read(path, split)


def head(count: int) -> Load:
    """Return a reader of the first ``count`` rows of a file, however large it is."""

    def load(path: str, split: str) -> Sequence[Row]:
        return list(islice(_each(_file(path)), count))

    return load


def _file(path: str) -> Path:
    if not is_text(path):
        raise DeferredError("task.path: it is read by the trainer only: grpotui check --exact shows it")
    return Path(path)


@lru_cache(maxsize=4)
def _rows(file: Path, changed: int, size: int) -> Sequence[Row]:
    """Return all rows; time and size stand for the state of the file."""
    return list(_each(file))


def _each(file: Path) -> Iterator[Row]:
    reader = _csv if file.suffix.lower() == ".csv" else _jsonl
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            yield from reader(file, stream)
    except (OSError, ValueError) as error:
        raise TaskError(f"task.path: cannot read {file.name}: {_why(error)}") from error


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8"
    return getattr(error, "strerror", None) or str(error)


def _jsonl(file: Path, stream: TextIO) -> Iterator[Row]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise _bad(file, number, f"no JSON: {getattr(error, 'msg', 'too deep')}") from error
        if not isinstance(data, Mapping):
            raise _bad(file, number, "expected an object with the columns as keys")
        yield number, data


def _csv(file: Path, stream: TextIO) -> Iterator[Row]:
    csv.field_size_limit(_CSV_FIELD)
    reader = csv.reader(stream, strict=True)
    try:
        header = next(reader, [])
        if len(set(header)) < len(header):
            raise _bad(file, 1, "two columns have the same name")
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise _bad(file, reader.line_num, f"{len(cells)} cells, but the header has {len(header)}")
            yield reader.line_num, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise _bad(file, reader.line_num, str(error)) from error


def _bad(file: Path, number: int, why: str) -> TaskError:
    return TaskError(f"task.path: line {number} of {file.name}: {why}")


def text_of(value: Any) -> str | None:
    """Return a cell as text: numbers and true/false as JSON writes them; None for anything else."""
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, (bool, int, float)) else None
