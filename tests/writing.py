"""The one writer of run folders in tests: each file and line as launch, runner and trainer write it.

Whole runs are made with it by ``write_run`` (an ended one, exact numbers), ``tui.runs_factory.write`` (any
status), ``tui.factory.RunMaker`` (grows step by step) and ``launch.fake_trainer`` (a live process).
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

from grpotui.stream import LineWriter, write_json
from grpotui.workspace import RunDir, Workspace

BORN = 1.75e9
_HELD: list[int] = []


class RunWriter:
    """Writes the folder of one run. Keywords named ``more`` add to what is written, or replace it."""

    def __init__(self, run: RunDir, born: float = BORN) -> None:
        run.path.mkdir(mode=0o700, exist_ok=True)
        self.run = run
        self.born = born
        self.step = 0
        """The last step with a line of metrics."""
        self.number = 0
        """The attempt that is going on; 0 before the first, whose lines then do not tell."""
        self.metrics, self.completions = LineWriter(run.metrics), LineWriter(run.completions)
        self.signals, self.events = LineWriter(run.signals), LineWriter(run.events)

    def close(self) -> RunDir:
        for writer in (self.metrics, self.completions, self.signals, self.events):
            writer.close()
        return self.run

    # What launch writes

    def asked(self, **more: Any) -> None:
        """Write run.json."""
        told = {"id": self.run.id, "name": self.run.id, "kind": "train", "created_at": self.born}
        told |= {"preset": "study", "preset_file": None, "overrides": [], "seed": 7, "device": "cpu"}
        config = {"model": "tiny", "task": {"name": "arithmetic"}, "grpo": {}}
        write_json(self.run.run_json, {**told, "tags": [], "config": config, **more})

    # What the runner writes, and people

    def process(self, attempt: int = 1, /, **more: Any) -> None:
        """Write process.json; the runner is this very process unless told otherwise."""
        told = {"attempt": attempt, "boot_id": "x", "runner": {"pid": os.getpid(), "ticks": 1}}
        write_json(self.run.process_json, {**told, "trainer": None, "started_at": self.born, **more})

    def event(self, type_: str, at: float | None = None, /, **values: Any) -> None:
        """Append an event; without a time it happens now."""
        self.events.append({"time": time.time() if at is None else at, "type": type_, **values})

    def status(
        self, status: str, attempt: int = 1, reason: str = "", at: float | None = None, **more: Any
    ) -> None:
        self.event("status", at, status=status, attempt=attempt, reason=reason, **more)

    def flag(
        self,
        step: int,
        level: str,
        message: str,
        kind: str = "verdict",
        signal: str = "jaccard",
        at: float | None = None,
        **more: Any,
    ) -> None:
        found = {"step": step, "kind": kind, "level": level, "signal": signal, "value": 0.7, "threshold": 0.7}
        self.event("flag", at, **{**found, "message": message, **more})

    def verdict(
        self, step: int, to: str, message: str, cause: str = "", at: float | None = None, **more: Any
    ) -> None:
        change = {"step": step, "from": "healthy", "to": to, "cause": cause, "message": message}
        self.event("verdict", at, **{**change, **more})

    def note(self, text: str, at: float | None = None) -> None:
        self.event("note", at, text=text)

    def signal(self, step: int, **values: Any) -> None:
        """Append a line of signals."""
        self.signals.append({"step": step, **values})

    def ended(
        self, status: str = "finished", reason: str = "", attempt: int = 1, at: float | None = None
    ) -> None:
        """Write exit.json and the status event of an ending."""
        seen = {"code": 0, "signal": None, "reason": reason}
        at = time.time() if at is None else at
        self.status(status, attempt, reason, at, exit=seen)
        write_json(self.run.exit_json, {**seen, "attempt": attempt, "status": status, "time": at})

    # What the trainer writes

    def attempt(self, number: int = 1, /, **more: Any) -> None:
        """Write attempt-N.json, and let lines of metrics be of that attempt."""
        self.number = number
        told = {"attempt": number, "time": self.born, "config": {}, "device": "cpu", "seed": 7}
        write_json(self.run.attempt_json(number), {**told, "reward_range": [0.0, 1.0], **more})

    def group(
        self,
        number: int,
        completions: Sequence[Mapping[str, Any]],
        prompt: str = "a prompt",
        step: int | None = None,
        **more: Any,
    ) -> None:
        """Append a group of the step that comes next."""
        line = {"step": step or self.step + 1, "group": number, "mode": "train", "prompt": prompt}
        line |= {"attempt": self.number} if self.number else {}
        self.completions.append({**line, "task": "t", "answer": None, **more, "completions": completions})

    def log_step(self, at: float | None = None, **values: Any) -> None:
        """Append the line of metrics of the step that comes next; a second after the one before."""
        self.step += 1
        time = self.born + self.step if at is None else at
        told = {"attempt": self.number} if self.number else {}
        self.metrics.append({"step": self.step, "time": time, **told, **values})

    def result(self, status: str, step: int, attempt: int = 1, **more: Any) -> None:
        """Write result.json."""
        told = {"attempt": attempt, "status": status, "step": step, "reason": status, "error": None}
        write_json(self.run.result_json, {**told, "time": time.time(), **more})

    def checkpoint(self, step: int) -> None:
        folder = self.run.checkpoints / f"checkpoint-{step}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "trainer_state.json").write_text("{}")


def sample(text: str, reward: float | None = 0.5, **more: Any) -> dict[str, Any]:
    """Return one completion of a group."""
    return {"text": text, "tokens": 3, "truncated": False, "reward": reward, "rewards": {"r": reward}, **more}


def write_run(workspace: Workspace, run_id: str = "study-ab2c", steps: int = 12, **asked: Any) -> RunDir:
    """Write the folder of a finished run whose every number is known; ``asked`` goes into run.json."""
    writer = RunWriter(workspace.run(run_id))
    config = {"model": "tiny", "task": {"name": "arithmetic"}, "grpo": {"beta": 0.1}}
    writer.asked(config=config, **asked)
    effective = {**config, "grpo": {"beta": 0.1, "max_steps": steps, "learning_rate": 1e-06}}
    identity = {"weights_sha256": "ab" * 32, "weights_hashed": "whole files", "config_sha256": "cd" * 32}
    model = {"model": "/models/tiny", "model_identity": identity}
    writer.attempt(config=effective, max_steps=steps, max_epochs=1.0, **model)
    for step in range(1, steps + 1):
        texts = [sample(f"{step}{n}", n / 2, tokens=2, rewards={"exact": n / 2}) for n in range(3)]
        for number in range(2):
            writer.group(number, texts, "1 + 1 =")
        writer.log_step(reward=step / steps, epoch=step / steps, kl=0.1)
    writer.status("queued", at=BORN)
    message = "zero-std 0.30 over 0.25"
    writer.flag(5, "warn", message, "threshold", "zero_std", BORN, value=0.3, threshold=0.25)
    writer.note("read me", BORN)
    writer.ended(reason="finished", at=BORN + 20)
    writer.process(runner={"pid": 11, "ticks": 1}, trainer={"pid": 12, "ticks": 2})
    writer.run.output_log.write_text("step 1\nstep 2 \x1b[31mred\n")
    return writer.close()


def hold(run: RunDir) -> None:
    """Be the run's living runner until :func:`release`."""
    fd = os.open(run.runner_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(fd, fcntl.LOCK_EX)
    _HELD.append(fd)


def release() -> None:
    """End every held runner."""
    while _HELD:
        os.close(_HELD.pop())
