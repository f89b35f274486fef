"""Sums, differences and products of two whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grpotui.tasks.forms import fill, form_problem, range_problem
from grpotui.tasks.model import Example, Problems, Task, TaskSettings

OPERATORS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}
_LARGEST = 10**9


@dataclass(frozen=True)
class ArithmeticSettings(TaskSettings):
    """Which problems, and how they are written."""

    prompt: str = "Calculate: {a} {op} {b} = "
    operands: tuple[int, int] = (0, 20)
    """Smallest and largest operand."""
    operators: tuple[str, ...] = ("+", "-", "*")

    def problem(self) -> tuple[str, str] | None:
        """Return (field, what is wrong), or None."""
        if found := range_problem("operands", self.operands, -_LARGEST, _LARGEST):
            return found
        known = ", ".join(OPERATORS)
        for operator in self.operators:
            if operator not in OPERATORS:
                return "operators", f'no operator "{operator}"; known: {known}'
        if len(set(self.operators)) < len(self.operators):
            return "operators", "one stands there twice"
        needed = ("a", "b") if len(self.operators) == 1 else ("a", "op", "b")
        return form_problem(self.prompt, needed, ("a", "op", "b"))


def _problems(settings: ArithmeticSettings) -> Problems:
    low, high = settings.operands
    width = high - low + 1

    def at(index: int) -> Example:
        rest, b = divmod(index, width)
        operator, a = divmod(rest, width)
        sign = settings.operators[operator]
        prompt = fill(settings.prompt, {"a": low + a, "op": sign, "b": low + b})
        return Example(prompt, str(OPERATORS[sign](low + a, low + b)), TASK.name)

    return Problems(width * width * len(settings.operators), at)


TASK = Task("arithmetic", "Sums, differences and products of two numbers", ArithmeticSettings, _problems)
