"""Four long runs beside each other: how long a person waits, beside reading the same with sqlite3 and json.

python -m benchmarks.overlay [--steps 100000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.data import BORN, NAMES, make, values
from benchmarks.table import circumstances, heading, row, spread
from grpotui.analysis.compare.outcome import KEYS
from grpotui.presets.fields import GRPO_FIELDS
from grpotui.records.keys import REWARD
from grpotui.registry import connect, sync
from grpotui.tui.app import GrpoTui
from grpotui.tui.compare.data import CompareReader
from grpotui.tui.run.axis import KEYS as AXIS_KEYS
from grpotui.tui.screens.compare import CompareScreen
from grpotui.workspace import Workspace

RUNS = tuple(f"long-000{number}" for number in range(1, 5))
SIZE = (120, 35)
EVALUATED = 500
"""Steps between two evaluations."""
READ = tuple(dict.fromkeys((*KEYS, *AXIS_KEYS.values())))
"""Metrics that a comparison is made of, whole or at their ends."""
GRADED = ("grpotui/zero_std", "grpotui/zero_std_ceiling", "grpotui/zero_std_floor", "grpotui/zero_std_other")
TICK = 0.002
PRESSED = (("another metric", "z"), ("another axis", "x"), ("other smoothing", "S"), ("the cursor", "left"))


def write(workspace: Workspace, run_id: str, steps: int, beta: float) -> None:
    """Write an ended run with 15 metrics a step, a group a step, and evaluations."""
    rng = random.Random(run_id)
    defaults = {name: field.default for name, field in GRPO_FIELDS.items()}
    config = {"model": "tiny", "task": {"name": "stories"}, "grpo": {"beta": beta}}
    run = make(workspace, run_id, {"created_at": BORN, "seed": 1, "config": config})
    whole = {**config, "grpo": {**defaults, "beta": beta}}
    told = {"attempt": 1, "time": BORN, "config": whole, "max_steps": steps, "reward_range": [0, 1]}
    run.attempt_json(1).write_text(json.dumps({**told, "groups_per_step": 1, "num_generations": 4}))
    run.exit_json.write_text(json.dumps({"attempt": 1, "code": 0, "reason": "done", "time": BORN + steps}))
    with run.events.open("w") as file:
        for word in ("running", "finished"):
            file.write(json.dumps({"time": BORN, "type": "status", "status": word, "attempt": 1}) + "\n")
    files = (path.open("w") for path in (run.metrics, run.signals, run.completions))
    with next(files) as metrics, next(files) as signals, next(files) as texts:
        for step in range(1, steps + 1):
            logged = {"step": step, "time": BORN + step, "num_tokens": 400.0 * step, "step_time": 0.5}
            logged |= dict.fromkeys(GRADED, rng.random()) | values(step, len(NAMES), rng)
            metrics.write(json.dumps(logged | {"epoch": step / 1000}) + "\n")
            signals.write(json.dumps({"step": step, "jaccard_cross": rng.random()}) + "\n")
            made = [{"text": f"a dog {step}", "tokens": 3, "reward": rng.random()} for _ in range(4)]
            group = {"step": step, "group": 0, "mode": "train", "prompt": f"prompt {step % 2000}"}
            texts.write(json.dumps(group | {"completions": made}) + "\n")
            if step % EVALUATED == 0:
                share = rng.random() * 0.8
                ends = {"eval_accuracy_low": share - 0.1, "eval_accuracy_high": share + 0.1, "eval_n": 100}
                metrics.write(json.dumps({"step": step, "eval_accuracy": share} | ends) + "\n")


def points(workspace: Workspace) -> Iterator[tuple[int, str, int, float]]:
    """Yield (run, metric, step, value) out of the files, as a script would, of what a comparison reads."""
    for number, run_id in enumerate(RUNS):
        run = workspace.run(run_id)
        for path, before in ((run.metrics, ""), (run.signals, "grpotui/")):
            with path.open() as file:
                for line in map(json.loads, file):
                    for key, value in line.items():
                        if (name := before + key) in READ:
                            yield number, name, line["step"], value


def fill(path: Path, rows: Iterable[tuple[int, str, int, float]]) -> None:
    """Keep points in a plain table of rows, as trackers do."""
    with closing(sqlite3.connect(path)) as connection:
        columns = "run, key, step, value, PRIMARY KEY (run, key, step)"
        connection.execute(f"CREATE TABLE points ({columns}) WITHOUT ROWID")
        connection.executemany("INSERT OR REPLACE INTO points VALUES (?, ?, ?, ?)", rows)
        connection.commit()


def from_table(path: Path) -> None:
    """Read the same points out of the plain table."""
    query = "SELECT step, value FROM points WHERE run = ? AND key = ? ORDER BY step"
    with closing(sqlite3.connect(path)) as connection:
        for number in range(len(RUNS)):
            for key in READ:
                connection.execute(query, (number, key)).fetchall()


class Watch:
    """Takes the time of something, on the clock and of the processor, round by round."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.processor: list[float] = []

    @contextmanager
    def round(self) -> Iterator[None]:
        """Time what is done inside."""
        began = time.perf_counter(), time.process_time()
        yield
        self.wall.append(time.perf_counter() - began[0])
        self.processor.append(time.process_time() - began[1])

    def several(self, deed: Callable[[], object], rounds: int) -> Watch:
        """Time a deed several times."""
        for _ in range(rounds):
            with self.round():
                deed()
        return self


