"""Two numbers compared; the answer is yes or no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grpotui.tasks.forms import fill, form_problem, range_problem
from grpotui.tasks.model import Example, Problems, Task, TaskSettings

RELATIONS: dict[str, Callable[[int, int], bool]] = {
    "greater than": lambda a, b: a > b,
    "less than": lambda a, b: a < b,
    "equal to": lambda a, b: a == b,
}
_LARGEST = 10**9


@dataclass(frozen=True)
class ComparisonSettings(TaskSettings):
    """Which numbers, and what is asked about them."""

    prompt: str = "Is {a} {relation} {b}? Answer yes or no: "
    numbers: tuple[int, int] = (0, 20)
    """Smallest and largest number."""
    relations: tuple[str, ...] = ("greater than",)
    """Any of "greater than", "less than", "equal to"; the last is nearly always answered with no."""

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        if found := range_problem("numbers", self.numbers, -_LARGEST, _LARGEST):
            return found
        for relation in self.relations:
            if relation not in RELATIONS:
                return "relations", f'no relation "{relation}"; known: {", ".join(RELATIONS)}'
        if len(set(self.relations)) < len(self.relations):
            return "relations", "one stands there twice"
        needed = ("a", "b") if len(self.relations) == 1 else ("a", "relation", "b")
        return form_problem(self.prompt, needed, ("a", "relation", "b"))


def _problems(settings: ComparisonSettings) -> Problems:
    low, high = settings.numbers
    width = high - low + 1

    def at(index: int) -> Example:
        rest, b = divmod(index, width)
        place, a = divmod(rest, width)
        relation = settings.relations[place]
        prompt = fill(settings.prompt, {"a": low + a, "relation": relation, "b": low + b})
        return Example(prompt, "yes" if RELATIONS[relation](a, b) else "no", TASK.name)

    return Problems(width * width * len(settings.relations), at)


TASK = Task("comparison", "Is one number greater: yes or no", ComparisonSettings, _problems)
