"""One attempt from start to end, or from the moment a new runner takes it over."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from grpotui.launch.journal import config_of, of_attempt, say, state
from grpotui.launch.machine.device import Device
from grpotui.launch.machine.environment import (
    GRACE,
    GRACE_VARIABLE,
    runner_environment,
    seconds_from,
    trainer_environment,
)
from grpotui.launch.machine.identity import Identity, boot_id, marked, marks
from grpotui.launch.machine.leases import Lease
from grpotui.launch.machine.memory import oom_kills
from grpotui.launch.machine.ranks import is_launched, trainer_argv
from grpotui.launch.runner.ending import Ending, decide, record, reserve
from grpotui.launch.runner.govern import Governor
from grpotui.launch.runner.indexer import Indexer
from grpotui.launch.runner.log import log
from grpotui.launch.runner.stall import StallWatch
from grpotui.launch.runner.stop import Request, StopWatch, sweep
from grpotui.launch.runner.supervise import UNKNOWN, Adopted, Child, Trainer
from grpotui.launch.runner.watch import watch_over
from grpotui.presets import launch_settings
from grpotui.records import Status, as_int
from grpotui.stream import read_json, write_json
from grpotui.text import clean
from grpotui.workspace import RunDir, Workspace

POLL = 0.1
"""Seconds between two looks at the trainer, its streams and requests."""
_FRESHEN = 3600.0  # seconds
DELETED = Request("its folder was deleted", force=True)
"""Nothing that the trainer would save could be found again, and saving would make the folder anew."""


class Session:
    """What a runner does for its run."""

    def __init__(self, workspace: Workspace, run: RunDir, attempt: int, leases: Sequence[Lease]) -> None:
        self.told: Request | None = None
        """Set by a signal to the runner itself: stop as if asked for."""
        self._workspace = workspace
        self._run = run
        self._attempt = attempt
        self._leases = leases
        self._devices: Sequence[Device] = [lease.device for lease in leases]
        self._given: list[dict[str, Any]] = [lease.to_json() for lease in leases]
        self._launch = launch_settings(config_of(run))
        self._adopted = False
        self._log_start = 0
        self._indexer = Indexer(workspace, run)
        self._watch = watch_over(run, attempt)
        self._governor = Governor(workspace, run, attempt)
        self._stall = StallWatch(run)
        self._running = False
        self._stopping = False
        self._freshened = time.monotonic()
        self._marks = marks(run)
        self._folder = os.open(run.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def supervise(self, adopt: bool) -> None:
        """Start the trainer, or take over the one that runs, and stay with it to its end."""
        self._adopted = adopt
        killed_before = oom_kills()
        try:
            trainer = self._take_over() if adopt else self._start()
        except OSError as error:
            self._end(Ending(Status.FAILED, f"cannot start the trainer: {error}", UNKNOWN))
            return
        stopping = StopWatch(self._run, trainer, seconds_from(GRACE_VARIABLE, GRACE))
        while not trainer.wait(POLL):
            self._look(stopping, trainer)
        stopping.poll()
        self._careful("ballast", lambda: self._run.ballast.unlink(missing_ok=True))
        self._careful("sweep", lambda: sweep(self._run, trainer.reap, known=self._marks))
        self._careful("health", self._watch.finish)
        ending = decide(
            self._run,
            self._attempt,
            trainer.outcome,
            asked=stopping.asked,
            killed=stopping.killed,
            oom=oom_kills() > killed_before,
            log_start=self._log_start,
            launched=is_launched(self._launch),
        )
        self._end(ending)

    def close(self) -> None:
        """Let go of the registry and of the folder."""
        self._indexer.close()
        os.close(self._folder)

    def _start(self) -> Trainer:
        say(self._run, Status.STARTING, self._attempt, devices=[device.label for device in self._devices])
        self._indexer.update(at_once=True)
        self._careful("leftovers", lambda: marked(self._run) and sweep(self._run))
        self._careful("policy", self._governor.begin)
        self._careful("health", lambda: self._watch.catch_up(same_attempt=False))
        self._careful("ballast", lambda: reserve(self._run))
        output = os.open(
            self._run.output_log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
        )
        self._log_start = os.fstat(output).st_size
        self._write_process(None)
        try:
            trainer = Child(
                trainer_argv(self._run, self._attempt, self._launch),
                env=trainer_environment(self._run, self._devices, runner_environment()),
                cwd=self._workspace.root,
                log=output,
                keep=[lease.fd for lease in self._leases],
                launched=is_launched(self._launch),
            )
        finally:
            os.close(output)
        self._write_process(trainer.identity)
        return trainer

    def _take_over(self) -> Trainer:
        process = of_attempt(read_json(self._run.process_json), self._attempt) or {}
        identity = Identity.from_json(process.get("trainer"))
        if identity is None:
            raise OSError("process.json names none")
        self._log_start = as_int(process.get("log_start"))
        self._given = process.get("devices") or []
        self._running = state(self._run).status in (Status.RUNNING, Status.STOPPING)
        trainer = Adopted(identity, is_launched(self._launch))
        self._write_process(identity)
        self._careful("policy", self._governor.begin)
        self._careful("health", lambda: self._watch.catch_up(same_attempt=True))
        self._careful("stall", self._stall.take_over)
        return trainer

    def _write_process(self, trainer: Identity | None) -> None:
        runner = Identity.of(os.getpid())
        content = {
            "attempt": self._attempt,
            "boot_id": boot_id(),
            "runner": runner and runner.to_json(),
            "trainer": trainer and trainer.to_json(),
            "started_at": time.time(),
            "adopted": self._adopted,
            "devices": self._given,
            "log_start": self._log_start,
        }
        self._careful("process.json", lambda: write_json(self._run.process_json, content))

    def _look(self, stopping: StopWatch, trainer: Trainer) -> None:
        """Do all that is due while the trainer runs."""
        if not self._running and self._run.attempt_json(self._attempt).exists():
            self._running = True
            if stopping.asked is None:
                say(self._run, Status.RUNNING, self._attempt)
        if self.told is not None:
            stopping.order(self.told)
        if self._is_deleted():
            stopping.order(DELETED)
        stopping.poll()
        self._careful("health", self._watch.step)
        self._careful("policy", lambda: self._govern(stopping))
        if stopping.asked is not None and not self._stopping:
            self._stopping = True
            if state(self._run).status is not Status.STOPPING:
                say(self._run, Status.STOPPING, self._attempt, clean(stopping.asked.reason))
        if stopping.asked is None:
            self._careful("stall", lambda: self._look_for_stall(trainer))
        self._indexer.update()
        if time.monotonic() - self._freshened > _FRESHEN:
            self._freshened = time.monotonic()
            for lease in self._leases:
                lease.keep_fresh()

    def _is_deleted(self) -> bool:
        """True when the run's folder was removed, or emptied by somebody who tried; not when it was moved."""
        try:
            os.stat("run.json", dir_fd=self._folder)
        except FileNotFoundError:
            return True
        return False

    def _govern(self, stopping: StopWatch) -> None:
        """End the run when its policy or its kill criterion says so, unless somebody has asked already."""
        order = self._governor.look(self._watch)
        if order is not None and stopping.asked is None:
            self._governor.act(order)
            stopping.order(Request(order.reason))

    def _look_for_stall(self, trainer: Trainer) -> None:
        who = trainer.identity
        flag = self._stall.look(self._watch.last_step, lambda: who is not None and who.suspended())
        if flag is not None:
            said = {"time": time.time(), "attempt": self._attempt}
            self._run.append_event({**said, "type": "flag", **flag.to_json()})

    def _end(self, ending: Ending) -> None:
        if self._is_deleted():  # whatever is written now would be a folder without a run
            return
        self._careful("contract", lambda: self._governor.finish(self._watch, ending.status))
        self._careful("exit.json", lambda: record(self._run, self._attempt, ending))
        self._indexer.update(at_once=True)

    def _careful(self, what: str, deed: Callable[[], object]) -> None:
        """Do something that may fail without taking the trainer down."""
        try:
            deed()
        except Exception:
            log(f"{what}: {traceback.format_exc()}")