async def drawn(screen: CompareScreen, before: int) -> None:
    """Wait until the first chart was drawn anew with its curves, and no chart has to be."""
    first = screen.charts[0]
    while (
        first.drawings <= before
        or any(chart.stale or chart.spec is None for chart in screen.charts)
        or screen.place.waits
    ):
        await asyncio.sleep(TICK)
    assert first.spec is not None
    assert all(curve.series[0] for curve in first.spec.drawing.curves)


async def seen(workspace: Workspace, rounds: int) -> dict[str, Watch]:
    """Open the screen in the app as ``c`` does, press keys, and wait for each picture."""
    found: dict[str, Watch] = {name: Watch() for name in ("opening", *(name for name, _ in PRESSED))}
    app = GrpoTui(workspace)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(2.0)
        for _ in range(rounds):
            with found["opening"].round():
                screen = CompareScreen(RUNS)
                await app.push_screen(screen)
                await drawn(screen, 0)
            await pilot.pause(1.0)
            for name, key in PRESSED:
                before = screen.charts[0].drawings
                with found[name].round():
                    app.simulate_key(key)
                    if name == "the cursor":  # moves over the chart, which stays as it is
                        while screen.charts[0].cursor is None:
                            await asyncio.sleep(TICK)
                    else:
                        await drawn(screen, before)
                await pilot.pause(0.5)
            app.pop_screen()
            await pilot.pause(0.5)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRPOTUI_RUNTIME_DIR"] = folder
        workspace = Workspace(Path(folder) / "work")
        workspace.create()
        for number, run_id in enumerate(RUNS):
            write(workspace, run_id, asked.steps, 0.1 * number)
        with closing(connect(workspace)) as connection:
            sync(connection, workspace)
        table = Path(folder) / "plain.db"
        fill(table, points(workspace))
        circumstances()
        print(f"{len(RUNS)} runs of {asked.steps} steps; {len(READ)} metrics are compared\n")
        heading("what", "on the clock, s", "processor, s", "beside the table")
        base = Watch().several(lambda: from_table(table), asked.rounds)
        parsed = Watch().several(lambda: deque(points(workspace), 0), 1)
        fetched = Watch().several(lambda: CompareReader(workspace, RUNS).fetch((REWARD,)), asked.rounds)
        rows = {"reading a plain sqlite3 table of the points": base, "reading the files with json": parsed}
        rows |= {"grpotui: reading and comparing": fetched}
        for name, watch in (rows | asyncio.run(seen(workspace, asked.rounds))).items():
            ratio = statistics.median(watch.wall) / statistics.median(base.wall)
            row(name, spread(watch.wall), spread(watch.processor), f"{ratio:.2f}")


if __name__ == "__main__":
    main()
