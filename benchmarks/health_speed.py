"""What the health rules cost: a logged step with its texts, a whole replay, memory over a long run.

    python -m benchmarks.health_speed

Times are of the processor: other work on the machine does not count, though its speed may suffer.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import tempfile
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from benchmarks.health import texts
from benchmarks.table import circumstances, heading, processor_time, row, spread
from grpotui.analysis.logs import find, replay
from grpotui.health.monitor import Monitor
from grpotui.health.signals import compute
from grpotui.records import Completion, Group, HealthContext, RewardRange

GROUPS, GENERATIONS, WORDS = 8, 8, 500
SPAN = RewardRange(0.0, 1.0)
LONG = 100_000


def groups(step: int, rng: random.Random) -> list[Group]:
    """64 completions of 500 words that read like stories."""
    made = []
    for number in range(GROUPS):
        task = texts.story(rng)
        completions = tuple(
            Completion(_long(task, rng), WORDS, reward=rng.random()) for _ in range(GENERATIONS)
        )
        made.append(Group(step, number, "train", task.prompt, completions))
    return made


def _long(task: texts.Task, rng: random.Random) -> str:
    words: list[str] = []
    while len(words) < WORDS:
        words += task.write(rng, True).split()
    return " ".join(words[:WORDS])


def line(step: int, rng: random.Random) -> dict[str, Any]:
    names = ("reward", "entropy", "kl", "grad_norm", "step_time", "completions/mean_length", "loss")
    return {"step": step, "frac_reward_zero_std": 0.0, **{name: rng.random() for name in names}}


def a_step(repeats: int) -> list[float]:
    """Return milliseconds for each of some logged steps, signals and rules together."""
    rng = random.Random(0)
    monitor = Monitor(HealthContext(SPAN, GENERATIONS, GROUPS))
    times = []
    for step in range(1, repeats + 1):
        made, metrics = groups(step, rng), line(step, rng)
        times.append(
            1000 * processor_time(lambda: monitor.step(metrics, compute(metrics["step"], made, SPAN)))  # noqa: B023
        )
    return times


def a_replay(steps: int) -> float:
    """Return the seconds that reading and judging a log of so many such steps takes."""
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with (folder / "metrics.jsonl").open("w") as lines, (folder / "completions.jsonl").open("w") as file:
            kept = [groups(0, rng) for _ in range(8)]
            for step in range(1, steps + 1):
                for group in kept[step % len(kept)]:
                    file.write(json.dumps({**group.to_json(), "step": step}) + "\n")
                lines.write(json.dumps(line(step, rng)) + "\n")
        return processor_time(lambda: replay(find(folder)))


def held(thing: object) -> int:
    """Return the bytes of an object and of all that it leads to."""
    seen, left, total = {id(thing)}, [thing], 0
    while left:
        found = left.pop()
        if isinstance(found, (type, ModuleType, FunctionType)):
            continue
        total += sys.getsizeof(found)
        for part in gc.get_referents(found):
            if id(part) not in seen:
                seen.add(id(part))
                left.append(part)
    return total


def memory(steps: int) -> tuple[int, int, float]:
    """Return bytes that a monitor holds after a tenth of the steps and after all, and seconds."""
    rng = random.Random(0)
    known = compute(1, groups(1, rng), SPAN)
    monitor = Monitor(HealthContext(SPAN, GENERATIONS, GROUPS))

    def feed(first: int, last: int) -> None:
        for step in range(first, last):
            monitor.step(line(step, rng), {**known, "step": step, "jaccard_cross": rng.random()})

    seconds = processor_time(lambda: feed(1, steps // 10))
    early = held(monitor)
    seconds += processor_time(lambda: feed(steps // 10, steps))
    return early, held(monitor), seconds


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=2000)
    asked = parser.parse_args()
    circumstances()
    heading("what", "figure", "aim")
    size = f"{GROUPS * GENERATIONS} completions of {WORDS} words"
    row(f"a logged step with {size}, ms", spread(a_step(30), 1), "at most 30")
    row(f"replay of {asked.steps} such steps, s", f"{a_replay(asked.steps):.1f}", "under 60")
    early, late, seconds = memory(LONG)
    kept = f"{early / 1024:.0f} -> {late / 1024:.0f}"
    row(f"memory held after {LONG // 10} and after {LONG} steps, KiB", kept, "does not grow")
    row("rules alone, ms a step", f"{1000 * seconds / LONG:.2f}", "")


if __name__ == "__main__":
    main()
