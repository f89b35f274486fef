"""Texts that every reward can be asked about before any model has written one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from grpotui.tasks import Example, Reward

GOLD, WRONG, EMPTY, PROMPT, REPEATED, LONG = "gold", "wrong", "empty", "the prompt", "one word", "long"
KINDS = (GOLD, WRONG, EMPTY, PROMPT, REPEATED, LONG)
EXAMPLES = 4
"""Prompts that are probed."""
LONG_TEXT = 2000
"""Characters of the long text."""
_WORD = "happy"
_WORDS = ("the", "dog", "was", "happy", "and", "so", "we", "all", "ran", "to", "a", "big", "red", "house")


def prose() -> str:
    """Return LONG_TEXT characters of sentences that have one word, two, three and so on."""
    words = cycle(_WORDS)
    sentences: list[str] = []
    while len(text := " ".join(sentences)) < LONG_TEXT:
        sentences.append(" ".join(islice(words, len(sentences) + 1)).capitalize() + ".")
    return text[:LONG_TEXT]


@dataclass(frozen=True, slots=True)
class Probe:
    """What one reward gave for one text; None where it does not apply."""

    reward: str
    kind: str
    text: str
    value: float | None = None
    error: str = ""
    """What it raised; empty when it raised nothing."""


def probe_rewards(rewards: Sequence[Reward], examples: Sequence[Example]) -> tuple[Probe, ...]:
    """Return what each reward gives for a right answer (where there is one), a wrong one and nonsense."""
    return tuple(
        _ask(reward, kind, text, example.answer)
        for reward in rewards
        for example in examples[:EXAMPLES]
        for kind, text in _texts(example)
    )


def _texts(example: Example) -> list[tuple[str, str]]:
    texts = [] if example.answer is None else [(GOLD, example.answer), (WRONG, _wrong(example.answer))]
    return [
        *texts,
        (EMPTY, ""),
        (PROMPT, example.prompt),
        (REPEATED, " ".join([_WORD] * 50)),
        (LONG, prose()),
    ]


def _wrong(answer: str) -> str:
    """Return an answer of the same kind that is not right."""
    try:
        return str(int(answer) + 37)
    except ValueError:
        return {"yes": "no", "no": "yes"}.get(answer.lower(), f"not {answer}")


def _ask(reward: Reward, kind: str, text: str, answer: str | None) -> Probe:
    try:
        (value,) = reward.score([text], [answer])
        return Probe(reward.name, kind, text, None if value is None else float(value))
    except Exception as error:  # a user's own reward may raise anything
        return Probe(reward.name, kind, text, error=f"{type(error).__name__}: {error}")
