"""What recording costs: the same TRL run with and without the recorder, in alternating pairs in one process.

    make bench                                        # about a minute on two quiet cores
    python benchmarks/recorder.py --pairs 8 --steps 40

Same seed, same model, same data: both runs of a pair sample the same tokens. The whole difference lies within
the noise of a shared machine, so the time inside the recording itself is measured too.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import sys
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
    """Seconds from one step's end to the next one's, logging included."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.ends.append(time.perf_counter())

    @property
    def steps(self) -> list[float]:
        return [b - a for a, b in zip(self.ends, self.ends[1:], strict=False)][WARM_UP:]


class Meter:
    """Seconds spent within ``with meter``."""

    def __init__(self) -> None:
        self.total = 0.0
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        self.total += time.perf_counter() - self._began


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


def words(texts: Any, answers: Any) -> list[float]:
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


def run(model: str, folder: Path, batch: int, steps: int, recorded: bool) -> tuple[list[float], float]:
    """Return the seconds of each step, and the mean seconds of recording in a step."""
    folder.mkdir(parents=True)
    examples = [Example(f"Write a story about {i}: ", None, "bench") for i in range(64)]
    function = RewardFunction(Reward("words", 1.0, RewardRange(0.0, 1.0), words))
    clock = Clock()
    common = {"model": model, "args": settings(folder, batch, steps), "train_dataset": dataset(examples)}
    if recorded:
        recorder = TimedRecorder(RunDir(folder), RewardRange(0.0, 1.0))
        trainer = TimedTrainer(functions=[function], recorder=recorder, **common)
    else:
        trainer = GRPOTrainer(reward_funcs=[function], **common)
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(clock)
    with quiet():
        trainer.train()
    return clock.steps, recorder.meter.total / steps if recorded else 0.0


def measure(model: str, root: Path, batch: int, steps: int, pairs: int) -> None:
    ratios, plain, recorded, inside = [], [], [], []
    for pair in range(-1, pairs):  # the first pair warms up
        found = {}
        for with_recorder in (True, False) if pair % 2 else (False, True):
            folder = root / f"{batch}-{pair}-{with_recorder}"
            times, recording = run(model, folder, batch, steps, with_recorder)
            found[with_recorder] = statistics.median(times)
            if with_recorder and pair >= 0:
                inside.append(recording)
        if pair >= 0:
            ratios.append(found[True] / found[False])
            plain.append(found[False])
            recorded.append(found[True])
    step, share = statistics.median(plain), statistics.median(inside)
    print(
        f"| {batch} | {step * 1e3:.1f} | {statistics.median(recorded) * 1e3:.1f} | "
        f"{statistics.median(ratios):.4f} ({min(ratios):.3f}-{max(ratios):.3f}) | "
        f"{share * 1e3:.2f} | {share / step:.2%} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=6)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 128], help="completions per step")
    parser.add_argument("--model", help="folder or hub id; by default the words toy")
    arguments = parser.parse_args()
    from grpotui.train.toys import toy_path

    warnings.filterwarnings("ignore", category=FutureWarning)
    disable_progress_bar()
    model = arguments.model or str(toy_path("stories"))
    print(
        "| completions | TRL alone, ms/step | recorded, ms | ratio, median (range) | recording, ms | share |"
    )
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for batch in arguments.batches:
            measure(model, Path(folder), batch, arguments.steps, arguments.pairs)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
