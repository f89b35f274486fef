"""What a report is made of: sentences, tables, commands, with the runs and steps they are read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from: a run, and the first and last step that it was read at."""

    run: str
    first: int | None = None
    last: int | None = None

    def to_json(self) -> dict[str, object]:
        """Return the public form; ``steps`` is null for what is no matter of steps, such as a setting."""
        return {"run": self.run, "steps": None if self.first is None else [self.first, self.last]}


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence. ``label`` stands before it in bold, as in ``Hypothesis:``."""

    text: str
    sources: tuple[Source, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences: ``style`` is "-" for bullets, "1" for numbers, "" for paragraphs."""

    items: tuple[Statement, ...]
    style: str = "-"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headers; ``sources`` of each row."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sources: tuple[tuple[Source, ...], ...] = ()
    loud: frozenset[int] = frozenset()
    """Rows that stand out."""


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to be read as they are: commands, results."""

    lines: tuple[Statement, ...]


Block = Words | Table | Code


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks under a title; ``level`` 2 is a chapter, 3 a part of one."""

    title: str
    blocks: tuple[Block, ...]
    level: int = 2

    @property
    def statements(self) -> Iterator[Statement]:
        """Every sentence of the section."""
        for block in self.blocks:
            if isinstance(block, Words):
                yield from block.items
            elif isinstance(block, Code):
                yield from block.lines


def bullets(items: Sequence[Statement]) -> tuple[Block, ...]:
    """Return sentences as one list; nothing for none."""
    return (Words(tuple(items)),) if items else ()


def section(title: str, *blocks: Block, level: int = 2) -> list[Section]:
    """Return a section in a list; none where there is nothing in it."""
    return [Section(title, blocks, level)] if blocks else []
