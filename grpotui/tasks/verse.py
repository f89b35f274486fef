"""Forms of verse: how each reads, how to measure how much of one is met. English, by rules of thumb."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

CLOSED = "</think>"
"""Ends the thoughts of a reasoning model; the poem follows."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_VOWELS = re.compile(r"[aeiouy]+")
_TWO_SOUNDS = re.compile(
    r"(?<![tsxc])io(?!us)|ia(?!n\b|l\b)|iet|oe(?=[mt])|eo(?!n|p)|ua(?!r)|uo|iu|ying|eing|oing|crea|ea$"
)
_SILENT = re.compile(
    r"(?<=[^aeiouy])e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouyszxcgh])es$|e(?=(?:ly|ful|less|ment)s?$)"
)
_SPOKEN_END = re.compile(r"[^aeiouyl]le[sd]?$")
_SOUNDS = tuple(
    (re.compile(spelling), sound)
    for spelling, sound in (
        (r"(.)\1$", r"\1"),
        (r"eigh|aigh|ay$|ey$|ai", "A"),
        (r"a([^aeiouywr])e$", r"A\1"),
        (r"igh|y([^aeiouy])e$|i([^aeiouyr])e$", r"I\1\2"),
        (r"^([^aeiouy]*)(?:y|ie)$", r"\1I"),
        (r"ee|ea|(?<=[aeiouy][^aeiouy])y$|ie|^([^aeiouy]+)e$", r"\1E"),
        (r"e([^aeiouywr])e$", r"E\1"),
        (r"oa|o([^aeiouywrvm])e$|oe$", r"O\1"),
        (r"oo|ue$|ew$|u([^aeiouyr])e$|ough$", r"U\1"),
        (r"(?:o|oo|oa|ou)re?$|Or$|Ur$|our$", "or"),
        (r"(?:ai|Ai|a|A)re?$|(?<=[bwp])ear$", "ar"),
        (r"(?:aw|au|a)l$", "al"),
        (r"(?:ir|er|ur)(?=[^aeiouy]*$)", "er"),
        (r"ck$|ke$", "k"),
    )
)
"""Spellings that sound alike at the end of a word."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a poem of one kind must keep to."""

    rules: str
    lines: int
    syllables: tuple[int, ...] = ()
    """Of each line; empty when they are free."""
    rhymes: str = ""
    """A letter per line: lines with the same letter rhyme, ``.`` with none. Empty when they are free."""
    sample: str = ""
    """A poem that meets all of it."""


FORMS: dict[str, Form] = {
    "haiku": Form(
        "three lines of 5, 7 and 5 syllables",
        3,
        (5, 7, 5),
        sample="The old pond is still\nA green frog jumps in the dark\nSoft sound of water",
    ),
    "tanka": Form(
        "five lines of 5, 7, 5, 7 and 7 syllables",
        5,
        (5, 7, 5, 7, 7),
        sample=(
            "The old pond is still\nA green frog jumps in the dark\nSoft sound of water\n"
            "I sit on the cold gray stone\nAnd wait for the moon to go"
        ),
    ),
    "cinquain": Form(
        "five lines of 2, 4, 6, 8 and 2 syllables",
        5,
        (2, 4, 6, 8, 2),
        sample=(
            "First snow\nfalls on the roof\nand on the quiet street\nwhere nobody walks in the night\nbut me"
        ),
    ),
    "couplet": Form(
        "two lines that rhyme",
        2,
        rhymes="aa",
        sample="The rain came down upon the town\nand washed away the dusty brown",
    ),
    "tercet": Form(
        "three lines that all rhyme",
        3,
        rhymes="aaa",
        sample=(
            "The moon is high above the tree\nand all the stars look down on me\n"
            "before they sink into the sea"
        ),
    ),
    "quatrain": Form(
        "four lines, the first rhymes with the third and the second with the fourth",
        4,
        rhymes="abab",
        sample=(
            "I walked along the winter shore\nand heard the cold waves call\n"
            "I had not heard their song before\nor heard the sea at all"
        ),
    ),
    "limerick": Form(
        "five lines, the first rhymes with the second and fifth, the third with the fourth",
        5,
        rhymes="aabba",
        sample=(
            "There once was a bird in a tree\nwho wanted a cup of hot tea\nshe sat on the wall\n"
            "and gave us a call\nand all of us had it for free"
        ),
    ),
}
"""By name, the names that prompts ask for."""


def poem(text: str) -> list[str] | None:
    """Return the lines after the last ``</think>``, blank ones left out; None when it is not there."""
    _, closed, rest = text.rpartition(CLOSED)
    if not closed:
        return None
    return [line for line in rest.splitlines() if _WORD.search(line)]


def syllables(line: str) -> int:
    """Return how many syllables the words of ``line`` have, more or less."""
    return sum(map(_syllables, _WORD.findall(line.lower())))


def _syllables(word: str) -> int:
    word = word.removesuffix("'s")
    bare = word if _SPOKEN_END.search(word) else _SILENT.sub("", word)
    return max(1, len(_VOWELS.findall(bare)) + len(_TWO_SOUNDS.findall(bare)))


def rhyme(one: str, other: str) -> bool:
    """True when two lines sound alike at their ends without ending in the same word."""
    a, b = _last(one), _last(other)
    return bool(a and b) and a != b and _sound(a) == _sound(b)


def _last(line: str) -> str:
    words = _WORD.findall(line.lower())
    return words[-1].removesuffix("'s") if words else ""


def _sound(word: str) -> str:
    """Return a word's end from its last vowel on, the same for spellings that sound alike."""
    for spelling, sound in _SOUNDS:
        word = spelling.sub(sound, word)
    found = re.search(r"[aeiouyAEIOU][^aeiouyAEIOU]*$", word)
    return found.group() if found else word


def met(lines: Sequence[str], form: Form) -> float:
    """Return the share, 0 to 1, of a form that the lines of a poem meet.

    The mean of what the form asks for: as many lines; the syllables of each line (half for one too few or
    too many); the pairs of lines that rhyme.
    """
    if not lines:
        return 0.0
    parts = [max(0.0, 1.0 - abs(len(lines) - form.lines) / form.lines)]
    if form.syllables:
        off = [abs(syllables(line) - count) for line, count in zip(lines, form.syllables, strict=False)]
        parts.append(sum({0: 1.0, 1: 0.5}.get(distance, 0.0) for distance in off) / form.lines)
    if pairs := list(_pairs(form.rhymes)):
        found = [second < len(lines) and rhyme(lines[first], lines[second]) for first, second in pairs]
        parts.append(sum(found) / len(pairs))
    return sum(parts) / len(parts)


def _pairs(rhymes: str) -> Iterator[tuple[int, int]]:
    return ((i, j) for i, j in combinations(range(len(rhymes)), 2) if rhymes[i] == rhymes[j] != ".")
