"""Kills writers and ingestors of one run at random and says what the writers were told is written.

``python campaign.py WORKSPACE RUN KILLS``. A process of its own, so that each victim is a quick fork of it.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from grpotui.registry import connect, index_run, ingest
from grpotui.stream import LineWriter, read_json, write_json
from grpotui.workspace import RunDir, Workspace

LONGEST = 0.012  # seconds that a victim lives
LAST = 2.0


def victim(deed: Callable[[], None], seconds: float) -> None:
    """Do something in a process of its own and kill that after so many seconds."""
    pid = os.fork()
    if pid == 0:
        try:
            deed()
        finally:
            os._exit(1)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def write(run: RunDir, first: int, told: int) -> None:
    """Append numbered lines of all streams, and say of each number that it is written once it is."""
    metrics, completions, signals = map(LineWriter, (run.metrics, run.completions, run.signals))
    for number in count(first):
        texts = [{"text": "x" * (number * 37 % 3000), "reward": 0.5}]
        completions.append({"step": number, "group": 0, "mode": "train", "completions": texts})
        metrics.append({"step": number, "reward": float(number), "pad": "y" * (number % 900)})
        signals.append({"step": number, "groups": 1, "jaccard_cross": 0.25})
        os.write(told, f"{number}\n".encode())


def read(workspace: Workspace, run: RunDir) -> None:
    """Index again and again, by small batches so that a kill often hits a transaction."""
    ingest.BATCH_BYTES = 8192
    connection = connect(workspace)
    while True:
        index_run(connection, run)


def rename(run: RunDir, first: int) -> None:
    """Replace a small file again and again."""
    for number in count(first):
        write_json(run.request_json, {"number": number, "pad": ["z" * 50] * 200, "end": number})


def main(workspace: Workspace, run: RunDir, kills: int) -> None:
    told = os.open(run.path / "told", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for place in range(kills):
        first = 1 + 1_000_000 * (place + 1)
        lives = random.uniform(0.0005, LONGEST)
        victim(lambda first=first: write(run, first, told), lives)  # type: ignore[misc]
        victim(lambda: read(workspace, run), random.uniform(0.0005, 2 * LONGEST))
        # The last one lives long enough for a slow disk: each rename waits for an fsync.
        renames = LAST if place == kills - 1 else random.uniform(0.0005, 2 * LONGEST)
        victim(lambda first=first: rename(run, first), renames)  # type: ignore[misc]
        found = read_json(run.request_json) or {
            "number": 0,
            "end": 0 if not run.request_json.exists() else -1,
        }
        if found["number"] != found["end"]:
            sys.exit(f"torn by kill {place}: {run.request_json.read_bytes()[:200]!r}")


if __name__ == "__main__":
    place = Workspace(Path(sys.argv[1]))
    main(place, place.run(sys.argv[2]), int(sys.argv[3]))
