"""Reads one TOML file, whatever it is."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from grpotui.presets.preset import PresetError

MAX_BYTES = 1024 * 1024
"""A preset is written by hand: anything larger is some other file."""
MAX_DEPTH = 24
"""Tables and lists within each other."""

# Dotted keys this long take tomllib minutes. Each match starts where a word does, so the search is linear.
LONG_KEY = re.compile(r"""(?<![\w"'.-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){100}""")
_PLACE = re.compile(
    r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|(?P<end>end) of document)\)$"
)


def shown_path(path: Path) -> str:
    """Return ``path`` as a person at the current folder would write it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def is_file(path: Path) -> bool:
    """True when ``path`` exists and is no folder; names that no file system takes are no files."""
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False


def read_text(path: Path) -> str:
    """Return the text of a preset's file. Raises PresetError for one that is missing, huge or no text."""
    name = shown_path(path)
    try:
        # O_NONBLOCK: a pipe without a writer must not hold the app for ever.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise PresetError(f"no preset file {name}") from None
    except (OSError, ValueError) as error:
        raise PresetError(f"cannot read {name}: {getattr(error, 'strerror', None) or error}") from error
    try:
        mode = os.fstat(fd).st_mode
        if not stat.S_ISREG(mode):
            raise PresetError(
                f"{name} is {'a folder' if stat.S_ISDIR(mode) else 'no regular file'}: no preset"
            )
        raw = os.pread(fd, MAX_BYTES + 1, 0)
    except OSError as error:
        raise PresetError(f"cannot read {name}: {error.strerror}") from error
    finally:
        os.close(fd)
    if len(raw) > MAX_BYTES:
        raise PresetError(f"{name} is larger than {MAX_BYTES // 1024} KiB: no preset")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PresetError(f"{name}, line {line}: not UTF-8 text") from None


def parse(text: str, name: str) -> dict[str, Any]:
    """Return the tables of a TOML text. Raises PresetError with ``name``, line and column."""
    try:
        if LONG_KEY.search(text):
            raise RecursionError
        data = tomllib.loads(text)
    except RecursionError:
        raise PresetError(f"{name}: tables or lists within each other more than {MAX_DEPTH} deep") from None
    except ValueError as error:
        raise PresetError(_malformed(str(error), text, name)) from None
    if depth(data) > MAX_DEPTH:
        raise PresetError(f"{name}: tables or lists within each other more than {MAX_DEPTH} deep")
    return data


def _malformed(message: str, text: str, name: str) -> str:
    match = _PLACE.match(message)
    if match is None:
        return f"{name}: malformed TOML: {message}"
    line, column = match["line"], match["column"]
    if match["end"]:
        lines = text.rstrip().split("\n")
        line, column = str(len(lines)), str(len(lines[-1]) + 1)
    what = match["what"]
    return f"{name}, line {line}, column {column}: malformed TOML: {what[:1].lower()}{what[1:]}"


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file. Raises PresetError with file, line and column."""
    return parse(read_text(path), shown_path(path))


def depth(value: object) -> int:
    """Return how many tables and lists stand within each other; never recurses."""
    deepest, open_ = 0, [(value, 0)]
    while open_:
        item, level = open_.pop()
        if isinstance(item, (dict, list)):
            deepest = max(deepest, level + 1)
            open_ += [(inner, level + 1) for inner in (item.values() if isinstance(item, dict) else item)]
    return deepest
