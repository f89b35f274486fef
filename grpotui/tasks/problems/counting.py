"""How many words stand there: one word repeated, or different ones."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from grpotui.tasks.forms import fill, form_problem, range_problem
from grpotui.tasks.model import Example, Problems, Task, TaskSettings

WORDS = (
    *("apple", "cat", "dog", "star", "book", "tree", "house", "river", "bird", "stone", "cloud", "lamp"),
    *("chair", "boat", "horse", "flower", "spoon", "window", "garden", "shoe", "train", "moon", "bread"),
    *("clock", "leaf"),
)
_MOST = 100
_VARIANTS = 2**20
"""Rows of different words that are looked at for each number of words."""


@dataclass(frozen=True)
class CountingSettings(TaskSettings):
    """How many words, and which."""

    prompt: str = "Count the words: {words}. Answer: "
    numbers: tuple[int, int] = (1, 10)
    """Fewest and most words to count."""
    words: tuple[str, ...] = WORDS
    """Words that stand in the prompts."""
    different: bool = False
    """Different words in one prompt, instead of one word again and again."""

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        if found := range_problem("numbers", self.numbers, 1, _MOST):
            return found
        for word in self.words:
            if len(word.split()) != 1:
                return "words", f'"{word}" is not one word'
        if len(set(self.words)) < len(self.words):
            return "words", "one stands there twice"
        return form_problem(self.prompt, ("words",))


def _problems(settings: CountingSettings) -> Problems:
    low, high = settings.numbers
    width, words = high - low + 1, settings.words

    def at(index: int) -> Example:
        variant, number = divmod(index, width)
        if settings.different:
            shown = Random(index).choices(words, k=low + number)
        else:
            shown = [words[variant]] * (low + number)
        prompt = fill(settings.prompt, {"words": " ".join(shown)})
        return Example(prompt, str(low + number), TASK.name)

    variants = min(_VARIANTS, len(words) ** high) if settings.different else len(words)
    return Problems(width * variants, at)


TASK = Task("counting", "How many words stand there", CountingSettings, _problems)
