"""Why an attempt failed, in one line with advice. Free of torch: its errors go by name and text."""

from __future__ import annotations

import errno
import math
from collections.abc import Iterator

from grpotui.errors import UserError

LIMIT = 500
"""Characters of a reason."""

_MEMORY_TEXTS = ("can't allocate memory", "out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "std::bad_alloc")
_MEMORY_ADVICE = (
    "lower grpo.per_device_train_batch_size (and raise grpo.gradient_accumulation_steps) or "
    "grpo.max_completion_length"
)
_DIVERGED_ADVICE = "lower grpo.learning_rate or grpo.max_grad_norm, and look at the steps before"
_NAN_SAMPLING = "probability tensor contains either"


class RewardError(Exception):
    """A reward function raised, or gave something that is no reward. ``place`` tells where in its file."""

    def __init__(self, name: str, error: BaseException, place: str = "") -> None:
        where = f" in {place}" if place else ""
        super().__init__(f"reward '{name}' raised {type(error).__name__}{where}: {error}")


class LossError(Exception):
    """The loss of a step is no finite number."""

    def __init__(self, step: int, loss: object) -> None:
        word = "infinite" if isinstance(loss, float) and math.isinf(loss) else "NaN"
        super().__init__(f"loss became {word} at step {step}: {_DIVERGED_ADVICE}")


def one_line(text: str) -> str:
    """Return ``text`` with its white space collapsed, cut to LIMIT characters."""
    line = " ".join(text.split())
    return line if len(line) <= LIMIT else line[: LIMIT - 1] + "…"


def describe(error: BaseException, step: int | None) -> str:
    """Return the one-line cause. ``step`` is the optimizer step that was being made; None while loading."""
    where = "while loading" if step is None else f"at step {step}"
    if isinstance(error, KeyboardInterrupt):
        return f"interrupted {where}"
    if isinstance(error, SystemExit):
        return one_line(f"something called exit({error.code!r}) {where}")
    if out_of_memory(error):
        return one_line(f"out of memory {where}: {_MEMORY_ADVICE}; it was {_named(error)}")
    if any(isinstance(e, OSError) and e.errno == errno.ENOSPC for e in _chain(error)):
        return f"no space left on the disk {where}: free some, or set grpo.save_total_limit; then resume"
    if isinstance(error, (UserError, RewardError, LossError)):
        return one_line(str(error))
    if _NAN_SAMPLING in str(error):
        return f"the model's probabilities became NaN {where}: {_DIVERGED_ADVICE}"
    return one_line(f"{where}: {_named(error)}")


def out_of_memory(error: BaseException) -> bool:
    """True when memory ran out: torch's own errors, its allocator's on a CPU, or Python's."""
    return any(map(_is_memory, _chain(error)))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and those that it was raised from or while handling."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _is_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(text in str(error) for text in _MEMORY_TEXTS)


def _named(error: BaseException) -> str:
    """Return the error's type with the first line of its message."""
    message = next((line for line in str(error).splitlines() if line.strip()), "")
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
