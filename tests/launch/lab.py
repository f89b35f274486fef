"""A workspace whose runs use the stand-in trainer, and ways to look at them and to harm them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grpotui.launch.journal import events, state
from grpotui.launch.machine.identity import marked
from grpotui.launch.machine.locks import is_held
from grpotui.launch.request import LaunchRequest
from grpotui.launch.submit import launch
from grpotui.presets import load
from grpotui.records import RunSummary, Status
from grpotui.registry import connect, index_run
from grpotui.registry.queries import Registry
from grpotui.stream import Tail, read_json
from grpotui.workspace import RunDir, Workspace

PRESET = """
summary = "a run without torch"
model = "tiny"
[task]
name = "arithmetic"
[[rewards]]
name = "exact"
[grpo]
num_generations = 4
per_device_train_batch_size = 16
max_steps = 5
[health]
window_groups = 8
patience = 2
"""


def until(condition: Callable[[], Any], what: Callable[[], object] = str, seconds: float = 20) -> Any:
    """Wait for a condition and return what it returned."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, what()
        time.sleep(0.02)
    return value


@dataclass(frozen=True)
class Lab:
    workspace: Workspace

    def launch(self, *tags: str, **more: Any) -> RunDir:
        request = LaunchRequest(load("fake", self.workspace), tags=tags, **{"device": "cpu", **more})
        return self.workspace.run(launch(self.workspace, request))

    def story(self, run: RunDir) -> str:
        log = run.runner_log.read_text() if run.runner_log.exists() else "none"
        return f"events: {events(run)}\nrunner.log: {log}"

    def until(self, run: RunDir, *statuses: Status) -> Status:
        """Wait for a status, straight from the run's events."""
        until(lambda: state(run).status in statuses, lambda: f"{statuses}: {self.story(run)}")
        return state(run).status

    def ended(self, run: RunDir) -> Status:
        """Wait for the end of a run and of its runner."""
        until(lambda: state(run).status.is_ended and not is_held(run.runner_lock), lambda: self.story(run))
        return state(run).status

    def steps(self, run: RunDir) -> list[Any]:
        return [line.data.get("step") for line in Tail(run.metrics).read()]

    def until_step(self, run: RunDir, step: int) -> None:
        until(lambda: step in self.steps(run), lambda: self.story(run))

    def until_judged(self, run: RunDir, step: int) -> None:
        def judged() -> list[Any]:
            return [line.data.get("step") for line in Tail(run.signals).read()]

        until(lambda: step in judged(), lambda: self.story(run))

    def process(self, run: RunDir) -> dict[str, Any]:
        return read_json(run.process_json) or {}

    def pid(self, run: RunDir, who: str) -> int:
        """Wait for the process id of the runner or the trainer."""

        def known() -> int:
            return int((self.process(run).get(who) or {}).get("pid", 0))

        return int(until(known, lambda: self.story(run)))

    def kill(self, run: RunDir, *who: str) -> None:
        """Kill processes of a run the hard way."""
        for pid in [self.pid(run, name) for name in who]:
            os.kill(pid, signal.SIGKILL)
        if "runner" in who:
            until(lambda: not is_held(run.runner_lock))

    def summary(self, run: RunDir) -> RunSummary:
        with self.registry() as registry:
            index_run(registry.connection, run)
            return registry.run(run.id)

    @contextmanager
    def registry(self) -> Iterator[Registry]:
        connection = connect(self.workspace)
        try:
            yield Registry(connection, self.workspace)
        finally:
            connection.close()

    def statuses(self, run: RunDir) -> list[str]:
        return [event["status"] for event in events(run) if event["type"] == "status"]

    def go(self, run: RunDir, step: int = 1) -> None:
        """Let a run go on that its tag ``hold`` keeps at a step."""
        (run.path / f"go-{step}").touch()

    def clean_up(self) -> None:
        for path in (*self.workspace.logs.glob("*/run.json"), *self.workspace.bin.glob("*/run.json")):
            run = RunDir(path.parent)
            runner = self.process(run).get("runner") or {}
            if is_held(run.runner_lock):
                with suppress(OSError, KeyError):
                    os.kill(runner["pid"], signal.SIGKILL)
            for who in marked(run):
                who.send(signal.SIGKILL)


def opened(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """Yield a lab; nothing of its runs is left when it closes."""
    monkeypatch.setenv("GRPOTUI_TRAINER_MODULE", "fake_trainer")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (TESTS, PROJECT))))
    monkeypatch.setenv("GRPOTUI_STOP_GRACE", "0.4")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    (workspace.presets / "fake.toml").write_text(PRESET)
    lab = Lab(workspace)
    yield lab
    lab.clean_up()


TESTS = Path(__file__).parent
PROJECT = TESTS.parents[1]
