"""Texts that every reward can be asked about before any model has written one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from typing import Any

from grpotui.tasks import DeferredError, Example, Reward

GOLD, WRONG, EMPTY, PROMPT, REPEATED, LONG = "gold", "wrong", "empty", "the prompt", "one word", "long"
KINDS = (GOLD, WRONG, EMPTY, PROMPT, REPEATED, LONG)
EXAMPLES = 3
"""Prompts of each task that are probed."""
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

    def to_json(self) -> dict[str, Any]:
        """Return it as the trainer tells it."""
        return asdict(self)


Ask = Callable[[Reward, str, Example], float | None]
"""(reward, completion, what it answers) -> the reward."""


def _score(reward: Reward, text: str, example: Example) -> float | None:
    (value,) = reward.score([text], [example.answer], [example.prompt])
    return value


def probe_rewards(
    rewards: Sequence[Reward], examples: Sequence[Example], ask: Ask = _score
) -> tuple[Probe, ...]:
    """Return what each reward gives for a right answer (where there is one), a wrong one and nonsense.

    A user's own function that only the trainer loads is left out, unless ``ask`` can.
    """
    found: list[Probe] = []
    for reward in rewards:
        with suppress(DeferredError):
            for example in _some(examples, reward.tasks):
                found += [_probe(ask, reward, kind, text, example) for kind, text in _texts(example)]
    return tuple(found)


def _some(examples: Sequence[Example], tasks: Sequence[str]) -> Iterator[Example]:
    """Yield a few examples of each task that a reward scores."""
    seen: dict[str, int] = {}
    for example in examples:
        seen[example.task] = seen.get(example.task, 0) + 1
        if seen[example.task] <= EXAMPLES and (not tasks or example.task in tasks):
            yield example


def _texts(example: Example) -> list[tuple[str, str]]:
    texts = [] if example.gold is None else [(GOLD, example.gold)]
    if example.answer is not None and example.sample is None:
        texts.append((WRONG, _wrong(example.answer)))
    return [
        *texts,
        (EMPTY, ""),
        (PROMPT, example.prompt),
        (REPEATED, " ".join([_WORD] * 50)),
        (LONG, prose()),
    ]


def _wrong(answer: str) -> str:
    """Return an answer of the same kind that is not right."""
    if set(answer) <= {"0", "1"}:
        return answer.translate({48: "1", 49: "0"})
    try:
        return str(int(answer) + 37)
    except ValueError:
        return {"yes": "no", "no": "yes"}.get(answer.lower(), f"not {answer}")


def _probe(ask: Ask, reward: Reward, kind: str, text: str, example: Example) -> Probe:
    try:
        value = ask(reward, text, example)
        return Probe(reward.name, kind, text, None if value is None else float(value))
    except DeferredError:
        raise
    except Exception as error:  # a user's own reward may raise anything
        return Probe(reward.name, kind, text, error=f"{type(error).__name__}: {error}")
