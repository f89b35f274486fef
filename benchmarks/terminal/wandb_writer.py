"""Writes the same numbers with W&B's SDK, offline: ``wandb_writer.py FOLDER STEPS NAME...`` in .venv-bench.

STEPS 0 writes a live run as ``live`` paces it.
"""

from __future__ import annotations

import importlib.util
import math
import random
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    import wandb

    folder, steps, names = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    folder.mkdir(parents=True, exist_ok=True)
    settings = wandb.Settings(x_disable_stats=True, console="off", silent=True)
    run: Any = wandb.init(mode="offline", project="bench", dir=str(folder), settings=settings)

    def write(step: int, values: dict[str, float]) -> None:
        run.log(values, step=step)

    if steps:
        rng = random.Random(0)
        for step in range(1, steps + 1):
            write(step, {name: rng.gauss(math.log(step + 1), 0.3) for name in names})
    else:
        pacing().steps(folder, names, write)
    run.finish()


def pacing() -> Any:
    """Load ``live`` from beside this file: the package around it is not installed here."""
    spec = importlib.util.spec_from_file_location("live", Path(__file__).with_name("live.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
