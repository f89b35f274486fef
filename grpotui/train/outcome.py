"""How far an attempt came and how it ended: ``result.json``."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from grpotui.records import Status
from grpotui.secrecy import redact
from grpotui.train.failure import describe, out_of_memory

MESSAGE_LIMIT = 4000
"""Characters of an error's message that are kept."""


@dataclass(slots=True)
class Progress:
    """The last optimizer step that was made, and whether steps are being made."""

    step: int = 0
    training: bool = False

    @property
    def current(self) -> int | None:
        """The step that is being made; None while loading."""
        return self.step + 1 if self.training else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of an attempt. ``details`` are further keys of ``result.json``."""

    status: Status
    step: int
    reason: str
    error: dict[str, str] | None = None
    details: dict[str, Any] | None = None

    @classmethod
    def failed(cls, error: BaseException, progress: Progress) -> Outcome:
        """Return the outcome of an attempt that an error ended."""
        reason = redact(describe(error, progress.current))
        message = redact(str(error))[:MESSAGE_LIMIT]
        told = {"type": type(error).__name__, "message": message}
        return cls(Status.FAILED, progress.step, reason, told, {"out_of_memory": out_of_memory(error)})

    @property
    def exit_code(self) -> int:
        """0 unless the attempt failed."""
        return 1 if self.status is Status.FAILED else 0

    def to_json(self, attempt: int) -> dict[str, Any]:
        """Return the object that stands in ``result.json``."""
        return {
            "attempt": attempt,
            "status": str(self.status),
            "step": self.step,
            "reason": self.reason,
            "error": self.error,
            "time": time.time(),
            **(self.details or {}),
        }
