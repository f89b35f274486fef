"""``python -m grpotui.launch.runner.errand SECONDS COMMAND...``: runs a command to its end, at most so long.

Nobody waits for it. What goes wrong is written to stderr, which is the log of the runner that sent it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress

from grpotui.launch.runner.log import log
from grpotui.text import clean

_TOLD = 400
"""Characters of what the command said that are kept."""


def main(argv: Sequence[str]) -> int:
    """Run the command of the command line; 0 when it ended well."""
    seconds, command = float(argv[0]), list(argv[1:])
    trouble = run(command, seconds)
    if trouble:
        log(f"notify: {command[0]}: {trouble}")
    return 1 if trouble else 0


def run(command: Sequence[str], seconds: float) -> str:
    """Return what went wrong in one line; empty when the command ended with 0 in time."""
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return f"cannot be started: {getattr(error, 'strerror', None) or error}"
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return f"did not end in {seconds:g} s and was killed"
        if code == 0:
            return ""
        said.seek(max(0, said.seek(0, 2) - _TOLD))
        words = " ".join(said.read().decode(errors="replace").split())
        how = f"ended with code {code}" if code > 0 else f"killed by signal {-code}"
        return f"{how}: {clean(words)}" if words else how


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
