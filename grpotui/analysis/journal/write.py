"""Writes the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grpotui.analysis.journal import book
from grpotui.analysis.journal.content import COMPARED, HEAD, blocks, comparison_id
from grpotui.analysis.journal.gone import gone
from grpotui.analysis.journal.hypotheses import read_findings
from grpotui.analysis.journal.merge import Merged, merge
from grpotui.registry.queries import Registry


@dataclass(frozen=True, slots=True)
class Written:
    """How many blocks of the journal are new, changed, and taken out by a person."""

    new: int
    updated: int
    left_out: int

    def __str__(self) -> str:
        parts = [f"{self.new} new", f"{self.updated} updated"]
        if self.left_out:
            parts.append(f"{self.left_out} that you took out left out")
        return ", ".join(parts)


def write(registry: Registry, again: bool = False, compared: Sequence[str] = ()) -> Written:
    """Bring the journal up to date; what people typed stays. Raises UserError and OSError.

    ``again`` brings back blocks that a person took out; ``compared`` are runs whose comparison is written
    too, now and whenever it changes.
    """
    wanted = [comparison_id(compared)] if compared else []
    done = Merged()

    def change(text: str) -> str:
        nonlocal done
        there = [block_id for block_id, _ in book.parts(text)]
        earlier = [block_id for block_id in there if block_id.startswith(COMPARED)]
        said = blocks(registry, read_findings(registry, text), [*wanted, *earlier], HEAD in there)
        said += gone(registry.workspace, text, ("run:", COMPARED))
        done = merge(text, said, [block.id for block in said] if again else wanted)
        return done.text

    book.renew(registry.workspace, change)
    return Written(len(done.new), len(done.updated), len(done.left_out))
