"""GRPOConfig's fields, from a generated table: light verbs never import TRL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("grpo_fields.json")
"""Made by ``python -m grpotui.train.grpo_fields``; a test compares it with the installed TRL."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of TRL's GRPOConfig."""

    name: str
    type: str
    """As Python writes it: ``float | None``."""
    kinds: tuple[str, ...]
    """Kinds of TOML value that it takes: bool, int, float, str, list, dict. Empty: none can."""
    items: tuple[str, ...]
    """Kinds that members of a list may have; empty when anything may stand there."""
    choices: tuple[str, ...]
    """Texts that it takes; empty when any will do."""
    default: Any
    help: str


@lru_cache(maxsize=1)
def _table() -> dict[str, Field]:
    data = json.loads(TABLE.read_text(encoding="utf-8"))
    fields = {}
    for name, entry in data["fields"].items():
        tuples = {key: tuple(entry[key]) for key in ("kinds", "items", "choices")}
        fields[name] = Field(
            name=name, type=entry["type"], default=entry["default"], help=entry["help"], **tuples
        )
    return fields


class _Fields(Mapping[str, Field]):
    """The table, read at first use."""

    def __getitem__(self, name: str) -> Field:
        return _table()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_table())

    def __len__(self) -> int:
        return len(_table())


GRPO_FIELDS: Mapping[str, Field] = _Fields()
"""Name -> field, in TRL's order."""
