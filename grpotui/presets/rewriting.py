"""Values written into the text of a preset; comments, order and layout stay."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from grpotui.presets.preset import PresetError
from grpotui.presets.reader import parse

_HEADER = re.compile(r"^[ \t]*\[")
_COMMENT = re.compile(r"[ \t](#.*\s*)$")
_MOST_INDEX = 6


def rewritten(text: str, values: Mapping[str, Any], name: str) -> str:
    """Return a preset's text with dotted fields set, each where its table stands, and nothing else changed.

    What the result holds is compared with what it should hold. Raises PresetError, with ``name``, for a text
    that cannot be read or in which a field has no place.
    """
    for field, value in values.items():
        text = _with(text, field, value, name)
    return text


def _with(text: str, field: str, value: Any, name: str) -> str:
    before = parse(text, name)
    wanted = copy.deepcopy(before)
    _put(wanted, field.split("."), value, f"{name}: {field}")
    replaced = _replaced(text, field, value)
    for found in (*_inserted(text, field, value), _aligned(text, replaced), replaced):
        if found is not None and _reads(found) == wanted:
            return found
    raise PresetError(f"{name}: {field} cannot be written without a change to what else stands there")


def _put(data: dict[str, Any], parts: list[str], value: Any, what: str) -> None:
    """Set a field in plain tables and lists; tables that are not there are made. Raises PresetError."""
    here: Any = data
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if isinstance(here, dict):
            if last:
                here[part] = value
                return
            here = here.setdefault(part, {})
        elif (
            isinstance(here, list) and part.isdecimal() and len(part) < _MOST_INDEX and int(part) < len(here)
        ):
            if last:
                here[int(part)] = value
                return
            here = here[int(part)]
        else:
            raise PresetError(f"{what}: {'.'.join(parts[:place])} has no {part} in this file")


def _reads(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def _inserted(text: str, field: str, value: Any) -> Iterator[str]:
    """Yield the text with a new line behind the last one of the field's table, wherever that may begin.

    A table that ends with comments is about what follows there, so the line stands above those.
    """
    import tomlkit

    table, _, key = field.rpartition(".")
    header = re.compile(rf"[ \t]*\[[ \t]*{re.escape(table)}[ \t]*\][ \t]*(#.*)?\r?\n?")
    lines = text.splitlines(keepends=True)
    for start in [place for place, line in enumerate(lines) if table and header.fullmatch(line)]:
        end = next((p for p in range(start + 1, len(lines)) if _HEADER.match(lines[p])), len(lines))
        last = max((p for p in range(start, end) if _holds(lines[p])), default=start)
        column, columns = lines[last].find("="), [line.find("=") for line in lines[start:end]]
        line = tomlkit.dumps({key: _item(value)})
        if column > len(key) and columns.count(column) > 1 and line.startswith(f"{key} = "):
            line = f"{key.ljust(column)}={line[len(key) + 2 :]}"
        ended = "" if lines[last].endswith("\n") else "\n"
        if lines[last].endswith("\r\n"):
            line = line.replace("\n", "\r\n")
        yield "".join([*lines[: last + 1], ended, line, *lines[last + 1 :]])


def _holds(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith("#")


def _replaced(text: str, field: str, value: Any) -> str | None:
    """Return the text with a field set by tomlkit, which keeps comments; None where it cannot."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        here: Any = document
        *parents, last = field.split(".")
        for part in parents:
            if isinstance(here, list):
                here = here[int(part)]
                continue
            if part not in here:
                here[part] = tomlkit.table()
            here = here[part]
        here[int(last) if isinstance(here, list) else last] = _item(value)
        return tomlkit.dumps(document)
    except (TOMLKitError, KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None


def _item(value: Any) -> Any:
    """Return a value as tomlkit writes it; a table in one line, as it is no section of its own."""
    import tomlkit

    if not isinstance(value, Mapping):
        return value
    table = tomlkit.inline_table()
    table.update(value)
    return table


def _aligned(before: str, after: str | None) -> str | None:
    """Return ``after`` with the comment of the one line that differs where it stood before; None for none."""
    if after is None:
        return None
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    changed = [place for place, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]]
    comment = _COMMENT.search(old[changed[0]]) if len(old) == len(new) and len(changed) == 1 else None
    if comment is None or not new[changed[0]].endswith(comment[1]):
        return None
    body = new[changed[0]].removesuffix(comment[1]).rstrip()
    new[changed[0]] = f"{body.ljust(comment.start(1) - 1)} {comment[1]}"
    return "".join(new)
