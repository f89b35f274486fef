"""Openings of children's stories to go on from; there is no right answer."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from grpotui.tasks.grammar import first, story
from grpotui.tasks.model import Example, Problems, Task, TaskSettings

_STORIES = 2**32
_MOST_WORDS = 20


@dataclass(frozen=True)
class StoriesSettings(TaskSettings):
    """How long the openings are."""

    prompt_words: int = 0
    """First words of a story that make its prompt; 0 for its whole first sentence."""

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        if 0 <= self.prompt_words <= _MOST_WORDS:
            return None
        return "prompt_words", f"expected 0 to {_MOST_WORDS}, got the number {self.prompt_words}"


def _problems(settings: StoriesSettings) -> Problems:
    def at(index: int) -> Example:
        told = story(Random(index))
        prompt = " ".join(told.split(" ")[: settings.prompt_words]) if settings.prompt_words else first(told)
        return Example(prompt, None, TASK.name)

    return Problems(_STORIES, at)


TASK = Task("stories", "Openings of stories, to be continued", StoriesSettings, _problems, has_answers=False)
