"""A trainer without torch for the real runner: writes metrics as ``live`` paces them."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.data import names
from benchmarks.terminal import live
from grpotui.stream import LineWriter, write_json
from grpotui.workspace import RunDir


def main() -> None:
    run, attempt = RunDir(Path(sys.argv[1])), int(sys.argv[3])
    write_json(run.attempt_json(attempt), {"attempt": attempt, "time": time.time(), "device": "cpu"})
    metrics = LineWriter(run.metrics)

    def write(step: int, values: dict[str, float]) -> None:
        metrics.append({"step": step, "time": time.time(), **values})

    live.steps(run.path, names(live.METRICS), write)


if __name__ == "__main__":
    main()
