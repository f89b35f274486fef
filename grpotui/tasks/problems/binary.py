"""Whole numbers written in binary."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.tasks.forms import fill, form_problem, range_problem
from grpotui.tasks.model import Example, Problems, Task, TaskSettings

_LARGEST = 2**32 - 1
_MOST_BITS = 64


@dataclass(frozen=True)
class BinarySettings(TaskSettings):
    """Which numbers, and how their bits are written."""

    n: int = 16
    """Different prompts to train on; there are only as many as numbers."""
    prompt: str = "Convert {n} to binary: "
    numbers: tuple[int, int] = (0, 15)
    """Smallest and largest number."""
    bits: int = 0
    """Digits of each answer, filled up with zeros; 0 for no more than it takes."""

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        if found := range_problem("numbers", self.numbers, 0, _LARGEST):
            return found
        if not 0 <= self.bits <= _MOST_BITS:
            return "bits", f"expected 0 to {_MOST_BITS}, got the number {self.bits}"
        needed = self.numbers[1].bit_length()
        if 0 < self.bits < needed:
            return "bits", f"{self.numbers[1]} takes {needed}, got the number {self.bits}"
        return form_problem(self.prompt, ("n",))


def _problems(settings: BinarySettings) -> Problems:
    low, high = settings.numbers

    def at(index: int) -> Example:
        number = low + index
        return Example(fill(settings.prompt, {"n": number}), f"{number:0{settings.bits or 1}b}", TASK.name)

    return Problems(high - low + 1, at)


TASK = Task("binary", "Numbers written in binary", BinarySettings, _problems)
