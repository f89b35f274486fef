"""Which bytes a line of JSON must hold to have some text: finding bytes is quicker than parsing."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_ESCAPED = re.compile(r"\\u[0-9a-f]{4}")


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it may stand in JSON: each form is a way to write all of it."""

    forms: tuple[bytes, ...]
    folded: bool
    """True when the case of ASCII letters does not matter; forms are in lower case then."""

    @classmethod
    def of(cls, text: str, folded: bool) -> Written | None:
        """Return how ``text`` may be written, ``folded`` in any case; None where that says nothing of a line.

        Letters beyond ASCII are written in as many ways as they have cases, and so are signs that some
        writers escape for HTML: the longest part without any of them has to do.
        """
        text = max(_parts(text, folded), key=len, default="")
        if not text:
            return None
        # A long s, or the sign for Kelvin, is no s or k here, though ``re`` takes them for one.
        escaped = json.dumps(text)[1:-1]
        large = _ESCAPED.sub(lambda found: "\\u" + found.group()[2:].upper(), escaped)
        raw = {escaped, large, json.dumps(text, ensure_ascii=False)[1:-1]}
        forms = {form.encode("utf-8", "surrogatepass") for form in raw}
        return cls(tuple(sorted({form.lower() for form in forms} if folded else forms)), folded)

    def held(self, data: bytes, starts: Sequence[int], ends: Sequence[int]) -> Iterator[int]:
        """Yield the numbers of the stretches of ``data`` that hold a form; they ascend and lie apart."""
        data = data.lower() if self.folded else data
        found = [data.find(form) for form in self.forms]
        while known := [at for at in found if at >= 0]:
            first = min(known)
            number = bisect_right(starts, first) - 1
            if first < ends[number]:
                yield number
            if number + 1 == len(starts):
                return
            on = starts[number + 1]
            pairs = zip(found, self.forms, strict=True)
            found = [data.find(form, on) if 0 <= at < on else at for at, form in pairs]


def _parts(text: str, folded: bool) -> list[str]:
    """Return the parts of a text between characters that cannot be looked for as bytes."""
    parts = [""]
    for character in text:
        cased = folded and not character.isascii() and character.lower() != character.upper()
        if cased or character in "/<>&'":
            parts.append("")
        else:
            parts[-1] += character
    return parts


def needed(pattern: re.Pattern[str]) -> str:
    """Return a text that every match of an expression holds, the longest that is easily seen; else empty."""
    # Python's own parser of expressions has no public name; a Python without it only takes longer.
    parser = getattr(re, "_parser", None)
    if parser is None:
        return ""
    runs = [""]
    _collect(parser.parse(pattern.pattern, pattern.flags), runs)
    return max(runs, key=len)


def _collect(tree: Any, runs: list[str]) -> None:
    """Add the literals that stand in every match to ``runs``, a run for those that are neighbours."""
    for operator, argument in tree:
        name = str(operator)
        if name == "LITERAL":
            runs[-1] += chr(argument)
        elif name == "SUBPATTERN" and not (argument[1] or argument[2]):
            _collect(argument[3], runs)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and argument[0] > 0:
            _collect(argument[2], runs)
            runs.append("")
        elif name != "AT":
            runs.append("")
