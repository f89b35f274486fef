"""Share of sentences with exactly N words: a reward of form alone, known to end in templates."""

from __future__ import annotations

import re

from grpotui.records import RewardRange
from grpotui.tasks.model import Reward, RewardKind, RewardSettings, each

_SENTENCE = re.compile(r"([^.!?]*)([.!?]*)")
_ONE_END = 3


def sentences(text: str) -> list[tuple[int, bool]]:
    """Return (words, is it finished) for each sentence of ``text``.

    Sentences end at ``.``, ``!`` or ``?``; words are what whitespace separates. Up to three marks in a row
    are one end, as in "..." and "?!"; each further one is a sentence without words, so that dots cannot fill
    up a completion for nothing. A completion may begin with the end of the prompt's sentence.
    """
    found = []
    for body, end in _SENTENCE.findall(text):
        if words := len(body.split()):
            found.append((words, bool(end)))
        found += [(0, True)] * (len(end) - _ONE_END)
    return found


def share(text: str, length: int) -> float:
    """Return the share of sentences in ``text`` with ``length`` words; 0 when there is none.

    An unfinished last sentence counts as a sentence but never as one of the right length: rambling on until
    the token limit must cost something.
    """
    found = sentences(text)
    return sum(pair == (length, True) for pair in found) / len(found) if found else 0.0


def _lengths(text: str) -> str | None:
    """Return the lengths of the sentences, "10 7 10 3…": the mark stands for an unfinished one."""
    return " ".join(f"{words}" if finished else f"{words}…" for words, finished in sentences(text)) or None


def _build(name: str, settings: RewardSettings) -> Reward:
    length = int(name.rpartition("_")[2])

    def score(text: str, answer: str | None) -> float:
        return share(text, length)

    return Reward(name, settings.weight, RewardRange(0.0, 1.0), each(score), _lengths)


REWARD = RewardKind(
    "sentence_length_N",
    "Share of sentences with exactly N words",
    RewardSettings,
    _build,
    pattern=r"sentence_length_[1-9]\d{0,3}",
    structural=True,
)
