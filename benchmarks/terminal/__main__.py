"""grpotui in a terminal beside W&B's LEET (``wandb leet``) on the same numbers, both seen from the outside.

    python -m benchmarks.terminal                                      # docs/performance.md: 10 minutes
    python -m benchmarks.terminal --steps 5000 --starts 1 --seconds 5  # the short form in `make bench`

Needs tmux. LEET comes with the package wandb, which is installed into .venv-bench; where it cannot be had,
grpotui is measured alone. Each ratio is to LEET in the same run. The long run has 30 metrics; the live ones
2,000 steps to begin with, then ten a second. grpotui's live run has its real runner, which is not counted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import peers, table
from benchmarks.terminal import live, probe, programs
from benchmarks.terminal.pane import Pane, processor_seconds
from benchmarks.terminal.programs import Program

METRICS = 30
COMPLETE = "start to all of it on the screen: processor s"
IDLE, SILENT, TAILING = "idle, ended run", "silent, live run", "tailing 10 steps/s"


@dataclass
class Found:
    """Figures of one program by name, several values where it was measured several times."""

    figures: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, *values: float) -> None:
        self.figures.setdefault(name, []).extend(values)


def pane(program: Program, folder: Path) -> Pane:
    """Return a pane that will run a program on some data."""
    runtime = os.environ["GRPOTUI_RUNTIME_DIR"]
    environment = {"GRPOTUI_RUNTIME_DIR": runtime, "PYTHONPATH": str(table.ROOT), "OMP_NUM_THREADS": "1"}
    return Pane(program.argv(folder), environment, folder)


def complete(program: Program, folder: Path, steps: int, found: Found) -> None:
    """Start on a long run, up to all of it on the screen."""
    with pane(program, folder) as shown:
        program.open(shown)
        found.add("start to first chart: s", probe.until(shown, probe.has_chart))
        probe.until(shown, program.shows(steps))
        probe.settle(shown)
        found.add(COMPLETE, shown.processor())


def ended(program: Program, folder: Path, arguments: argparse.Namespace, found: Found) -> None:
    """Leave an ended run alone."""
    with pane(program, folder) as shown:
        program.open(shown)
        probe.until(shown, program.shows(arguments.steps))
        probe.settle(shown)
        load = probe.watch(shown, arguments.seconds)
        found.add(f"{IDLE}: processor %", load.percent)
        found.add(f"{IDLE}: bytes/s", load.bytes_per_second)
        found.add("memory, long run: MiB", shown.memory())


def going_on(program: Program, folder: Path, arguments: argparse.Namespace, found: Found) -> None:
    """Look at a live run that is silent first, then goes on."""
    with program.live_run(folder) as run, pane(program, run.data) as shown:
        program.open(shown)
        probe.until(shown, program.shows(live.PRELOADED - live.PRELOADED // 10))
        probe.settle(shown)
        silent = probe.watch(shown, arguments.seconds)
        (run.folder / "go").touch()
        probe.until(shown, program.shows(live.PRELOADED + 20))
        others = processor_seconds(run.others)
        tailing = probe.watch(shown, arguments.seconds)
        for name, load in ((SILENT, silent), (TAILING, tailing)):
            found.add(f"{name}: processor %", load.percent)
            found.add(f"{name}: bytes/s", load.bytes_per_second)
        if run.others:
            share = (processor_seconds(run.others) - others) / arguments.seconds
            found.add(f"{TAILING}: its runner beside it, processor %", 100 * share)
        written = run.folder / "written"
        found.add("written to seen: s", *probe.latencies(shown, program.step, written, arguments.seconds))
        if program.focus:
            shown.send(program.focus)
        for _ in range(arguments.presses):
            for key, shows in program.keys:
                found.add("key to screen while tailing: ms", probe.press(shown, key, shows))
        found.add("memory, live run: MiB", shown.memory())


def measure(program: Program, folder: Path, arguments: argparse.Namespace) -> Found:
    """Do everything to one program."""
    found = Found()
    print(f"measuring {program.name} ...", file=sys.stderr)
    place = program.long_run(folder, arguments.steps, METRICS)
    first = Found()
    if program.name == "grpotui":
        complete(program, place, arguments.steps, first)
    for _ in range(arguments.starts):
        complete(program, place, arguments.steps, found)
    small, alone = program.long_run(folder / "small", 2, METRICS), Found()
    for _ in range(arguments.starts):
        complete(program, small, 2, alone)
    found.add("the same of a run of 2 steps: the program itself", *alone.figures[COMPLETE])
    if first.figures:
        found.add("the same of the long run when nothing has indexed it yet", *first.figures[COMPLETE])
    ended(program, place, arguments, found)
    going_on(program, folder, arguments, found)
    return found


def report(ours: Found, theirs: Found | None) -> None:
    """Print medians, their ranges, and ratios of the medians."""
    table.heading("", "grpotui", "wandb leet", "ratio")
    for name, values in ours.figures.items():
        digits = 0 if name.endswith(("ms", "MiB", "bytes/s")) else 2
        baseline = theirs.figures.get(name) if theirs else None
        cell = table.spread(baseline, digits) if baseline else "-"
        table.row(name, table.spread(values, digits), cell, ratio(values, baseline))


def ratio(values: Sequence[float], baseline: Sequence[float] | None) -> str:
    """Return the ratio of medians, where there is one."""
    middle = statistics.median(baseline) if baseline else 0
    return f"{statistics.median(values) / middle:.2f}" if middle else "-"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=30, help="of each stretch that is watched")
    parser.add_argument("--presses", type=int, default=10)
    parser.add_argument("--alone", action="store_true", help="without LEET")
    arguments = parser.parse_args()
    if not shutil.which("tmux"):
        sys.exit("the terminal is measured through tmux: install it")
    table.circumstances()
    with tempfile.TemporaryDirectory(prefix="bench.") as name:
        os.environ["GRPOTUI_RUNTIME_DIR"] = name
        theirs = None
        version = "" if arguments.alone else peers.install("wandb")
        if version:
            print(f"wandb {version}\n")
            theirs = measure(programs.leet(), Path(name), arguments)
        elif not arguments.alone:
            print(f"{peers.missing('wandb')}\n")
        report(measure(programs.grpotui(), Path(name), arguments), theirs)


if __name__ == "__main__":
    main()
