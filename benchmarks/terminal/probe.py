"""What is measured of a program in a pane."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.terminal.pane import Pane

QUIET = 1.0
"""Seconds without a change after which a screen is complete."""
POLL = 0.015


def until(pane: Pane, test: Callable[[str], object], seconds: float = 120) -> float:
    """Wait for a screen; return seconds since the start. Raises TimeoutError with what is shown instead."""
    deadline = time.time() + seconds
    while time.time() < deadline:
        if test(pane.screen()):
            return time.time() - pane.started
        time.sleep(POLL)
    raise TimeoutError(f"not shown after {seconds} s:\n{pane.screen()}")


def settle(pane: Pane) -> None:
    """Wait until nothing changes any more."""
    last, changed = pane.screen(), time.time()
    while time.time() - changed < QUIET:
        time.sleep(0.1)
        now = pane.screen()
        if now != last:
            last, changed = now, time.time()


def has_chart(screen: str) -> bool:
    """True when curves are on the screen."""
    return len(re.findall("[\u2801-\u28ff]", screen)) >= 10


@dataclass(frozen=True, slots=True)
class Load:
    """What a program costs while it is left alone."""

    percent: float
    """Processor time per time, of one core."""
    bytes_per_second: float


def watch(pane: Pane, seconds: float) -> Load:
    """Measure without looking at the screen, which would cost the terminal."""
    used, sent, began = pane.processor(), pane.bytes_out(), time.time()
    time.sleep(seconds)
    took = time.time() - began
    return Load(100 * (pane.processor() - used) / took, (pane.bytes_out() - sent) / took)


def latencies(pane: Pane, step: str, written: Path, seconds: float) -> list[float]:
    """Return, for each step written meanwhile, the seconds until the screen showed it or a later one.

    ``step`` is a pattern with the step as its group; ``written`` holds lines "time step".
    """
    shown: list[tuple[float, int]] = []
    end = time.time() + seconds
    while time.time() < end:
        found = re.search(step, pane.screen())
        if found:
            shown.append((time.time(), int(found[1])))
        time.sleep(POLL)
    began = shown[0][0] if shown else end
    taken = []
    for line in written.read_text().splitlines():
        at, number = float(line.split()[0]), int(line.split()[1])
        seen = next((when for when, newest in shown if newest >= number), None)
        if at > began and seen is not None:
            taken.append(seen - at)
    return taken


def press(pane: Pane, key: str, shows: str) -> float:
    """Press a key; return the milliseconds until a pattern is on the screen, ``!`` before it: is not."""
    wanted, pattern = not shows.startswith("!"), re.compile(shows.removeprefix("!"))
    began = pane.send(key)
    while bool(pattern.search(pane.screen())) is not wanted:
        if time.time() - began > 10:
            raise TimeoutError(f"{key} does not show {shows}:\n{pane.screen()}")
    return 1000 * (time.time() - began)
