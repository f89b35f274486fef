"""``--set a.b=c``: one field of a preset replaced from the command line or a form."""

from __future__ import annotations

import copy
import dataclasses
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from grpotui.presets.fields import GRPO_FIELDS
from grpotui.presets.preset import Preset, PresetError
from grpotui.presets.reader import LONG_KEY, MAX_DEPTH, depth
from grpotui.presets.sections import DECLARED
from grpotui.presets.unset import is_set, without

MAX_PATH = 200
"""Characters of a dotted field."""
_SHOWN = 40


def apply_overrides(preset: Preset, overrides: Sequence[str]) -> Preset:
    """Return ``preset`` with each ``field=value`` applied in turn; the result is not validated.

    ``field=`` without a value takes the field out, so that its default holds. Raises PresetError for what is
    no ``field=value``, and for a path through something that is no table.
    """
    data = copy.deepcopy(preset.data)
    for text in overrides:
        path, value = parse_override(text)
        if text.partition("=")[2].strip():
            _put(data, path, value)
        else:
            data = _taken_out(data, path)
    return dataclasses.replace(preset, data=data)


def parse_override(text: str) -> tuple[str, Any]:
    """Split ``grpo.beta=0.1`` into its dotted path and value. Raises PresetError."""
    path, sign, value = text.partition("=")
    path = path.strip()
    if len(path) > MAX_PATH:
        raise PresetError(f"override {path[:_SHOWN]}…: no field has a name of {len(path)} characters")
    if not sign or not all(path.split(".")) or any(char.isspace() for char in path):
        raise PresetError(f"override {text[:_SHOWN]!r}: write field=value, such as grpo.beta=0.1")
    if path == "extends" or path.startswith("extends."):
        raise PresetError("override extends: choose the other preset itself instead")
    return path, parse_value(value)


def parse_value(text: str) -> Any:
    """Return ``text`` as the TOML value that it writes, else as text without the blanks around it."""
    text = text.strip()
    if LONG_KEY.search(text):
        return text
    try:
        data = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    value = data["value"]
    return value if len(data) == 1 and depth(value) <= MAX_DEPTH else text


def value_of(data: Mapping[str, Any], field: str, default: bool = True) -> Any:
    """Return what a preset's data has in a dotted field; TRL's default where it is not set, if wanted."""
    here: Any = data
    for part in field.split("."):
        if isinstance(here, Mapping):
            here = here.get(part)
        elif isinstance(here, list) and part.isdecimal() and len(part) <= 6 and int(part) < len(here):
            here = here[int(part)]
        else:
            here = None
    top, _, name = field.partition(".")
    known = default and here is None and top == "grpo" and name in GRPO_FIELDS
    return GRPO_FIELDS[name].default if known else here


def _taken_out(data: dict[str, Any], path: str) -> dict[str, Any]:
    parts = path.split(".")
    if is_set(data, parts):
        return dict(without(data, parts))
    if _has_default(path):
        return data
    raise PresetError(f"override {path}=: the preset does not set it, so nothing can be taken out")


def _has_default(path: str) -> bool:
    section, _, name = path.partition(".")
    if section == "grpo":
        return name in GRPO_FIELDS
    return section in DECLARED and name in {field.name for field in dataclasses.fields(DECLARED[section])}


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    """Set a dotted path; tables that are not there are made, entries of lists are not."""
    *parents, last = path.split(".")
    if len(parents) >= MAX_DEPTH:
        raise PresetError(f"override {path[:_SHOWN]}…: too many dots")
    here: Any = data
    for index, part in enumerate(parents):
        if not isinstance(here, dict):
            here = here[_index(here, part, ".".join(parents[:index]), path)]
            continue
        here = here.setdefault(part, {})
    if isinstance(here, dict):
        here[last] = value
    else:
        here[_index(here, last, ".".join(parents), path)] = value


def _index(here: object, part: str, done: str, path: str) -> int:
    """Return the place in a list that ``part`` names. Raises PresetError when it names none."""
    if not isinstance(here, list):
        raise PresetError(f"{path}: {done} is no table and no list")
    if not (part.isascii() and part.isdecimal()):
        raise PresetError(f"{path}: {done} is a list: write {done}.0 for its first entry")
    if len(part) > 6 or int(part) >= len(here):
        raise PresetError(f"{path}: {done} has {len(here)} of them, counted from 0")
    return int(part)
