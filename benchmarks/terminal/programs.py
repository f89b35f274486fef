"""grpotui and W&B's LEET as programs to measure: how runs are made for them, how they are opened and read."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import data, peers, table
from benchmarks.terminal import live
from benchmarks.terminal.pane import Pane
from benchmarks.terminal.probe import until
from grpotui.launch.machine.locks import is_held
from grpotui.launch.request import LaunchRequest
from grpotui.launch.submit import launch
from grpotui.presets import load
from grpotui.registry import connect, sync
from grpotui.workspace import RunDir, Workspace

PRESET = """
summary = "a stand-in"
model = "tiny"
[task]
name = "arithmetic"
[[rewards]]
name = "exact"
[grpo]
max_steps = 1000000
"""


def _wait(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.time() + seconds
    while not condition():
        if time.time() > end:
            raise TimeoutError("the stand-in trainer did not get there")
        time.sleep(0.05)


@dataclass(frozen=True)
class Live:
    """A run that goes on: ``folder`` has the files that pace it; ``others`` are its processes."""

    data: Path
    folder: Path
    others: tuple[int, ...] = ()


@dataclass(frozen=True)
class Program:
    """What the protocol needs to know of one of the two."""

    name: str
    argv: Callable[[Path], list[str]]
    step: str
    """Pattern of the newest step on the screen."""
    keys: tuple[tuple[str, str], ...]
    """Keys and the patterns that they bring about; the last one brings the first screen back."""
    long_run: Callable[[Path, int, int], Path]
    live_run: Callable[[Path], contextlib.AbstractContextManager[Live]]
    open: Callable[[Pane], None] = field(default=lambda pane: None)
    """Gets from the first screen to the charts."""
    focus: str = ""
    """A key that is pressed once before ``keys``."""

    def shows(self, step: int) -> Callable[[str], bool]:
        """Return a test of whether a screen shows a step."""
        return lambda screen: any(int(found) >= step for found in re.findall(self.step, screen))


# grpotui


def _workspace(folder: Path) -> Workspace:
    made = Workspace(folder)
    made.create()
    return made


def _our_long_run(folder: Path, steps: int, metrics: int) -> Path:
    made = _workspace(folder / "ours")
    data.long_run(made, steps, metrics)
    return made.root


def index(folder: Path) -> None:
    """Index a workspace, as runners do while their run goes on."""
    with contextlib.closing(connect(Workspace(folder))) as connection:
        sync(connection, Workspace(folder))


@contextlib.contextmanager
def _our_live_run(folder: Path) -> Iterator[Live]:
    made = _workspace(folder / "ours-live")
    (made.presets / "stand-in.toml").write_text(PRESET)
    os.environ["GRPOTUI_TRAINER_MODULE"] = "benchmarks.terminal.trainer"
    os.environ["PYTHONPATH"] = str(table.ROOT)
    run: RunDir = made.run(launch(made, LaunchRequest(load("stand-in", made), device="cpu")))
    try:
        _wait((run.path / "ready").exists)
        runner = int(re.findall(r'"pid": (\d+)', run.process_json.read_text())[0])
        yield Live(made.root, run.path, (runner,))
    finally:
        (run.path / "end").touch()
        _wait(lambda: not is_held(run.runner_lock))


def _open_first_run(pane: Pane) -> None:
    until(pane, lambda screen: re.search(r"✓ finished|● running", screen))
    while "grpotui > runs > " not in pane.screen():  # the first key may come before there is a cursor
        pane.send("Enter")
        time.sleep(0.1)


def grpotui() -> Program:
    """Return the app, opened by Enter on the newest run."""
    return Program(
        "grpotui",
        lambda folder: [sys.executable, "-m", "grpotui", "--workspace", str(folder)],
        r"\bstep (\d+)",
        (("z", r"(?m)^ kl +\S+ +● mean"), ("Z", r"(?m)^ reward +\S+ +● mean")),
        _our_long_run,
        _our_live_run,
        _open_first_run,
    )


# LEET

_WRITER = Path(__file__).with_name("wandb_writer.py")


def _writer(folder: Path, steps: int, metrics: int) -> list[str]:
    return [str(peers.PYTHON), str(_WRITER), str(folder), str(steps), *data.names(metrics)]


def _leet_long_run(folder: Path, steps: int, metrics: int) -> Path:
    subprocess.run(_writer(folder / "leet", steps, metrics), check=True, capture_output=True)
    return folder / "leet" / "wandb"


@contextlib.contextmanager
def _leet_live_run(folder: Path) -> Iterator[Live]:
    place = folder / "leet-live"
    process = subprocess.Popen(_writer(place, 0, live.METRICS), stdout=subprocess.DEVNULL)
    try:
        _wait((place / "ready").exists)
        yield Live(place / "wandb", place)
    finally:
        (place / "end").touch()
        process.wait(30)


def leet() -> Program:
    """Return LEET on the newest run of a folder."""
    return Program(
        "wandb leet",
        lambda folder: [str(peers.FOLDER / "bin" / "wandb"), "leet", str(folder)],
        r"_step\s+(\d+)",
        (("n", r"\[10-18 of"), ("N", r"\[1-9 of")),
        _leet_long_run,
        _leet_live_run,
        focus="Tab",
    )
