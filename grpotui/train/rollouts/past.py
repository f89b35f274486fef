"""What earlier attempts of a run have generated already. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grpotui.records import Group, Mode, as_float, as_int, keys
from grpotui.records.rollouts import PromptRate
from grpotui.stream import Tail
from grpotui.workspace import RunDir


@dataclass(frozen=True, slots=True)
class Past:
    """Batches that are done, with the figures of their prompts."""

    batches: int = 0
    prompts: tuple[PromptRate, ...] = ()
    seconds: float = 0.0
    """That generation took."""

    @classmethod
    def of(cls, run: RunDir) -> Past:
        """Read a run's streams. A batch counts once it has its line of metrics; else it is asked again."""
        last = _last_line(run)
        done = as_int(last.get("step"))
        found: dict[tuple[int, int], PromptRate] = {}
        for line in Tail(run.completions).read():
            group = Group.from_json(line.data)
            if group.mode == Mode.ROLLOUT and 0 < group.step <= done:
                found[group.step, group.group] = PromptRate.of(group)
        seconds = as_float(last.get(keys.ROLLOUTS_SECONDS)) or 0.0
        return cls(done, tuple(rate for _, rate in sorted(found.items(), key=lambda item: item[0])), seconds)


def batches_done(run: RunDir) -> int:
    """Return how many batches earlier attempts have finished."""
    return as_int(_last_line(run).get("step"))


def _last_line(run: RunDir) -> dict[str, Any]:
    lines = Tail(run.metrics).read()
    return lines[-1].data if lines else {}
