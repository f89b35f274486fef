"""A plain word among a million completions, beside ``grep`` over the same file.

python -m benchmarks.search [--completions 1000000]
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from benchmarks.data import make
from benchmarks.table import circumstances
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.registry.search import Condition, Wanted, pattern_of
from grpotui.stream import LineWriter
from grpotui.workspace import Workspace

GROUP = 16
WORDS = ("dog", "cat", "tree", "house", "happy", "sad", "blue", "glad", "little", "garden", "river", "stone")
RUN = "many-0001"
LISTED = 2000
"""As many as the app lists."""


def write(workspace: Workspace, completions: int) -> Path:
    """Write a run with groups of 16 completions of about 200 characters; one in 10,000 has the needle."""
    rng = random.Random(0)
    run = make(workspace, RUN, {"created_at": 1.0})
    writer = LineWriter(run.completions)
    for number in range(completions // GROUP):
        made = []
        for place in range(GROUP):
            words = [rng.choice(WORDS) for _ in range(36)]
            if (number * GROUP + place) % 10_000 == 0:
                words[20] = "needle"
            made.append({"text": " ".join(words), "tokens": 36, "truncated": False, "reward": rng.random()})
        line = {"step": number // 4 + 1, "group": number % 4, "mode": "train", "prompt": f"p{number % 500}"}
        writer.append({**line, "completions": made})
    writer.close()
    return run.completions


def timed(deed: Callable[[], object]) -> float:
    """Return the median of three times on the clock, in seconds."""
    took = []
    for _ in range(3):
        began = time.perf_counter()
        deed()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--completions", type=int, default=1_000_000)
    count = parser.parse_args().completions
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRPOTUI_RUNTIME_DIR"] = folder
        workspace = Workspace(Path(folder) / "work")
        workspace.create()
        path = write(workspace, count)
        connection = connect(workspace)
        sync(connection, workspace)
        registry = Registry(connection, workspace)

        def search(wanted: Wanted) -> Callable[[], int]:
            return lambda: sum(1 for _ in islice(registry.search(RUN, wanted), LISTED))

        circumstances()
        print(f"{count} completions, {path.stat().st_size / 1e6:.0f} MB\n")
        base = timed(lambda: subprocess.run(["grep", "-ci", "needle", path], capture_output=True).returncode)
        print("| search | seconds | beside grep -ci | found |\n|---|---|---|---|")
        print(f"| grep -ci needle | {base:.2f} | 1.0 | |")
        for name, wanted in (
            ("needle", Wanted("needle")),
            ("Needle, with its capital", Wanted("Needle")),
            ("needle, reward < 0.1", Wanted("needle", reward=Condition.parse("<0.1"))),
            ("regex ne+dle", Wanted(pattern=pattern_of("ne+dle"))),
            ("regex n[e]{2}.le|pin, where no text must occur", Wanted(pattern=pattern_of("n[e]{2}.le|pin"))),
            (f"dog: in nearly all, the first {LISTED}", Wanted("dog")),
            ("tokens: in every line, in no completion", Wanted("tokens")),
        ):
            found = search(wanted)()
            seconds = timed(search(wanted))
            print(f"| {name} | {seconds:.2f} | {seconds / base:.1f} | {found} |")


if __name__ == "__main__":
    main()
