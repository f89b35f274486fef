"""What the expressions of a contract read of one run: the metrics that they name, step by step."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

from grpotui.contract.names import STUCK
from grpotui.records import as_float, as_int
from grpotui.records.keys import ZERO_STD, ZERO_STD_CEILING


class Column:
    """The values of one metric by ascending step; 16 bytes each."""

    def __init__(self) -> None:
        self.steps, self.values = array("q"), array("d")

    def put(self, step: int, value: float) -> None:
        """Add the value of a step; it replaces one that the step has already."""
        if self.steps and self.steps[-1] == step:
            self.values[-1] = value
        else:
            self.steps.append(step)
            self.values.append(value)

    def cut(self, step: int) -> None:
        """Forget the values from ``step`` on."""
        place = bisect_left(self.steps, step)
        del self.steps[place:], self.values[place:]

    def until(self, step: int) -> int:
        """Return how many values there are up to and with ``step``."""
        if not self.steps or self.steps[-1] <= step:
            return len(self.steps)
        return bisect_right(self.steps, step)


class Record:
    """Columns of the wanted metrics, and where the run stands. What is trained again replaces the old."""

    def __init__(self, wanted: Iterable[str]) -> None:
        self.columns = {key: Column() for key in {*wanted, "epoch"}}
        self.step = 0
        """Of the last line."""
        self.attempt: int | None = None
        """Of the last line; 0 where lines do not tell, None before the first."""
        self.verdict = ""

    def take(self, line: Mapping[str, Any]) -> bool:
        """Take in a line of metrics with its signals; True when it goes back to an earlier step."""
        step, attempt = as_int(line.get("step")), as_int(line.get("attempt"))
        back = step < self.step or (step == self.step and attempt != self.attempt)
        if back:
            for column in self.columns.values():
                column.cut(step)
        self.step, self.attempt = step, attempt
        for key, column in self.columns.items():
            value = _stuck(line) if key == STUCK else as_float(line.get(key))
            if value is not None:
                column.put(step, value)
        return back

    def last(self, key: str, step: int) -> float | None:
        """Return the newest value of a metric up to ``step``; None where there is none."""
        column = self.columns[key]
        count = column.until(step)
        return column.values[count - 1] if count else None


def _stuck(line: Mapping[str, Any]) -> float | None:
    flat, ceiling = as_float(line.get(ZERO_STD)), as_float(line.get(ZERO_STD_CEILING))
    return None if flat is None or ceiling is None else flat - ceiling
