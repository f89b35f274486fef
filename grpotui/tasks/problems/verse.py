"""Poems of a stated form; how much of the form is met can be measured, so there is no one right answer."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.tasks.forms import fill, form_problem
from grpotui.tasks.model import Example, Problems, Task, TaskSettings
from grpotui.tasks.verse import CLOSED, FORMS

_THINGS = (
    *(
        "the sea",
        "an old house",
        "a river",
        "the first snow",
        "a garden",
        "a lamp",
        "a lost letter",
        "a clock",
    ),
    *("a bridge", "a train", "the moon", "bread", "a stone", "an empty chair", "a lighthouse", "a fox"),
    *("a storm", "a field", "a window", "my mother's hands", "a violin", "the harvest", "a map", "a candle"),
    *("a long road", "a market", "a mirror", "the wind", "a forest", "a harbour", "a key", "a swallow"),
)
_WHEN = (
    *("at dawn", "in winter", "at night", "in the rain", "after a war", "in a dream", "far from home"),
    *(
        "in a great city",
        "before a journey",
        "at the end of summer",
        "in childhood",
        "seen for the last time",
    ),
)


@dataclass(frozen=True)
class VerseSettings(TaskSettings):
    """Which forms, about what."""

    prompt: str = "Write a {form} about {topic}: {rules}.\n"
    forms: tuple[str, ...] = tuple(FORMS)
    """Forms that are asked for."""
    topics: tuple[str, ...] = ()
    """What the poems shall be about, each in every form; empty for the 384 that ship with grpotui."""

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        for form in self.forms:
            if form not in FORMS:
                return "forms", f'no form "{form}"; known: {", ".join(FORMS)}'
        if len(set(self.forms)) < len(self.forms):
            return "forms", "one stands there twice"
        return form_problem(self.prompt, ("form", "topic"), ("form", "topic", "rules"))


TOPICS = tuple(f"{thing} {when}" for thing in _THINGS for when in _WHEN)


def _problems(settings: VerseSettings) -> Problems:
    topics = settings.topics or TOPICS

    def at(index: int) -> Example:
        topic, place = divmod(index, len(settings.forms))
        name = settings.forms[place]
        form = FORMS[name]
        values = {"form": name, "topic": topics[topic], "rules": form.rules}
        return Example(fill(settings.prompt, values), name, TASK.name, sample=f"{CLOSED}\n{form.sample}")

    return Problems(len(topics) * len(settings.forms), at)


TASK = Task("verse", "Poems of a stated form", VerseSettings, _problems, has_answers=False)
