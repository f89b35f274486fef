"""Which Python files a preset would have the trainer run. Found by reading; nothing is imported here.

``[[rewards]]`` and tasks may name a user's own functions: ``my_rewards.py:helpful`` (a file of the workspace)
or ``package.module:name``.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any

from grpotui.presets.notify import notify_command
from grpotui.presets.preset import PresetError, Problem
from grpotui.tasks.rewards.own import PATTERN

SECTIONS = ("task", "rewards", "curriculum", "eval")
REMOTE = "trust_remote_code"
MAX_FILES = 200
MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CodeFile:
    """A file of code as it stands now. ``path`` is absolute, with links followed."""

    path: Path
    sha256: str
    command: str = ""
    """A command line in place of a file; ``path`` is then the folder that it runs in."""

    @property
    def key(self) -> str:
        """What it is known by."""
        return self.command or str(self.path)

    def to_json(self) -> dict[str, str]:
        """Return the object that stands in ``run.json`` under ``code``."""
        return {"path": self.key, "sha256": self.sha256}

    def shown(self, root: Path) -> str:
        """Return it as it is named in the workspace."""
        real = Path(os.path.realpath(root))
        inside = self.path.is_relative_to(real)
        return self.command or str(self.path.relative_to(real) if inside else self.path)


def code_files(config: Mapping[str, Any], root: Path) -> list[CodeFile]:
    """Return all code of a config: its own functions, and the command that is run on a change of verdict.

    ``config`` is a preset's data or a run's config, ``root`` the workspace's folder, from which files are
    named and modules found last. Raises PresetError for a name that leads to no file.
    """
    return [*function_files(config, root), *command_files(config, root)]


def function_files(config: Mapping[str, Any], root: Path) -> list[CodeFile]:
    """Return the files that a config's own functions stand in, and those of ``root`` that they import.

    Raises PresetError for a name that leads to no file.
    """
    PathFinder.invalidate_caches()
    found: dict[Path, CodeFile] = {}
    for section in SECTIONS:
        for name in dict.fromkeys(_names(config.get(section))):
            for path in _entries(name, root):
                _take(path, root, found)
    return list(found.values())


def command_files(config: Mapping[str, Any], root: Path) -> list[CodeFile]:
    """Return the command of ``[notify]`` as code, with the files of the workspace that it names."""
    command = notify_command(config)
    if not command:
        return []
    line = f"notify: {shlex.join(command)}"
    found: dict[Path, CodeFile] = {}
    for part in command:
        path = Path(os.path.realpath(root / part.replace("\0", "")))
        if path.is_relative_to(os.path.realpath(root)) and _is_source(path):
            _take(path, root, found)
    whole = hashlib.sha256(json.dumps(command).encode()).hexdigest()
    return [CodeFile(root, whole, line), *found.values()]


def require_same(recorded: object, config: Mapping[str, Any], root: Path) -> list[CodeFile]:
    """Return the code of a run, which has to be what was recorded when it was launched.

    Raises PresetError that names the first file that is another one now.
    """
    known = recorded if isinstance(recorded, list) else []
    hashes = {str(one.get("path")): one.get("sha256") for one in known if isinstance(one, Mapping)}
    files = code_files(config, root)
    for file in files:
        if hashes.get(file.key) != file.sha256:
            raise PresetError(
                f"{file.shown(root)} changed since this run was launched: launch a new run with it"
            )
    return files


def prepare_imports(root: Path, folder: Path) -> None:
    """Have this process find modules of the workspace too, and import sources alone from now on.

    A cached ``.pyc`` need not be what a person read. ``folder`` is the run's own.
    """
    sys.path.append(str(root))
    sys.pycache_prefix = str(folder / ".no-cache")
    sys.dont_write_bytecode = True


def remote_code(path: str, value: object) -> Iterator[Problem]:
    """Yield every field of ``[grpo]`` that would run code out of a model's repository."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from remote_code(f"{path}.{key}", inner)
    elif (REMOTE in path and value) or (isinstance(value, str) and REMOTE in value):
        yield Problem(path, "grpotui runs no code of a model's repository: choose a model that needs none")


def _names(value: object) -> Iterator[str]:
    """Yield every ``name`` in a section that is a function of the user's own."""
    if isinstance(value, Mapping):
        name = value.get("name")
        if isinstance(name, str) and re.fullmatch(PATTERN, name):
            yield name
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _names(inner)


def _entries(name: str, root: Path) -> list[Path]:
    place = name.rpartition(":")[0]
    if place.endswith(".py"):
        path = root / os.path.expanduser(place)  # noqa: PTH111
        if not _is_source(path):
            raise PresetError(f"{name}: there is no file {path}")
        return [path]
    paths = list(_module(place, [*sys.path, str(root)]))
    if not paths:
        raise PresetError(f"{name}: no module {place} in {root}, nor installed, that is a Python file")
    return paths


def _is_source(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _module(module: str, where: Sequence[str]) -> Iterator[Path]:
    """Yield the files that importing a module runs: its packages' ``__init__`` and its own."""
    folders: Sequence[str] | None = where
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        spec: ModuleSpec | None = PathFinder.find_spec(".".join(parts[:count]), folders)
        if spec is None:
            return
        if spec.origin and spec.has_location:
            yield Path(spec.origin)
        folders = spec.submodule_search_locations or []


def _take(path: Path, root: Path, found: dict[Path, CodeFile]) -> None:
    """Add a file, and whatever it imports from the workspace or from beside it."""
    waiting = [path]
    while waiting:
        path = Path(os.path.realpath(waiting.pop()))
        if path in found:
            continue
        if len(found) >= MAX_FILES:
            raise PresetError(f"{path}: imports more than {MAX_FILES} files of the workspace")
        source = _read(path)
        found[path] = CodeFile(path, hashlib.sha256(source).hexdigest())
        if path.is_relative_to(os.path.realpath(root)):
            near = [str(path.parent), str(root)]
            waiting += [other for module in _imports(source) for other in _module(module, near)]


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PresetError(f"cannot read {path}: {error.strerror}") from error
    if len(source) > MAX_BYTES:
        raise PresetError(f"{path} is larger than {MAX_BYTES // 2**20} MiB: no code of rewards or tasks")
    return source


def _imports(source: bytes) -> Iterator[str]:
    """Yield the modules that a source names in its imports; relative ones by what stands after the dots."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = f"{node.module}." if node.module else ""
            yield from (f"{base}{alias.name}" for alias in node.names)
