"""Search through a run's completions, in the file itself: the index holds no texts."""

from __future__ import annotations

import json
import operator
import re
import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from typing import NamedTuple

from grpotui.errors import UserError
from grpotui.records import Completion, Group, Hit
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

    def holds(self, completion: Completion) -> bool:
        """True when one completion is what is looked for."""
        if self.reward is not None and not self.reward.holds(completion.reward):
            return False
        return all(p.search(completion.text) for p in (self.plain, self.pattern) if p is not None)


def pattern_of(text: str) -> re.Pattern[str]:
    """Return a regular expression. Raises UserError that says where it is wrong."""
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise UserError(f"regular expression {clean(text, 60)!r}: {clean(str(error), 120)}") from error


def find(conn: sqlite3.Connection, rid: int, path: Path, wanted: Wanted) -> Iterator[Hit]:
    """Yield what is looked for, in the file's order. Groups that a resumed run replaced are left out."""
    places = _places(conn, rid, wanted)
    written = _Written.of(wanted.text)
    for start, some in _spans(places):
        data = read_bytes(path, start, some[-1].offset + some[-1].length - start)
        for place in _holding(data, start, some, written) if written else some:
            line = parse_line(data[place.offset - start : place.offset - start + place.length])
            if line is None:
                continue
            group = Group.from_json({**line, "group": place.group})
            for number, completion in enumerate(group.completions):
                if wanted.holds(completion):
                    yield Hit(group, number)


class _Place(NamedTuple):
    """Where a group's line stands in the file."""

    offset: int
    length: int
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
    query = f"SELECT offset, length, grp FROM completions WHERE {where} ORDER BY offset"  # noqa: S608
    return [_Place(*row) for row in conn.execute(query, values)]


def _holding(data: bytes, start: int, places: Sequence[_Place], written: _Written) -> Iterator[_Place]:
    """Yield the places whose line holds the text somewhere; ``data`` begins at ``start`` of the file."""
    starts = [place.offset - start for place in places]
    last = -1
    for found in merge(*written.within(data)):
        at = bisect_right(starts, found) - 1
        if at > last and found < starts[at] + places[at].length:
            last = at
            yield places[at]


@dataclass(frozen=True, slots=True)
class _Written:
    """A text as it may stand in JSON. Finding bytes and folding ASCII is several times as fast as ``re``."""

    forms: tuple[bytes, ...]
    folded: bool
    """True when the case of ASCII letters does not matter; forms are in lower case then."""

    @classmethod
    def of(cls, text: str) -> _Written | None:
        """Return how ``text`` may be written; None where that cannot narrow lines down."""
        folded = not _has_capital(text)
        if folded and not text.isascii():
            # Bytes beyond ASCII do not fold their case: only the ASCII part of the text can be looked for.
            text = max(re.split(r"[^ !#-\[\]-~]+", text), key=len)
        forms = {json.dumps(text, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
        raw = tuple(sorted(form.encode("utf-8", "surrogatepass") for form in forms))
        return cls(tuple(form.lower() for form in raw) if folded else raw, folded) if text else None

    def within(self, data: bytes) -> list[Iterator[int]]:
        """Return where each form stands, ascending."""
        data = data.lower() if self.folded else data
        return [_places_of(form, data) for form in self.forms]


def _places_of(form: bytes, data: bytes) -> Iterator[int]:
    at = data.find(form)
    while at >= 0:
        yield at
        at = data.find(form, at + 1)


def _has_capital(text: str) -> bool:
    return any(character.isupper() for character in text)
