"""An attempt that follows by itself after memory ran out: a word as a record, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grpotui.records.numbers import as_int

RETRY = "retry"
"""Type of its event."""
_GRPO = "grpo."


@dataclass(frozen=True, slots=True)
class Retry:
    """What was changed after ``attempt`` ran out of memory."""

    attempt: int
    step: int
    """That the next one goes on from."""
    changes: Mapping[str, tuple[int, int]]
    """Dotted field -> (value before, value after)."""
    reason: str = ""

    @property
    def grpo(self) -> dict[str, int]:
        """The fields of ``[grpo]`` with their new values."""
        return {k.removeprefix(_GRPO): new for k, (_, new) in self.changes.items() if k.startswith(_GRPO)}

    @property
    def words(self) -> str:
        """``per_device_train_batch_size 64 -> 32, gradient_accumulation_steps 1 -> 2``."""
        return ", ".join(
            f"{name.removeprefix(_GRPO)} {old} -> {new}" for name, (old, new) in self.changes.items()
        )

    @property
    def told(self) -> str:
        """What happened and what follows from it, in one line; a probe goes on in the same attempt."""
        follows = f"the next one goes on from step {self.step} with " if self.grpo else ""
        return f"attempt {self.attempt} ran out of memory: {follows}{self.words}"

    def to_json(self) -> dict[str, Any]:
        """Return the event, less its time."""
        changed = {name: list(values) for name, values in self.changes.items()}
        return {
            "type": RETRY,
            "attempt": self.attempt,
            "step": self.step,
            "changed": changed,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, event: Mapping[str, Any]) -> Retry | None:
        """Read an event; None for one of another type, or that changes nothing."""
        changed = event.get("changed")
        if event.get("type") != RETRY or not isinstance(changed, Mapping):
            return None
        pairs = {
            str(name)[:200]: (as_int(values[0]), as_int(values[1]))
            for name, values in list(changed.items())[:20]
            if isinstance(values, list) and len(values) == 2
        }
        kept = {name: pair for name, pair in pairs.items() if pair[1] > 0}
        reason = str(event.get("reason") or "")[:1000]
        return cls(as_int(event.get("attempt")), as_int(event.get("step")), kept, reason) if kept else None
