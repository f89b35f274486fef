"""The runner's own log, ``runner.log``: the stderr of the runner and of what it sends."""

from __future__ import annotations

import os
import time
from contextlib import suppress


def log(message: str) -> None:
    """Write a dated line; on a full disk it stays unsaid."""
    with suppress(OSError):
        os.write(2, f"{time.strftime('%Y-%m-%d %H:%M:%S')} {message}\n".encode(errors="replace"))
