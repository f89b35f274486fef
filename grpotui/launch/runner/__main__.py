"""The runner: one detached process per run. It supervises the trainer, has it judged and indexes it.

``python -m grpotui.launch.runner RUN_DIR --attempt N --lock-fd F [--lease-fd F ...] [--adopt]``
"""

from __future__ import annotations

import argparse
import os
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from grpotui.errors import UserError
from grpotui.launch import queue
from grpotui.launch.machine.elsewhere import waiting_elsewhere
from grpotui.launch.machine.leases import Lease, release
from grpotui.launch.runner.ending import Ending, announce
from grpotui.launch.runner.log import log
from grpotui.launch.runner.session import Session
from grpotui.launch.runner.stop import Request, sweep
from grpotui.launch.runner.supervise import UNKNOWN, adopt_orphans
from grpotui.records import Status
from grpotui.workspace import RunDir, Workspace

PATIENCE = 30.0
"""Seconds that an ending runner waits for its turn to start the next run."""
RETRIES, RETRY_SECONDS = 5, 2.0
"""A driver may need a moment to give a GPU's memory back."""


@dataclass(frozen=True, slots=True)
class Options:
    """The command line."""

    run: RunDir
    attempt: int
    lock: int
    leases: tuple[Lease, ...]
    adopt: bool


def parse(argv: Sequence[str]) -> Options:
    """Read the command line; exits with 2 when it is wrong."""
    parser = argparse.ArgumentParser(prog="grpotui.launch.runner")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--attempt", type=int, required=True)
    parser.add_argument("--lock-fd", type=int, required=True)
    parser.add_argument("--lease-fd", type=int, action="append", default=[])
    parser.add_argument("--adopt", action="store_true")
    given = parser.parse_args(argv)
    run = RunDir(given.run_dir)
    leases = tuple(map(Lease.inherited, given.lease_fd))
    return Options(run, given.attempt, given.lock_fd, leases, given.adopt)


def main(argv: Sequence[str]) -> int:
    """Detach, supervise the run to its end, let go of the locks, start what waits."""
    options = parse(argv)
    if os.fork():
        os._exit(0)  # the one who started us waits for this process only
    workspace = Workspace(options.run.root)
    session = Session(workspace, options.run, options.attempt, options.leases)
    _prepare(session)
    try:
        session.supervise(options.adopt)
    except Exception as error:  # whatever it is, the run must not stay "running" for ever
        log(traceback.format_exc())
        sweep(options.run)
        reason = f"the runner failed: {type(error).__name__}: {error}"
        announce(options.run, options.attempt, Ending(Status.FAILED, reason, UNKNOWN))
    session.close()
    release(options.leases)
    os.close(options.lock)
    adopt_orphans(False)
    _start_next(workspace)
    return 0


def _prepare(session: Session) -> None:
    """Be nobody's child, private, and deaf to hang-ups; TERM means: let the trainer save and end."""

    def told_to_end(_number: int, _frame: FrameType | None) -> None:
        session.told = Request("the runner was told to end")

    os.umask(0o077)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, told_to_end)
    signal.signal(signal.SIGINT, told_to_end)
    adopt_orphans(True)


def _start_next(workspace: Workspace) -> None:
    for waiting in (workspace, *_others(workspace)):
        try:
            queue.tick(waiting, PATIENCE)
            for _ in range(RETRIES):
                if not queue.held_up(waiting):
                    break
                time.sleep(RETRY_SECONDS)
                queue.tick(waiting, PATIENCE)
        except (sqlite3.Error, OSError, UserError) as error:
            log(f"queue of {waiting.root}: {error}")


def _others(workspace: Workspace) -> list[Workspace]:
    try:
        return list(waiting_elsewhere(workspace))
    except (OSError, UserError) as error:
        log(f"leases: {error}")
        return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
