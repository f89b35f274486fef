"""Several processes that train together: how many, and the configuration of ``accelerate launch``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from grpotui.presets.preset import Problem
from grpotui.tasks.files import find
from grpotui.tasks.settings import nearest

_FIELD = re.compile(r"^(\w+):[ \t]*['\"]?([\w.-]*)", re.MULTILINE)
_LARGEST = 256 * 1024
"""Bytes of a configuration."""


def processes(data: Mapping[str, Any]) -> int:
    """Return how many processes a config trains with, ``launch.processes``; 1 where that cannot be read."""
    launch = data.get("launch")
    found = launch.get("processes") if isinstance(launch, Mapping) else None
    return found if type(found) is int and found > 1 else 1


@cache
def shipped() -> Mapping[str, Path]:
    """Return TRL's configurations for several processes by name; TRL itself is not imported."""
    spec = find_spec("trl")
    folders = spec.submodule_search_locations if spec else None
    files = [file for folder in folders or () for file in Path(folder).glob("accelerate_configs/*.yaml")]
    return {file.stem: file for file in sorted(files) if file.stem != "single_gpu"}


def config_file(name: str, folders: Sequence[Path]) -> Path | None:
    """Return the file that ``launch.accelerate`` means; relative ones are looked for in ``folders``."""
    return shipped().get(name) or find(name, folders)


def problems(name: str, folders: Sequence[Path]) -> Iterator[Problem]:
    """Yield what is wrong with ``launch.accelerate``, as far as it can be seen without starting anything."""
    path = "launch.accelerate"
    file = config_file(name, folders)
    if file is None or not file.is_file():
        known = nearest(name, shipped()) or f"; TRL ships {', '.join(shipped())}"
        yield Problem(path, f"no such file: {name}{known}")
        return
    try:
        found = fields(file)
    except OSError as error:
        yield Problem(path, f"cannot read {file}: {error.strerror}")
        return
    if found.get("distributed_type", "NO") == "NO":
        yield Problem(path, f"{file.name} names no distributed_type: 'accelerate config' makes such a file")
    elif found.get("num_machines", "1") != "1":
        yield Problem(
            path, f"{file.name} is for {found['num_machines']} machines: grpotui starts runs on one"
        )
    elif found.get("compute_environment", "LOCAL_MACHINE") != "LOCAL_MACHINE":
        yield Problem(path, f"{file.name} is for {found['compute_environment']}, not for this machine")


def fields(file: Path) -> dict[str, str]:
    """Return the plain fields at the top of a configuration (YAML). Raises OSError."""
    with file.open(encoding="utf-8", errors="replace") as text:
        return dict(_FIELD.findall(text.read(_LARGEST)))
