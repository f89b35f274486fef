"""Writes ``completions.jsonl`` and ``metrics.jsonl``. Free of torch; no trouble in here ends training."""

from __future__ import annotations

import contextlib
import math
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grpotui.records import Completion, Flat, Group, Mode, RewardRange, keys, prompt_text
from grpotui.stream import LineWriter
from grpotui.train.console import complain, say
from grpotui.workspace import RunDir

SUMMARY_KEY = "train_runtime"
"""Stands only in the line that transformers logs after the last step."""


@dataclass(frozen=True, slots=True)
class Row:
    """One completion on its way from the rank that made it to the one that writes."""

    prompt: Any
    """Text, or the messages of a conversation."""
    task: str
    answer: str | None
    completion: Completion


class Flatness:
    """Counts groups by whether their rewards differ, since the last logged step."""

    def __init__(self, span: RewardRange | None) -> None:
        self._span = span
        self._flat: Counter[Flat | None] = Counter()
        self._spread = 0.0

    def add(self, group: Group) -> None:
        """Count one group; one without any reward measures nothing."""
        if group.rewards:
            self._flat[group.flat(self._span)] += 1
            self._spread += _deviation(group.rewards)

    def take(self) -> dict[str, float]:
        """Return the shares (0 to 1) and the mean standard deviation within a group, and begin anew.

        Empty when no group came since the last call.
        """
        groups = self._flat.total()
        if not groups:
            return {}
        shares = {f"{keys.ZERO_STD}_{kind}": self._flat[kind] / groups for kind in Flat}
        taken = {
            keys.ZERO_STD: (groups - self._flat[None]) / groups,
            **shares,
            keys.WITHIN_GROUP_STD: self._spread / groups,
        }
        self._flat.clear()
        self._spread = 0.0
        return taken


class TaskMeans:
    """Means over the completions of one task of a mixed run, since the last logged step."""

    def __init__(self) -> None:
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._counts: Counter[str] = Counter()

    def add(self, group: Group) -> None:
        """Count the completions of one group."""
        for completion in group.completions:
            values: dict[str, float | None] = {
                "reward": completion.reward,
                "completions/mean_length": completion.tokens,
                "completions/clipped_ratio": completion.truncated,
                **{f"rewards/{name}/mean": value for name, value in completion.rewards.items()},
            }
            for key, value in values.items():
                if value is not None:
                    self._sums[key] += value
                    self._counts[key] += 1

    def take(self) -> dict[str, float]:
        """Return the means under TRL's keys, and begin anew."""
        taken = {key: self._sums[key] / count for key, count in self._counts.items()}
        self._sums.clear()
        self._counts.clear()
        return taken


def _deviation(values: Sequence[float]) -> float:
    """Return the sample standard deviation, as TRL does; ``statistics`` takes ten times as long."""
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / max(len(values) - 1, 1))


class Recorder:
    """The two streams of one attempt, and the trainer's line per logged step on stdout.

    ``errors`` counts what went wrong in here and ``lost`` the lines that the disk refused; the first of each
    is told on stderr. With several ``tasks`` each metric over groups is there for each of them, too, as
    ``reward/arithmetic``.
    """

    def __init__(
        self, run: RunDir, span: RewardRange | None, attempt: int = 1, tasks: Collection[str] = ()
    ) -> None:
        self._attempt = attempt
        self._completions = LineWriter(run.completions)
        self._metrics = LineWriter(run.metrics)
        self._heartbeat = run.heartbeat
        self._flatness = Flatness(span)
        several = sorted(tasks) if len(tasks) > 1 else []
        self._by_task = {task: (Flatness(span), TaskMeans()) for task in several}
        self._next: tuple[str, int, int] = ("", 0, 0)
        self.errors = 0

    @property
    def lost(self) -> int:
        """Lines that could not be written."""
        return self._completions.dropped + self._metrics.dropped

    @contextlib.contextmanager
    def guard(self, what: str) -> Iterator[None]:
        """Let the block fail without consequences for training; say so once."""
        lost = self.lost
        try:
            yield
        except Exception as error:
            self.errors += 1
            if self.errors == 1:
                complain(f"recording {what} failed, training goes on: {error!r}")
        if self.lost and not lost:
            complain(f"the disk refused a line of {what}, training goes on")

    def groups(self, mode: str, step: int, rows: Sequence[Row], size: int) -> None:
        """Append the groups of one generation batch; ``rows`` holds groups of ``size`` one after another.

        Raises ValueError when the rows are no whole groups.
        """
        if len(rows) % size:
            raise ValueError(f"{len(rows)} completions are no whole groups of {size}")
        for start in range(0, len(rows), size):
            self._group(mode, step, rows[start : start + size])

    def _group(self, mode: str, step: int, rows: Sequence[Row]) -> None:
        last_mode, last_step, number = self._next
        number = number if (last_mode, last_step) == (mode, step) else 0
        self._next = (mode, step, number + 1)
        first = rows[0]
        group = Group(
            step=step,
            group=number,
            mode=mode,
            prompt=prompt_text(first.prompt),
            completions=tuple(row.completion for row in rows),
            task=first.task,
            answer=first.answer,
        )
        self._completions.append({**group.to_json(), "prompt": first.prompt, "attempt": self._attempt})
        if mode in (Mode.TRAIN, Mode.ROLLOUT):
            self._flatness.add(group)
            for count in self._by_task.get(group.task, ()):
                count.add(group)

    def alive(self) -> None:
        """Show that something is done that no stream tells of, so that it is not taken for a stall."""
        with contextlib.suppress(OSError):
            self._heartbeat.touch()

    def flatness(self) -> dict[str, float]:
        """Return our own metrics over the groups of training, or of rollouts, since the last logged step."""
        taken = self._flatness.take()
        for task, counts in self._by_task.items():
            for count in counts:
                taken |= {f"{key}/{task}": value for key, value in count.take().items()}
        return taken

    def metrics(self, step: int, max_steps: int, logs: Mapping[str, Any]) -> None:
        """Append one logged line and print it.

        The summary that transformers logs at the end repeats the last step; it is written but not printed.
        """
        values = {key: _scalar(value) for key, value in logs.items()}
        self._metrics.append({"step": step, "time": time.time(), "attempt": self._attempt, **values})
        if SUMMARY_KEY not in values:
            say(progress_line(step, max_steps, values))

    def close(self) -> None:
        """Close both files."""
        self._completions.close()
        self._metrics.close()


_SHOWN = (
    ("reward", "reward"),
    (keys.ZERO_STD, "zero-std"),
    ("loss", "loss"),
    ("kl", "kl"),
    ("entropy", "entropy"),
    ("eval_accuracy", "held-out accuracy"),
    ("eval_train_accuracy", "train accuracy"),
)


def progress_line(step: int, max_steps: int, values: Mapping[str, Any]) -> str:
    """Return what ``grpotui logs`` shows of a logged step."""
    shown = [f"{name} {values[key]:.3g}" for key, name in _SHOWN if isinstance(values.get(key), (int, float))]
    return " ".join([f"step {step}/{max_steps}", *shown])


def _scalar(value: Any) -> Any:
    """Return numbers of torch and numpy as Python's."""
    return value.item() if hasattr(value, "item") else value
