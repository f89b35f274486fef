"""A contract's marks in words: what ``contract.json`` and the event of the end hold, made fit to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grpotui import format as fmt
from grpotui.records import as_float
from grpotui.text import clean

YES, NO, OPEN = "✓", "✗", "…"
_SIGNS = {
    **dict.fromkeys(("holds", "met", "inside"), YES),
    **dict.fromkeys(("fails", "not met", "outside", "fired"), NO),
}
_LABELS = {"primary": "1st", "secondary": "2nd", "tertiary": "3rd"}
_TEXT = 500
"""Characters."""
_MOST = 50
"""Marks: a contract has four, and one for each forecast."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a contract."""

    name: str
    label: str
    """Short: 1st, 2nd, 3rd, forecast, kill."""
    sign: str
    text: str
    """What was written; of a forecast with its range."""
    state: str
    numbers: str
    """What was measured; why nobody can tell, where nobody can."""


def marks_of(content: Mapping[str, Any]) -> list[Told]:
    """Return the lines of a contract's state; anything unreadable is left out."""
    marks = content.get("marks")
    known = marks[:_MOST] if isinstance(marks, list) else []
    return [_told(mark) for mark in known if isinstance(mark, Mapping)]


def _told(mark: Mapping[str, Any]) -> Told:
    name, text, state = (clean(str(mark.get(key) or ""), _TEXT) for key in ("name", "text", "state"))
    span = mark.get("range")
    if isinstance(span, list) and len(span) == 2:
        text += f" {fmt.number(as_float(span[0]))} to {fmt.number(as_float(span[1]))}"
    return Told(name, _LABELS.get(name, name), _SIGNS.get(state, OPEN), text, state, _numbers(mark))


def _numbers(mark: Mapping[str, Any]) -> str:
    values = mark.get("values")
    found = dict(values) if isinstance(values, Mapping) else {}
    known = {text: value for text, value in found.items() if as_float(value) is not None}
    shown = [f"{clean(str(text), _TEXT)} = {fmt.number(as_float(value))}" for text, value in known.items()]
    alone = len(shown) == 1 and len(found) == 1
    measured = fmt.number(as_float(next(iter(known.values())))) if alone else ", ".join(shown)
    why = clean(str(mark.get("why") or ""), _TEXT) if mark.get("name") != "kill" else ""
    return f"{why} ({measured})" if why and measured else why or measured


def headline(content: Mapping[str, Any]) -> str:
    """Return how an ended run's contract ended; empty while it goes on, and without a contract."""
    return clean(str(content.get("outcome") or ""), 40)
