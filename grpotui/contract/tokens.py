"""Cuts an expression into words, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grpotui.errors import UserError
from grpotui.text import clean

MAX_LENGTH = 500
"""Characters of one expression."""

_TOKEN = re.compile(
    r"""(?P<blank>\s+)
    | (?P<number>(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?)
    | (?P<name>[^\W\d]\w*(\.[^\W\d]\w*)?(/[^\W\d]\w*)*)
    | (?P<text>'[^']*'|"[^"]*")
    | (?P<sign><=|>=|==|!=|[-+*/<>(),=])""",
    re.VERBOSE,
)
_SLIPS = {
    "&": "write and",
    "|": "write or",
    "!": "write not",
    "^": "there are no powers",
    "%": "write 0.05",
}


class ContractError(UserError):
    """What is wrong in an expression, in one line, with the place of the character from 1."""

    def __init__(self, place: int, message: str) -> None:
        self.place = place
        super().__init__(clean(f"at {place + 1}: {message}", 300))


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression. ``kind`` is number, name, text, sign or end."""

    kind: str
    text: str
    place: int

    @property
    def end(self) -> int:
        """Where the next one may begin."""
        return self.place + len(self.text)


def tokens(source: str) -> Iterator[Token]:
    """Yield the words of an expression, and one of kind ``end``. Raises ContractError."""
    if len(source) > MAX_LENGTH:
        raise ContractError(MAX_LENGTH, f"longer than {MAX_LENGTH} characters")
    place = 0
    while place < len(source):
        match = _TOKEN.match(source, place)
        if match is None:
            char = source[place]
            hint = f": {_SLIPS[char]}" if char in _SLIPS else ""
            raise ContractError(place, f"cannot read {char!r}{hint}")
        kind = match.lastgroup or ""
        if kind != "blank":
            yield Token(kind, match.group(), place)
        place = match.end()
    yield Token("end", "", len(source))
