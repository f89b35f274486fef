"""The marks around what the tool wrote: invisible where Markdown is rendered, and enough to know it again.

The mark at the beginning holds a digest of every line that was written. So a line that a person typed,
changed or took away within is told from a line of the tool, without a copy of it anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2s

_BEGIN = re.compile(r"^\ufeff?\s*<!-- grpotui (\S+) (\S+)((?: [0-9a-f]{8})*) -->\s*$")
_END = re.compile(r"^\s*<!-- /grpotui (\S+) -->\s*$")
_WROTE = re.compile(r"^\s*<!-- grpotui wrote((?: \S+)*) -->\s*$")


def digest(line: str) -> str:
    """Return eight hex digits of a line; blanks at its end, which editors add and take, do not count."""
    return blake2s(line.rstrip().encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


@dataclass(frozen=True, slots=True)
class Begin:
    """A mark at the beginning of a block."""

    id: str
    stamp: str
    """What the block was made of; the same stamp needs no new text."""
    digests: tuple[str, ...]


def begin(block_id: str, stamp: str, lines: Sequence[str]) -> str:
    """Return the mark before lines that the tool writes."""
    return " ".join(["<!-- grpotui", block_id, stamp, *map(digest, lines), "-->"])


def end(block_id: str) -> str:
    """Return the mark after them."""
    return f"<!-- /grpotui {block_id} -->"


def wrote(ids: Sequence[str]) -> str:
    """Return the line that remembers every block that was ever written: one that is missing was taken out."""
    return " ".join(["<!-- grpotui wrote", *ids, "-->"])


def read_begin(line: str) -> Begin | None:
    """Return the mark that a line is; None for any other line."""
    found = _BEGIN.match(line)
    if found is None or found[1] == "wrote":
        return None
    return Begin(found[1], found[2], tuple(found[3].split()))


def read_end(line: str) -> str | None:
    """Return the id of the block that a line ends; None for any other line."""
    found = _END.match(line)
    return found[1] if found else None


def read_wrote(line: str) -> tuple[str, ...] | None:
    """Return the ids that a line remembers; None for any other line."""
    found = _WROTE.match(line)
    return tuple(found[1].split()) if found else None


def is_mark(line: str) -> bool:
    """True for any of these lines."""
    return bool(_BEGIN.match(line) or _END.match(line) or _WROTE.match(line))
