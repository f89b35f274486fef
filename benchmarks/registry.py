"""What the index costs: points taken in, thousands of runs opened and filtered, all of it made anew.

    python -m benchmarks.registry                             # the figures of docs/performance.md
    python -m benchmarks.registry --runs 500 --steps 2000     # the short form in `make bench`

Processor seconds of this process, since other work on the machine hardly moves those. Each figure has a
baseline that was measured in the same run.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import sqlite3
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import data, table
from grpotui.registry import connect, rebuild, sync
from grpotui.tui.runs.data import RunsReader
from grpotui.tui.runs.view import RunsWanted
from grpotui.workspace import Workspace

FILTERS = (
    ("a word", "run-004"),
    ("a status and a number", "status:failed reward>=1"),
    ("a field that was asked for", "grpo.beta=0.1"),
    ("a field that only TRL filled in", "grpo.temperature=1.0"),
    ("another such field", "grpo.lr_scheduler_type=linear"),
)


@contextlib.contextmanager
def workspace() -> Iterator[Workspace]:
    """Make a workspace of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench.") as folder:
        os.environ["GRPOTUI_RUNTIME_DIR"] = folder
        made = Workspace(Path(folder) / "work")
        made.create()
        yield made


def index(made: Workspace) -> None:
    """Take in whatever is new."""
    with contextlib.closing(connect(made)) as connection:
        sync(connection, made)


def plain_insert(made: Workspace, path: Path) -> None:
    """The baseline: the same file read with json, the same rows inserted with one executemany."""
    connection = sqlite3.connect(made.root / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(
        "CREATE TABLE metrics (run INTEGER, key INTEGER, step INTEGER, value REAL, "
        "PRIMARY KEY (run, key, step)) WITHOUT ROWID"
    )
    keys: dict[str, int] = {}
    with path.open("rb") as file:
        found = (json.loads(line) for line in file)
        rows = (
            (1, keys.setdefault(name, len(keys)), line["step"], value)
            for line in found
            for name, value in line.items()
            if name != "step"
        )
        connection.execute("BEGIN")
        connection.executemany("INSERT OR REPLACE INTO metrics VALUES (?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
    connection.close()


def compare(what: str, ours: list[float], baseline: list[float], amount: str = "") -> None:
    """Print medians and the median of the ratios of pairs."""
    ratios = [a / b for a, b in zip(ours, baseline, strict=True)]
    cells = (table.spread(ours), table.spread(baseline), table.spread(ratios))
    table.row(what, *cells, amount)


def points(steps: int, metrics: int, rounds: int) -> None:
    """Measure taking in one long run, and making the index anew, in pairs with the baseline."""
    ours, plain, again = [], [], []
    count = steps * metrics
    for _ in range(rounds):
        with workspace() as made:
            run = data.long_run(made, steps, metrics)
            plain.append(table.processor_time(lambda: plain_insert(made, run.metrics)))  # noqa: B023
            ours.append(table.processor_time(lambda: index(made)))
            again.append(table.processor_time(lambda: rebuild(made)))
    speed = f"{count / statistics.median(ours) / 1e3:.0f} k points/s"
    compare(f"ingest of {count:,} points", ours, plain, speed)
    speed = f"{count / statistics.median(again) / 1e3:.0f} k points/s"
    compare(f"rebuild of {count:,} points", again, plain, speed)


def read_all(made: Workspace) -> None:
    """The baseline: every file of every run read and parsed, nothing kept."""
    for path in made.logs.glob("*/*.json*"):
        for line in path.read_bytes().splitlines():
            json.loads(line)


def grep(made: Workspace, name: str) -> int:
    """The baseline of filters: a field of every attempt's config, out of the files."""
    found = [json.loads(path.read_bytes()) for path in made.logs.glob("*/attempt-1.json")]
    return sum(attempt["config"]["grpo"][name] == 1.0 for attempt in found)


def timed(deed: Callable[[], object], rounds: int) -> list[float]:
    """Return the processor time of each of several rounds, in ms."""
    gc.collect()
    return [1000 * table.processor_time(deed) for _ in range(rounds)]


def many(count: int, rounds: int) -> None:
    """Measure a registry with thousands of runs."""
    with workspace() as made:
        data.many_runs(made, count)
        plain = table.processor_time(lambda: read_all(made))
        first = table.processor_time(lambda: index(made))
        compare(f"{count:,} runs: first indexing", [first], [plain], f"{first / count * 1e3:.2f} ms a run")
        unchanged = [table.processor_time(lambda: index(made)) for _ in range(rounds)]
        compare(f"{count:,} runs: a look when nothing changed", unchanged, [plain] * rounds)
        print()
        table.heading("of these runs", "ms", "ratio to reading the attempts' files", "fit")
        plain_ms = statistics.median(timed(lambda: grep(made, "temperature"), rounds))
        opened = timed(lambda: RunsReader(made).fetch(), rounds)
        table.row("open the Runs screen", table.spread(opened, 0), ratio(opened, plain_ms), count)
        reader = RunsReader(made)
        reader.fetch()
        for what, text in FILTERS:
            fits = len(reader.fetch(RunsWanted(filter=text)).ids)
            took = []
            for _ in range(rounds):
                reader.fetch(RunsWanted(filter=""))
                took += timed(lambda: reader.fetch(RunsWanted(filter=text)), 1)  # noqa: B023
            table.row(f"filter by {what}: `{text}`", table.spread(took, 0), ratio(took, plain_ms), fits)


def ratio(values: list[float], baseline: float) -> str:
    """Return the median as a part of the baseline."""
    return f"{statistics.median(values) / baseline:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=33_334)
    parser.add_argument("--metrics", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    table.circumstances()
    table.heading("what", "processor s (range)", "baseline s", "ratio", "")
    points(arguments.steps, arguments.metrics, arguments.rounds)
    many(arguments.runs, arguments.rounds)


if __name__ == "__main__":
    main()
