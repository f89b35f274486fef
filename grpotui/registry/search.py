"""Search through a run's completions, in the file itself: the index holds no texts."""

from __future__ import annotations

import operator
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from grpotui.errors import UserError
from grpotui.records import Group, Hit, as_int
from grpotui.registry.written import Written, needed
from grpotui.stream import parse_line, read_bytes
from grpotui.text import clean

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_CONDITION = re.compile(r"\s*(<=|>=|<|>|==|=)?\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*")
_REACH = {"<": "low < ?", "<=": "low <= ?", ">": "high > ?", ">=": "high >= ?", "=": "? BETWEEN low AND high"}
"""What the index tells of a group that has such a completion."""
SPAN = 32 * 1024 * 1024
"""Bytes of the file that are read at once."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of a completion's reward with a number."""

    sign: str
    value: float

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read ``<0.1``, ``>= .5`` or ``1``. Raises UserError."""
        found = _CONDITION.fullmatch(text)
        if found is None:
            raise UserError(f"reward {clean(text, 40)!r}: write such as <0.1, >=0.5 or =1")
        sign = (found.group(1) or "=").replace("==", "=")
        return cls(sign, float(found.group(2)))

    def holds(self, reward: float | None) -> bool:
        """True for a reward that meets it; one that is not known meets none."""
        return reward is not None and _COMPARE[self.sign](reward, self.value)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; everything that is given must hold."""

    text: str = ""
    """A plain text; without a capital letter in it, case does not matter."""
    pattern: re.Pattern[str] | None = None
    reward: Condition | None = None
    first: int | None = None
    last: int | None = None
    """Steps, both included."""
    task: str | None = None
    mode: str | None = None

    @property
    def plain(self) -> re.Pattern[str] | None:
        """The plain text as a pattern."""
        if not self.text:
            return None
        return re.compile(re.escape(self.text), 0 if _has_capital(self.text) else re.IGNORECASE)

    @property
    def written(self) -> Written | None:
        """What a line must hold, as bytes; None where that is not known."""
        if self.text:
            return Written.of(self.text, not _has_capital(self.text))
        if self.pattern is not None:
            return Written.of(needed(self.pattern), bool(self.pattern.flags & re.IGNORECASE))
        return None


def pattern_of(text: str) -> re.Pattern[str]:
    """Return a regular expression. Raises UserError that says where it is wrong."""
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise UserError(f"regular expression {clean(text, 60)!r}: {clean(str(error), 120)}") from error


def find(conn: sqlite3.Connection, rid: int, path: Path, wanted: Wanted) -> Iterator[Hit]:
    """Yield what is looked for, in the file's order. Groups that a resumed run replaced are left out."""
    places = _places(conn, rid, wanted)
    written = wanted.written
    patterns = [p for p in (wanted.plain, wanted.pattern) if p is not None]
    for start, some in _spans(places):
        data = read_bytes(path, start, some[-1].offset + some[-1].length - start)
        starts = [place.offset - start for place in some]
        ends = [at + place.length for at, place in zip(starts, some, strict=True)]
        for number in written.held(data, starts, ends) if written else range(len(some)):
            line = parse_line(data[starts[number] : ends[number]])
            if line is not None and as_int(line.get("step"), -1) == some[number].step:
                yield from _hits({**line, "group": some[number].group}, patterns, wanted.reward)


def _hits(
    line: dict[str, Any], patterns: Sequence[re.Pattern[str]], reward: Condition | None
) -> Iterator[Hit]:
    """Yield the completions of a line in which every pattern is found and whose reward is such."""
    completions = line.get("completions")
    group: Group | None = None
    for number, data in enumerate(completions if isinstance(completions, list) else ()):
        # Texts first: of a line in which a word stands, most often one completion has it, or the prompt.
        text = str(data.get("text") or "") if isinstance(data, dict) else ""
        if all(pattern.search(text) for pattern in patterns):
            group = group or Group.from_json(line)
            if reward is None or reward.holds(group.completions[number].reward):
                yield Hit(group, number)


class _Place(NamedTuple):
    """Where a group's line stands in the file."""

    offset: int
    length: int
    step: int
    group: int


def _spans(places: Sequence[_Place]) -> Iterator[tuple[int, list[_Place]]]:
    """Return places in parts of at most SPAN bytes of the file, each with its first byte."""
    some: list[_Place] = []
    for place in places:
        if some and place.offset + place.length - some[0].offset > SPAN:
            yield some[0].offset, some
            some = []
        some.append(place)
    if some:
        yield some[0].offset, some


def _places(conn: sqlite3.Connection, rid: int, wanted: Wanted) -> list[_Place]:
    """Return every group that may hold one, by its place in the file."""
    clauses: list[str] = ["run = ?"]
    values: list[object] = [rid]
    asked = (
        ("step >= ?", wanted.first),
        ("step <= ?", wanted.last),
        ("task = ?", wanted.task),
        ("mode = ?", wanted.mode),
        (_REACH[wanted.reward.sign], wanted.reward.value) if wanted.reward is not None else ("", None),
    )
    for clause, value in asked:
        if value is not None:
            clauses.append(clause)
            values.append(value)
    where = " AND ".join(clauses)
    query = f"SELECT offset, length, step, grp FROM completions WHERE {where} ORDER BY offset"  # noqa: S608
    return [_Place(*row) for row in conn.execute(query, values)]


def _has_capital(text: str) -> bool:
    return any(character.isupper() for character in text)
