"""The trainer's stdout and stderr, which are ``output.log``. A console that is gone never ends training."""

from __future__ import annotations

import contextlib
import sys


def say(text: str) -> None:
    """Print a line that people follow the run by."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)  # noqa: T201


def complain(text: str) -> None:
    """Print a line about trouble on stderr."""
    with contextlib.suppress(OSError, ValueError):
        print(f"grpotui: {text}", file=sys.stderr, flush=True)  # noqa: T201
