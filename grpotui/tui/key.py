"""A key of the app: one action, how it is written, what it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from textual.keys import _character_to_key, format_key


@dataclass(frozen=True, slots=True)
class Key:
    """One action and its key."""

    id: str
    keys: str
    """As Textual writes them: several are parted by commas, so a comma itself is ``comma``."""
    action: str
    label: str
    """One or two words for the line of keys; empty keeps it out of there."""
    help: str
    shown: str = ""
    """How the key is written for people, where ``keys`` does not do."""

    @property
    def face(self) -> str:
        """The key as people read it."""
        return self.shown or self.keys.replace("escape", "esc").replace(",", " ")

    def rebound(self, keys: Mapping[str, str]) -> Key:
        """Return this action with the key that a person gave it, if they did."""
        if self.id not in keys:
            return self
        wanted = named(keys[self.id])
        return replace(self, keys=wanted, shown=" ".join(map(format_key, wanted.split(","))))


@dataclass(frozen=True, slots=True)
class Section:
    """The keys of one screen."""

    title: str
    keys: tuple[Key, ...]

    def rebound(self, keys: Mapping[str, str]) -> Section:
        """Return the section with the keys that a person chose."""
        return replace(self, keys=tuple(key.rebound(keys) for key in self.keys))


def named(keys: str) -> str:
    """Return keys by their names, parted by commas; a comma alone is the key."""
    if keys.strip() == ",":
        return "comma"
    names = (key.strip() for key in keys.split(","))
    return ",".join(_character_to_key(name) if len(name) == 1 else name for name in names)
