"""What the recorder costs the training loop, beside the trackers that TRL reports to.

    python -m benchmarks.trackers                                # the figures of docs/performance.md
    python -m benchmarks.trackers --rounds 1 --steps 6           # the short form in `make bench`

The same TRL run with each of them in turn: the processor time of the training thread within ``log``, less
that of the run without any tracker in the same round; for grpotui all that its recorder does. W&B (offline)
and trackio get the completions too, as TRL's ``log_completions`` sends them; TensorBoard takes metrics only.
What a tracker does in threads and processes of its own is not counted. Trackers come from .venv-bench.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

from benchmarks import peers, table
from grpotui.records import RewardRange
from grpotui.tasks import Example, Reward

NONE, OURS = "none", "grpotui"
TRACKERS = ("tensorboard", "trackio", "wandb")
TEXTLESS = ("tensorboard",)


def borrow() -> None:
    """Let this process import what .venv-bench holds, after everything of its own."""
    folder = next(peers.FOLDER.glob("lib/python*/site-packages"))
    sys.path.append(str(folder))
    os.environ |= {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_CONSOLE": "off"}


def tracked(model: str, folder: Path, batch: int, steps: int, tracker: str, texts: bool) -> float:
    """Train with a tracker; return the milliseconds of a step that the training thread spends in ``log``."""
    # TRL looks at its import for the trackers that there are, so not before they are borrowed.
    from transformers import PrinterCallback
    from trl import GRPOTrainer
    from trl.trainer import grpo_trainer

    from benchmarks.recorder import Meter, quiet, settings, words
    from grpotui.train.rewards import RewardFunction
    from grpotui.train.session import dataset

    meter = Meter()
    # The table on stdout that log_completions brings too takes longer than any tracker, and is none.
    grpo_trainer.print_prompt_completions_sample = lambda *args, **kwargs: None

    class Timed(GRPOTrainer):  # type: ignore[misc]  # TRL has no types
        def log(self, *args: Any, **kwargs: Any) -> None:
            with meter:
                super().log(*args, **kwargs)

    folder.mkdir(parents=True)
    os.environ |= {
        "WANDB_DIR": str(folder),
        "TRACKIO_DIR": str(folder),
        "TENSORBOARD_LOGGING_DIR": str(folder),
    }
    config = settings(folder, batch, steps)
    config.report_to = [] if tracker == NONE else [tracker]
    config.log_completions = texts
    examples = [Example(f"Write a story about {i}: ", None, "bench") for i in range(64)]
    function = RewardFunction(Reward("words", 1.0, RewardRange(0.0, 1.0), words))
    with quiet():
        trainer = Timed(model=model, args=config, train_dataset=dataset(examples), reward_funcs=[function])
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    return 1000 * meter.total / steps


def measure(names: list[str], batch: int, steps: int, rounds: int) -> None:
    """Print a line for each tracker."""
    from benchmarks.recorder import run
    from grpotui.train.toys import toy_path

    model, found = str(toy_path("stories")), {name: list[float]() for name in (OURS, *names)}
    with tempfile.TemporaryDirectory(prefix="bench.") as name:
        root = Path(name)
        for turn in range(-1, rounds):  # the first one warms up
            alone = tracked(model, root / f"{turn}-none", batch, steps, NONE, texts=False)
            recording = run(model, root / f"{turn}-ours", batch, steps, recorded=True)[2] * 1000
            taken = [
                tracked(model, root / f"{turn}-{n}", batch, steps, n, texts=n not in TEXTLESS) for n in names
            ]
            others = [took - alone for took in taken]
            if turn >= 0:
                for tracker, cost in zip(found, (recording, *others), strict=True):
                    found[tracker].append(cost)
    ours = statistics.median(found[OURS])
    for tracker, values in found.items():
        gets = "metrics" if tracker in TEXTLESS else "metrics and completions"
        table.row(batch, tracker, gets, table.spread(values), f"{ours / statistics.median(values):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 128], help="completions per step")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    table.circumstances()
    versions = {name: peers.install(name) for name in TRACKERS}
    for name, version in versions.items():
        print(f"{name} {version}\n" if version else f"{peers.missing(name)}\n")
    borrow()
    table.heading("completions", "tracker", "gets", "ms/step (range)", "grpotui / it")
    for batch in arguments.batches:
        measure([n for n, v in versions.items() if v], batch, arguments.steps, arguments.rounds)


if __name__ == "__main__":
    main()
