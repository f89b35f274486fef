"""Finds the files that a preset names, and looks into users' reward files without running them."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from grpotui.tasks.model import TaskError
from grpotui.tasks.settings import nearest
from grpotui.tasks.tables import TEXT_FILES

DATA_FILES = (*TEXT_FILES, ".parquet")
_HUB_ID = re.compile(r"(?:[A-Za-z0-9][\w.-]{0,95}/)?[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_SOURCE_BYTES = 1024 * 1024


def with_files(task: Mapping[str, Any], folders: Sequence[Path], where: str = "task") -> dict[str, Any]:
    """Return a ``[task]`` table in which files and folders have absolute paths; a hub id stays as it is.

    Relative ones are looked for in ``folders``, in order. Raises TaskError for one that is not there.
    """
    found = dict(task)
    if found.get("name", where.rpartition(".")[2]) == "dataset":
        path = found.get("path")
        if isinstance(path, str) and path:
            found["path"] = _data(path, folders, f"{where}.path")
            held = found.get("held_out_split")
            if isinstance(held, str) and held and path.lower().endswith(DATA_FILES):
                found["held_out_split"] = _data(held, folders, f"{where}.held_out_split")
    parts = found.get("parts")
    if isinstance(parts, Mapping):
        found["parts"] = {
            name: with_files(part, folders, f"{where}.parts.{name}") if isinstance(part, Mapping) else part
            for name, part in parts.items()
        }
    return found


def _data(path: str, folders: Sequence[Path], where: str) -> str:
    kinds = ", ".join(DATA_FILES)
    if place := find(path, folders):
        if place.is_file() and not place.name.lower().endswith(DATA_FILES):
            raise TaskError(f"{where}: {path} does not end in {kinds}: those are read, and folders")
        return str(place)
    is_file = path.lower().endswith(DATA_FILES)
    if not is_file and is_hub_id(path):
        return path
    what = "no such file" if is_file else f"no folder, no hub id and no file that ends in {kinds}"
    raise TaskError(f"{where}: {what}: {path}{_looked(path, folders)}")


def is_hub_id(name: str) -> bool:
    """True for what the hub would take as the name of a model or dataset; nobody asks it."""
    forbidden = "--" in name or ".." in name or name.endswith((".git", ".", "-"))
    return bool(_HUB_ID.fullmatch(name)) and not forbidden


def find(path: str, folders: Sequence[Path]) -> Path | None:
    """Return the absolute path of what is there under ``path``, tried from each folder; else None."""
    for folder in folders or (Path.cwd(),):
        try:
            place = Path(os.path.abspath(folder / os.path.expanduser(path)))  # noqa: PTH111
            if place.exists():
                return place
        except (OSError, ValueError):
            continue
    return None


def _looked(path: str, folders: Sequence[Path]) -> str:
    if Path(path).is_absolute() or path.startswith("~"):
        return ""
    return f" (looked in {' and '.join(str(folder) for folder in folders or (Path.cwd(),))})"


def rewards_with_files(rewards: Sequence[Any], folders: Sequence[Path]) -> list[Any]:
    """Return ``[[rewards]]`` in which users' own files have absolute paths.

    Raises TaskError for a file that is not there, cannot be read as Python or has no such function.
    """
    return [
        {**spec, "name": _own(spec["name"], folders, f"rewards.{index}.name")} if _is_file(spec) else spec
        for index, spec in enumerate(rewards)
    ]


def _is_file(spec: object) -> bool:
    name = spec.get("name") if isinstance(spec, Mapping) else None
    return isinstance(name, str) and ".py:" in name


def _own(name: str, folders: Sequence[Path], where: str) -> str:
    path, _, function = name.rpartition(":")
    place = find(path, folders)
    if place is None or not place.is_file():
        raise TaskError(f"{where}: no such file: {path}{_looked(path, folders)}")
    known = set(_names(place, where))
    if function not in known and "*" not in known:
        meant = nearest(function, sorted(known))
        raise TaskError(f"{where}: {place.name} has no function {function}{meant}")
    return f"{place}:{function}"


def _names(place: Path, where: str) -> Iterator[str]:
    """Yield every name that a file of Python may give to a function, without running it."""
    try:
        if place.stat().st_size > _SOURCE_BYTES:
            raise TaskError(f"{where}: {place.name} is too large for a file of rewards")
        tree = ast.parse(place.read_bytes(), place.name)
    except SyntaxError as error:
        raise TaskError(f"{where}: {place.name}, line {error.lineno}: {error.msg}") from error
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        raise TaskError(f"{where}: cannot read {place.name}: {error}") from error
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield node.asname or node.name
