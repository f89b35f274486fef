from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grpotui.stream import Tail
from grpotui.workspace import RunDir

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Scenes:
    """What ``tests.train.scenes`` left behind."""

    root: Path
    ends: dict[str, Any]

    def run(self, name: str) -> RunDir:
        return RunDir(self.root / name)

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [line.data for line in Tail(self.run(name).metrics).read()]

    def metrics(self, name: str) -> list[dict[str, Any]]:
        """The lines of steps, without the summary at the end of each attempt."""
        return [line for line in self.lines(name) if "train_runtime" not in line]

    def groups(self, name: str) -> list[dict[str, Any]]:
        return [line.data for line in Tail(self.run(name).completions).read()]


def environment() -> dict[str, str]:
    """A plain environment, in which the trainer must make its own settings."""
    kept = {k: v for k, v in os.environ.items() if k not in ("HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK")}
    return {**kept, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scenes]:
    """Every scene, played once in one process."""
    root = tmp_path_factory.mktemp("scenes")
    log = root / "scenes.log"
    with log.open("w") as output:
        command = [sys.executable, "-m", "tests.train.scenes", str(root)]
        code = subprocess.call(
            command, cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT, timeout=300
        )
    assert code == 0, log.read_text()[-4000:]
    yield Scenes(root, json.loads((root / "scenes.json").read_text()))
