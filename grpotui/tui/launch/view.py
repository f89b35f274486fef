"""What the Launch screen shows: plain records, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """Where a field's value comes from."""

    DEFAULT = "default"
    PRESET = "preset"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field as it is shown."""

    path: str
    text: str
    """The value as one would type it; empty when nothing is set."""
    was: str
    """The preset's value, as one would type it."""
    default: str
    """TRL's or grpotui's default; empty where there is none."""
    origin: Origin
    help: str


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a launch is."""

    points: int = 1
    seeds: int = 1
    seconds: float | None = None
    """Of one device, for all runs; None when nothing tells."""
    own: int = 0
    """Points of the preset's own ``[sweep]``; 0 without one."""


@dataclass(frozen=True, slots=True)
class FindingView:
    """What the preflight found, as it is shown."""

    level: str
    """error or warning."""
    rule: str
    message: str
    why: str
    fix: tuple[str, ...]
    """Fields and values that mend it, as ``--set`` takes them; empty when none do."""
    experience: str


@dataclass(frozen=True, slots=True)
class PresetView:
    """One line of the list of presets."""

    key: str
    """A name that loads it, or the key of a draft that is in hand already."""
    name: str
    summary: str
    shipped: bool
    error: str = ""
    edited: bool = False


def find_fields(fields: Sequence[FieldView], text: str) -> list[FieldView]:
    """Return the fields whose name has every word of ``text``."""
    words = text.lower().split()
    found = [field for field in fields if all(word in field.path.lower() for word in words)]
    return sorted(found, key=lambda field: field.path.lower().rpartition(".")[2] not in words)
