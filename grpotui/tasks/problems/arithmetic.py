"""Sums, differences and products of two whole numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grpotui.tasks.model import Example, Problems, Task, TaskSettings

OPERATORS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}
_FIELD = re.compile(r"\{([^{}]*)\}")
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
        low, high = self.operands
        if low > high:
            return "operands", f"the smallest, {low}, is more than the largest, {high}"
        if max(-low, high) > _LARGEST:
            return "operands", f"expected numbers from -{_LARGEST} to {_LARGEST}"
        known = ", ".join(OPERATORS)
        for operator in self.operators:
            if operator not in OPERATORS:
                return "operators", f'no operator "{operator}"; known: {known}'
        if len(set(self.operators)) < len(self.operators):
            return "operators", "one stands there twice"
        return self._prompt_problem()

    def _prompt_problem(self) -> tuple[str, str] | None:
        fields = _FIELD.findall(self.prompt)
        for field in fields:
            if field not in ("a", "op", "b"):
                return "prompt", f"unknown {{{field}}}; known: {{a}}, {{op}}, {{b}}"
        needed = ("a", "b") if len(self.operators) == 1 else ("a", "op", "b")
        missing = [f"{{{field}}}" for field in needed if field not in fields]
        return ("prompt", f"{' and '.join(missing)} is not in it") if missing else None


def _problems(settings: ArithmeticSettings) -> Problems:
    low, high = settings.operands
    width = high - low + 1

    def at(index: int) -> Example:
        rest, b = divmod(index, width)
        operator, a = divmod(rest, width)
        sign = settings.operators[operator]
        values = {"a": str(low + a), "op": sign, "b": str(low + b)}
        prompt = _FIELD.sub(lambda match: values[match.group(1)], settings.prompt)
        return Example(prompt, str(OPERATORS[sign](low + a, low + b)), TASK.name)

    return Problems(width * width * len(settings.operators), at)


TASK = Task("arithmetic", "Sums, differences and products of two numbers", ArithmeticSettings, _problems)
