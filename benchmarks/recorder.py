"""What recording costs: the same TRL run with and without the recorder, in alternating pairs in one process.

    python -m benchmarks.recorder                              # the figures of docs/performance.md
    python -m benchmarks.recorder --pairs 1 --steps 8          # the short form in `make bench`

Same seed, same model, same data: both runs of a pair sample the same tokens. On a machine that others
use too, even processor time differs by more than the recording takes, so that is measured by itself as well.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from grpotui.train import device

device.prepare_environment("cpu")

from transformers import PrinterCallback, TrainerCallback  # noqa: E402 - reads the environment
from transformers.utils.logging import disable_progress_bar  # noqa: E402
from trl import GRPOConfig, GRPOTrainer  # noqa: E402

from benchmarks import table  # noqa: E402
from grpotui.records import RewardRange  # noqa: E402
from grpotui.tasks import Example, Reward  # noqa: E402
from grpotui.train.config import build_config  # noqa: E402
from grpotui.train.recorder import Recorder, Row  # noqa: E402
from grpotui.train.rewards import RewardFunction  # noqa: E402
from grpotui.train.session import dataset  # noqa: E402
from grpotui.train.trainer import RecordedTrainer  # noqa: E402
from grpotui.workspace import RunDir  # noqa: E402

WARM_UP = 3
"""Steps of a run that are left out."""


class Clock(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Times from one step's begin to the next one's, logging included."""

    def __init__(self) -> None:
        self._begins: list[tuple[float, float]] = []

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._begins.append((time.perf_counter(), time.process_time()))

    def medians(self) -> tuple[float, float]:
        """Seconds of a step by the clock, and seconds of processor time."""
        begins = self._begins[WARM_UP:]
        wall, processor = zip(
            *((b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(begins)), strict=True
        )
        return statistics.median(wall), statistics.median(processor)


class Meter:
    """Seconds of processor time spent within ``with meter``: lines go to the page cache, nothing waits."""

    def __init__(self) -> None:
        self.total = 0.0
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.thread_time()

    def __exit__(self, *error: object) -> None:
        self.total += time.thread_time() - self._began


class TimedRecorder(Recorder):
    """Measures everything that writes."""

    def __init__(self, run: RunDir, span: RewardRange) -> None:
        super().__init__(run, span)
        self.meter = Meter()

    def groups(self, mode: str, step: int, rows: Sequence[Row], size: int) -> None:
        with self.meter:
            super().groups(mode, step, rows, size)

    def flatness(self) -> dict[str, float]:
        with self.meter:
            return super().flatness()

    def metrics(self, step: int, max_steps: int, logs: Mapping[str, Any]) -> None:
        with self.meter:
            super().metrics(step, max_steps, logs)


class TimedTrainer(RecordedTrainer):
    """Measures what is collected for the recorder."""

    def _rows(self, advantages: list[float]) -> list[Row]:
        with self._recorder.meter:  # type: ignore[attr-defined]  # a TimedRecorder
            return super()._rows(advantages)


def words(texts: Sequence[str], answers: Sequence[str | None], prompts: Sequence[str] = (), /) -> list[float]:
    return [min(len(text.split()), 10) / 10 for text in texts]


def settings(folder: Path, batch: int, steps: int) -> GRPOConfig:
    grpo = {
        "per_device_train_batch_size": batch,
        "num_generations": 8,
        "max_completion_length": 48,
        "max_steps": steps,
        "logging_steps": 1,
        "save_strategy": "no",
        "seed": 7,
    }
    return build_config(grpo, RunDir(folder), device.resolve("cpu"), None, [1.0])


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """The recorder's lines go to a file in a real run too; here to none."""
    with Path(os.devnull).open("w") as nothing, contextlib.redirect_stdout(nothing):
        yield


def run(model: str, folder: Path, batch: int, steps: int, recorded: bool) -> tuple[float, float, float]:
    """Return the median seconds of a step by the clock and of processor time, and of recording in a step."""
    folder.mkdir(parents=True)
    examples = [Example(f"Write a story about {i}: ", None, "bench") for i in range(64)]
    function = RewardFunction(Reward("words", 1.0, RewardRange(0.0, 1.0), words))
    clock, recorder = Clock(), TimedRecorder(RunDir(folder), RewardRange(0.0, 1.0))
    common = {"model": model, "args": settings(folder, batch, steps), "train_dataset": dataset(examples)}
    if recorded:
        trainer = TimedTrainer(functions=[function], recorder=recorder, **common)
    else:
        trainer = GRPOTrainer(reward_funcs=[function], **common)
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(clock)
    with quiet():
        trainer.train()
    recorder.close()
    return *clock.medians(), recorder.meter.total / steps


def measure(model: str, root: Path, batch: int, steps: int, pairs: int) -> None:
    ratios, walls, shares, recordings = [], [], [], []
    for pair in range(-1, pairs):  # the first pair warms up
        found = {}
        for recorded in (True, False) if pair % 2 else (False, True):
            found[recorded] = run(model, root / f"{batch}-{pair}-{recorded}", batch, steps, recorded)
        if pair >= 0:
            ratios.append(found[True][1] / found[False][1])
            walls.append(found[False][0])
            recordings.append(found[True][2])
            shares.append(found[True][2] / found[True][1])
    ratio = f"{statistics.median(ratios):.3f} ({min(ratios):.3f}-{max(ratios):.3f})"
    step, recording, share = map(statistics.median, (walls, recordings, shares))
    table.row(batch, f"{step * 1e3:.1f}", ratio, f"{recording * 1e3:.2f}", f"{share:.2%}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 128], help="completions per step")
    parser.add_argument("--model", help="folder or hub id; by default the words toy")
    arguments = parser.parse_args()
    from grpotui.train.toys import toy_path

    warnings.filterwarnings("ignore", category=FutureWarning)
    disable_progress_bar()
    model = arguments.model or str(toy_path("stories"))
    table.circumstances()
    titles = ("completions", "TRL alone, ms/step", "ratio of processor time (range)", "recording, ms/step")
    table.heading(*titles, "share")
    with tempfile.TemporaryDirectory() as folder:
        for batch in arguments.batches:
            measure(model, Path(folder), batch, arguments.steps, arguments.pairs)


if __name__ == "__main__":
    main()
