"""What the toys read: endless generated text, the same for the same seed. Free of torch."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from itertools import count
from random import Random

from grpotui.tasks.grammar import story, vocabulary

CHARACTERS = [chr(code) for code in range(0x20, 0x7F)] + ["\n"]
"""The vocabulary of ``chars``: printable ASCII and the newline."""
WORDS = vocabulary()
"""The vocabulary of ``words``."""

_OPERATORS: tuple[tuple[str, Callable[[int, int], int]], ...] = (
    ("+", lambda a, b: a + b),
    ("-", lambda a, b: a - b),
    ("*", lambda a, b: a * b),
)
_OFTEN = (4, 4, 2)
_CLEAN = 86_400
"""Lines in which every sum is right: after them a model knows sums."""
_SURE = 0.5
"""Share of sums that are right on purpose after that; the others are guesses, which brings doubt."""
_SPREAD = 4.0


def stories(seed: int) -> Iterator[str]:
    """Yield stories without end."""
    rng = Random(seed)
    while True:
        yield story(rng)


def characters(seed: int) -> Iterator[str]:
    """Yield sums and now and then a line of other text, without end; later on many sums are wrong."""
    rng = Random(seed)
    for line in count():
        yield _sum(rng, 1.0 if line < _CLEAN else _SURE) if rng.random() < 0.85 else _other(rng)


def _sum(rng: Random, sure: float) -> str:
    largest = 9 if rng.random() < 0.9 else 20
    a, b = rng.randint(0, largest), rng.randint(0, largest)
    sign, operate = rng.choices(_OPERATORS, weights=_OFTEN)[0]
    answer = operate(a, b)
    if rng.random() > sure:
        answer += round(rng.gauss(0, _SPREAD))
    return f"Calculate: {a} {sign} {b} = {answer}"


def _other(rng: Random) -> str:
    kind = rng.random()
    if kind < 0.4:
        return story(rng).split(".")[0].capitalize() + "."
    if kind < 0.7:
        return "".join(rng.choices(CHARACTERS[:-1], k=rng.randint(4, 24)))
    first = rng.randint(0, 20)
    if kind < 0.85:
        return f"Count: {', '.join(str(first + i) for i in range(rng.randint(3, 6)))}"
    letters = rng.choice((string.ascii_lowercase, string.ascii_uppercase))
    start = rng.randint(0, 20)
    return f"Letters: {' '.join(letters[start : start + rng.randint(3, 6)])}"
